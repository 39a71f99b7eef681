/** A die that is rolled each second under a fault or two, and what may be wrong with it. */
import {
  never,
  noActorFails,
  type Property,
  type Story,
  sometimes,
} from '../../../src/public/sim.ts'

export interface Rolled {
  readonly kind: 'rolled'
  readonly number: number
}

export const noSix: Property<Rolled> = never(
  'no six',
  ({ event }) => event.kind === 'rolled' && event.number === 6,
)

export const someSeven: Property<Rolled> = sometimes(
  'a seven',
  ({ event }) => event.kind === 'rolled' && event.number === 7,
)

export const fair = (below: (bound: number) => number): number => 1 + below(6)

/** Ten rolls. */
export function dice(
  properties: readonly Property<Rolled>[],
  roll: (below: (bound: number) => number) => number = fair,
): Story<Rolled> {
  return {
    name: 'dice',
    properties: [...properties, noActorFails],
    tell: (stage) => {
      const hosts = ['table', 'floor']
      for (const host of hosts) {
        stage.boot(stage.world.addHost(host), (system) => {
          system.root.spawn<{ kind: 'roll' }>('die', { waitingMax: 4 }, (context) => {
            const again = (): void => {
              context.sendAfter(1_000, { kind: 'roll' })
            }
            again()
            const receive = (): void => {
              context.emit({ kind: 'rolled', number: roll((bound) => context.random.below(bound)) })
              again()
            }
            return { receive }
          })
          return {}
        })
      }
      stage.unleash({ hosts, durationMs: 5_000, kinds: ['pause', 'lose'] })
      stage.runUntil(10_500)
    },
  }
}
