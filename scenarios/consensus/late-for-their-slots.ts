import { watchCore } from '../../sim/cluster/liveness/watch-core.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { constant } from '../../sim/distribution.ts'
import { regional } from '../worlds.ts'

/** How long the messages of a member take is drawn anew after so long. */
const moodMs = 1_500
const lateForMs = 90_000

/**
 * Proposals come when their slot has been given up, some as the next ones do: several blocks stand on one parent, each
 * of them executed, and the one that is built on may be an older one.
 */
export const lateForTheirSlots: Scenario = {
  name: 'late-for-their-slots',
  title:
    'For a minute and a half messages take up to a slot and a half: blocks stand side by side, and the chain goes on from one of them soon after it',
  world: () => ({ members: 4, link: regional }),
  story: (net, random) => {
    const { linkChanges } = net.simulation.network
    const { slotMs } = net.chain.slots
    net.run(20_000)
    for (let spent = 0; spent < lateForMs; spent += moodMs) {
      const latencies = new Map(
        net.members.map((name) => [name, constant(1_000 * (50 + random.below(1.5 * slotMs)))]),
      )
      linkChanges.add('late', (model, from) => ({
        ...model,
        latency: latencies.get(from) ?? model.latency,
      }))
      net.run(moodMs)
      linkChanges.remove('late')
    }
    watchCore(net, net.members)
    net.requireProgress(net.members, 3, 30_000)
  },
}
