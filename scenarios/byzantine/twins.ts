import { sidesOf } from '../../sim/cluster/adversary/twins.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { wideArea } from '../worlds.ts'
import { Accusations } from './accusations.ts'
import { cut, heal } from './rounds.ts'

const members = 4
const chaosMs = 30_000

/** Cuts that come at any moment of a slot, in the middle of a vote too: what `twins-enumerated` does not try. */
export const twins: Scenario = {
  name: 'twins',
  title:
    'The keys of one of four members are on two machines, and for 24 s the network is cut in two anew up to four times a slot: never two histories, and then all go on',
  world: (random) => ({ members, link: wideArea, twins: [random.below(members)] }),
  story: (net, random) => {
    const [member = 0] = net.options.twins ?? []
    const accusations = new Accusations(net)
    transfers(net, { everyMs: 200, untilMs: chaosMs })
    net.run(6_000)
    // By the story's own clock: that of a run that is over stands still.
    for (let leftMs = chaosMs - net.nowMs; leftMs > 0; ) {
      // As often as not the twins are apart; a fifth of the time everybody hears everybody, so that something is committed.
      cut(net, random.chance(1, 5) ? [] : sidesOf(2 * random.below(2 ** members), member, members))
      const forMs = 500 + random.below(3_500)
      net.run(forMs)
      leftMs -= forMs
    }
    heal(net)
    net.requireProgress(net.correct, 5, 30_000)
    // Whoever hears one of the two alone has no proof; but of nobody else can there be one.
    accusations.requireNoOther(member)
  },
}
