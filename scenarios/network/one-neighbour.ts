import { watchPunctuality } from '../../sim/cluster/liveness/on-time.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'

const follower = 'f0'
const slotMs = 500
/** What a neighbour may bring at once would be used up in some 150 of them, if it did not grow again. */
const slots = 240

export const oneNeighbour: Scenario = {
  name: 'one-neighbour',
  title:
    'A follower hears all that there is to hear from one neighbour, the only member, for 240 slots: it commits each block in its slot to the end, and thinks no worse of who brings so much',
  world: () => ({ members: 1, followers: 1, link: regional, slotMs }),
  story: (net) => {
    net.run(6_000)
    const nobody = { voters: [], voteMsMax: 0 }
    const end = watchPunctuality(net, { ...nobody, nodes: [follower], commitMsMax: slotMs })
    net.run(slots * slotMs)
    end()
  },
}
