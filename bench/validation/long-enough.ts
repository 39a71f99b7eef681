/**
 * Measurements that are long enough for the clock, which on some machines ticks only every ten milliseconds: the work is
 * done as often as it takes. Warming up tells how often that is, so it may differ from one process to the next.
 */
import { assert } from '../../src/base/assert.ts'
import { type CpuClock, type ProgramReport, repeat } from '../program.ts'

/** Work that can be done any number of times. */
export interface Repeatable {
  /** Does it once, and says how much that was. */
  readonly work: () => number | Promise<number>
  /** Asked after each measurement. Throws if something was wrong. */
  readonly check?: () => string
  readonly clock?: CpuClock
}

interface Lengths {
  readonly measurements: number
  /** What one measurement takes at least on an idle machine. */
  readonly sampleMs: number
}

/** The compiler of V8 optimises a kernel while it runs: until then it is up to ten times as slow. */
const warmUpMsMax = 300

/** Measures the work after it has warmed up. */
export async function repeatLong(
  { measurements, sampleMs }: Lengths,
  { work, check = () => '', clock = 'thread' }: Repeatable,
): Promise<ProgramReport> {
  // Short measurements are not for their figures: whoever wants them does not want to wait either.
  const warmUpMs = Math.min(warmUpMsMax, 2 * sampleMs)
  const times = Math.ceil(sampleMs / (await warmWorkMs(work, warmUpMs)))
  assert(times >= 1, 'work that takes a time')
  const run = async (): Promise<number> => {
    let amount = 0
    for (let i = 0; i < times; i += 1) amount += await work()
    return amount
  }
  return repeat(measurements, () => ({ run, check }), { clock, isWarm: true })
}

/** How long the work takes once it is warm: the shortest of what was seen. */
async function warmWorkMs(work: Repeatable['work'], warmUpMs: number): Promise<number> {
  const end = performance.now() + warmUpMs
  let shortestMs = Number.POSITIVE_INFINITY
  let begin = performance.now()
  do {
    await work()
    const now = performance.now()
    shortestMs = Math.min(shortestMs, now - begin)
    begin = now
  } while (begin < end)
  return shortestMs
}
