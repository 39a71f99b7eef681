import { watchPunctuality } from '../../sim/cluster/liveness/on-time.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { cut, heal, runToTurnOf, untilSlotMs } from '../byzantine/rounds.ts'
import { regional } from '../worlds.ts'

const members = 4
/** All but the end of a slot. */
const cutMs = 1_800
/** A block, its parent by request, and the votes on both; before the clock ticks again, a second after the slot began. */
const commitMsMax = 600
const rounds = 5

export const childBeforeParent: Scenario = {
  name: 'child-before-parent',
  title:
    'A member is cut off for a slot, so that it hears of the next block before it has its parent: as soon as it has that too, it executes and commits both, five times',
  modelOnly: 'in a real stream what was lost is sent again before all that follows it',
  world: () => ({ members, link: regional }),
  story: (net, random) => {
    net.run(6_000)
    for (let round = 0; round < rounds; round += 1) {
      const author = random.below(members)
      // Neither whose block it misses, nor whose turn comes next.
      const late = `n${(author + 2 + random.below(2)) % members}`
      runToTurnOf(net, author)
      cut(net, [[late], net.members.filter((name) => name !== late)])
      net.run(cutMs)
      heal(net)
      // By then the others may have approved and committed it without this one.
      const nobody = { voters: [], voteMsMax: 0 }
      const end = watchPunctuality(net, { ...nobody, nodes: [late], commitMsMax })
      net.run(untilSlotMs(net) + commitMsMax)
      end()
      net.run(3_000)
    }
  },
}
