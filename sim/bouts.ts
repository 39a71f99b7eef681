/** Faults that come again and again for a while: a machine that is busy now and then, a clock that is set to and fro. */
import { assert } from '../src/base/assert.ts'
import type { Millis } from '../src/base/units.ts'
import type { SimOscillator } from './clock.ts'
import { type Distribution, draw } from './distribution.ts'
import type { SimRandom } from './random.ts'
import type { Simulation } from './simulation.ts'

export interface Bouts {
  /** From the beginning of one to the beginning of the next, and from now to the first. At least a microsecond. */
  readonly gap: Distribution
  readonly forMs: Millis
}

/** Lets `strike` happen in bouts from now on. What one bout does has to end by itself. */
export function inBouts(
  world: Simulation,
  { gap, forMs }: Bouts,
  random: SimRandom,
  strike: () => void,
): void {
  const { timeline } = world
  const endUs = timeline.nowUs + Math.ceil(forMs * 1_000)
  const next = (): void => {
    const dueUs = timeline.nowUs + Math.max(1, draw(gap, random))
    if (dueUs < endUs) timeline.at(dueUs, { fire: again })
  }
  const again = (): void => {
    strike()
    next()
  }
  next()
}

export interface Strobe {
  /** How far the wall clock is set forward, or back if negative, each second time. The times between take it back. */
  readonly byMs: Millis
  readonly everyMs: Millis
  readonly forMs: Millis
}

/** Sets a wall clock to and fro from now on, as Jepsen's strobe does. It ends as it began. */
export function strobe(
  world: Simulation,
  oscillator: SimOscillator,
  { byMs, everyMs, forMs }: Strobe,
): void {
  assert(everyMs > 0, 'a time between two jumps')
  const endMs = world.nowMs + forMs
  let isOff = false
  const flip = (): void => {
    isOff = !isOff
    oscillator.jump(isOff ? byMs : -byMs)
    if (isOff || world.nowMs + everyMs < endMs) world.after(everyMs, flip)
  }
  flip()
}
