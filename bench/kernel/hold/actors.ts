import { Simulation } from '../../../sim/simulation.ts'
import { assert } from '../../../src/base/assert.ts'
import type { Context } from '../../../src/kernel/actor.ts'
import { System } from '../../../src/kernel/system.ts'
import { Trace } from '../../../src/kernel/trace.ts'
import { noRestarts } from '../policy.ts'
import type { Hold } from './hold.ts'

interface Tick {
  readonly kind: 'tick'
}

const tick: Tick = { kind: 'tick' }

/**
 * Actors of the runtime on a simulated machine: each event is a timer that becomes a message, which an actor
 * receives and answers by asking for the next. Every event and every turn goes into the digest of the run.
 */
export function actors(hold: Hold): () => void {
  const simulation = new Simulation({ seed: 'hold', eventsMax: hold.eventsMax })
  const host = simulation.addHost('host')
  host.boot((environment) => {
    const fail = (error: unknown): void => assert(false, `no actor fails: ${error}`)
    const system = new System<never>(environment, new Trace([host.turns()]), noRestarts, fail)
    for (let index = 0; index < hold.entities; index += 1) {
      system.root.spawn<Tick>(`entity ${index}`, { waitingMax: 1 }, (context) =>
        entity(hold, index, context),
      )
    }
    system.start()
    return system
  })
  return () => {
    const outcome = simulation.runUntil(Number.MAX_SAFE_INTEGER / 1_000)
    assert(outcome === 'events-exhausted', 'a run of so many events')
  }
}

function entity(
  hold: Hold,
  index: number,
  context: Context<Tick, never>,
): { receive(message: Tick): void } {
  context.sendAfter(hold.delayMs(index), tick)
  return {
    receive: () => {
      hold.hit(index, context.now())
      context.sendAfter(hold.delayMs(index), tick)
    },
  }
}
