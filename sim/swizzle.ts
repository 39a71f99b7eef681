/**
 * The swizzle-clog of FoundationDB (Zhou et al., SIGMOD 2021, section 4): some hosts are stopped up one after another, and set free one
 * after another in a different order. It finds more than a cut does, since everybody's view of who is there
 * passes through many states that no single fault brings about.
 */
import { assert } from '../src/base/assert.ts'
import type { Millis } from '../src/base/units.ts'
import type { SimRandom } from './random.ts'
import { clog, only, touching } from './rules.ts'
import type { Simulation } from './simulation.ts'

/** One host is stopped up for a while, counted from the beginning of the swizzle. */
export interface Clogging {
  readonly host: string
  readonly fromMs: Millis
  readonly untilMs: Millis
}

/** Draws who of these is stopped up, and when, within `spanMs`: the first half closes, the second one opens. */
export function drawSwizzle(
  hosts: readonly string[],
  spanMs: Millis,
  random: SimRandom,
): readonly Clogging[] {
  assert(hosts.length > 0 && spanMs > 0, 'hosts to stop up, and a time for it')
  const clogged = random.shuffle(hosts).slice(0, 1 + random.below(hosts.length))
  const freed = random.shuffle(clogged)
  const stepMs = spanMs / (2 * clogged.length)
  return clogged.map((host, index) => ({
    host,
    fromMs: index * stepMs,
    untilMs: spanMs / 2 + (freed.indexOf(host) + 1) * stepMs,
  }))
}

/** Lets it happen from now on. `name` is before the names of its rules; each is gone when its host is free. */
export function swizzle(world: Simulation, name: string, plan: readonly Clogging[]): void {
  const { rules } = world.network
  const beginMs = world.nowMs
  for (const { host, fromMs, untilMs } of plan) {
    const ruleName = `${name} ${host}`
    const untilUs = Math.ceil((beginMs + untilMs) * 1_000)
    world.at(beginMs + fromMs, () => rules.add(ruleName, only(touching([host]), clog(untilUs))))
    world.at(beginMs + untilMs, () => rules.remove(ruleName))
  }
}
