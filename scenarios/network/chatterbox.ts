import { attacker } from '../../sim/cluster/adversary/attacker.ts'
import { madeUpVote } from '../../sim/cluster/adversary/made-up.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { topicsOf } from '../../src/actors/network/topics.ts'
import { encodeGossip } from '../../src/protocol/wire/gossip.ts'
import { attacked, attackFromMs, offencesOf, requirePace } from './attacked.ts'

/**
 * Nine votes at a time, 180 a second, of a committee to come: nobody's offence, and nobody's news. Of these 64 are
 * heard; what is refused is less than is overlooked.
 */
const chatterbox = attacker({
  fromMs: attackFromMs,
  everyMs: 50,
  act: ({ network, parts, slot }) => {
    const { consensus } = topicsOf(parts.chain)
    const epoch = parts.chain.committee.epoch + 1
    for (let i = 0; i < 9; i += 1) {
      const vote = { ...madeUpVote(parts, slot), epoch }
      network.publish(consensus, encodeGossip({ kind: 'vote', vote }))
    }
  },
})

export const chatterboxScenario: Scenario = {
  name: 'chatterbox',
  title:
    'A follower says nearly three times what a neighbour may, all of it well-formed and none of it news: what it has used up is its own, everybody else is heard as ever, and it is not blamed',
  world: () => attacked(new Map([['f0', chatterbox]])),
  story: (net) => {
    const offences = offencesOf(net, ['f0'])
    net.run(attackFromMs)
    requirePace(net, 24_000)
    const blamed = [...offences].filter(([, list]) => list.length > 0)
    net.require('not-blamed', blamed.length === 0, `by ${blamed.map(([name]) => name).join(', ')}`)
  },
}
