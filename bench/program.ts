/**
 * One measured program, seen from inside. Each runs in a process of its own, so that none finds the code of
 * another already compiled, or spoilt by it, and writes its measurements as one line of JSON.
 *
 * Time is that of this thread on its processor: others on the machine do not count, nor do the threads on which
 * the engine compiles and collects garbage (one tenth to a quarter on top). Of programs that work on several threads
 * it is that of the whole process, with everything.
 */
import { cpus } from 'node:os'
import { Bench } from 'tinybench'
import { assert } from '../src/base/assert.ts'

/** One measurement. */
export interface Sample {
  /** Of which part of the work, where a program measures several. */
  readonly part?: string
  /** Work done, in the unit of its figure. */
  readonly amount: number
  readonly cpuMs: number
  /** Time as others saw it pass, where that is of interest. */
  readonly wallMs?: number
  /** What others had of all processors meanwhile; where it is the whole process that counts. */
  readonly othersMs?: number
}

/** What a program writes. */
export interface ProgramReport {
  readonly samples: readonly Sample[]
  /** Equal for programs that did equal work; empty if there is nothing to compare. */
  readonly check: string
}

export interface Task {
  /** What is measured. It says how much work it was. */
  readonly run: () => number | Promise<number>
  /** Asked afterwards. */
  readonly check: () => string
}

/** Whose time on a processor counts. */
export type CpuClock = 'thread' | 'process'

interface RepeatOptions {
  readonly clock?: CpuClock
  /** It has run before, and is not to be warmed up any more. */
  readonly isWarm?: boolean
}

/** Runs a task `iterations` times, each time prepared anew, and once before to warm up, unless it is warm. */
export async function repeat(
  iterations: number,
  prepare: () => Task,
  { clock = 'thread', isWarm = false }: RepeatOptions = {},
): Promise<ProgramReport> {
  const checks = new Set<string>()
  const taken: Sample[] = []
  const bench = new Bench({
    iterations,
    time: 0,
    warmup: !isWarm,
    warmupIterations: 1,
    warmupTime: 0,
    throws: true,
  })
  bench.add('task', async () => {
    const { run, check } = prepare()
    const sample = await timed(run, clock)
    taken.push(sample)
    checks.add(check())
    return { overriddenDuration: sample.cpuMs }
  })
  await bench.run()
  assert(checks.size === 1, `the same work every time, not ${[...checks].join(' and ')}`)
  // Those before were to warm up.
  return { samples: taken.slice(-iterations), check: [...checks].join() }
}

/** Measures one piece of work, which says how much it was. */
export async function timed(
  run: Task['run'],
  clock: CpuClock = 'thread',
): Promise<Sample & { readonly wallMs: number }> {
  const idleMsBefore = clock === 'process' ? idleNowMs() : 0
  const begin = performance.now()
  const cpuMsBefore = cpuNowMs(clock)
  const amount = await run()
  const cpuMs = cpuNowMs(clock) - cpuMsBefore
  const wallMs = performance.now() - begin
  if (clock === 'thread') return { amount, cpuMs, wallMs }
  const takenMs = cpus().length * wallMs - (idleNowMs() - idleMsBefore)
  return { amount, cpuMs, wallMs, othersMs: Math.max(0, takenMs - cpuMs) }
}

/** Hands the measurements to whoever started this process. */
export function writeReport(report: ProgramReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`)
}

/** The whole number that stands at this place of the command line. */
export function numberArgument(index: number): number {
  const value = Number(process.argv[2 + index])
  assert(Number.isSafeInteger(value), `a whole number as argument ${index + 1}`)
  return value
}

function cpuNowMs(clock: CpuClock): number {
  const { user, system } = clock === 'thread' ? process.threadCpuUsage() : process.cpuUsage()
  return (user + system) / 1_000
}

/** How long all processors together have had nothing to do. */
function idleNowMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0)
}
