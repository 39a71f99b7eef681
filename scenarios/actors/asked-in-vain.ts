import { plannedFailure } from '../../sim/cluster/checker/containment.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import type { ApiAnswer } from '../../src/actors/api/messages.ts'
import { untilSlotMs } from '../byzantine/rounds.ts'
import { regional } from '../worlds.ts'

const slotMs = 30_000
/** Ten seconds, and what the answer takes on its way. */
const answerMsMax = 10_100

export const askedInVain: Scenario = {
  name: 'asked-in-vain',
  title:
    'A chain actor fails when a long slot has just begun, and will begin anew with the next one: who asks meanwhile is told in time that there is no answer',
  world: () => ({ members: 5, link: regional, slotMs }),
  story: (net, random) => {
    net.run(untilSlotMs(net))
    for (let round = 0; round < 3; round += 1) {
      const { node } = net.machine(random.pick(net.members))
      net.run(1_000 + random.below(5_000))
      node?.crashActor('chain/chain', plannedFailure)
      let answer: ApiAnswer | undefined
      node?.call('alys_getHead', [], (found) => {
        answer = found
      })
      net.run(answerMsMax, () => answer !== undefined)
      net.require('answered', answer !== undefined, 'nobody says that there is no answer')
      net.run(untilSlotMs(net))
    }
    net.requireProgress(net.members, 2, 3 * slotMs)
  },
}
