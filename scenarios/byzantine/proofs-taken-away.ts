import { justificationThief } from '../../sim/cluster/adversary/proposal-spoiler.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { type Flight, lose, only } from '../../sim/rules.ts'
import { regional } from '../worlds.ts'
import { setApart } from './distance.ts'

const thieves = ['f0', 'f1', 'f2', 'f3']
/** Votes and certificates are smaller, and what a proposal brings with it makes it larger. */
const proposalBytesMin = 400
const everything = 1_000_000

export const proofsTakenAway: Scenario = {
  name: 'proofs-taken-away',
  title:
    'One of four members hears votes and no proposals, and most of those whom it asks for the blocks keep back what justifies them: it approves some all the same, and its disk holds why',
  modelOnly: 'its fault takes proposals alone, which on a real stream cannot be told from the rest',
  world: () => ({
    members: 4,
    followers: thieves.length,
    link: regional,
    hostile: new Map(thieves.map((name) => [name, justificationThief])),
  }),
  story: (net, random) => {
    const isProposal = ({ kind, to, bytes }: Flight): boolean =>
      kind === 'gossip' && to === 'n3' && bytes >= proposalBytesMin
    const deaf = only(isProposal, lose(everything, random.fork('deaf')))
    net.simulation.network.rules.add('deaf', deaf)
    setApart(net)
    let approvals = 0
    net.watch(({ node, event }) => {
      if (node !== 'n3' || event.kind !== 'vote-sent') return
      const { vote } = event.vote
      if (vote.kind === 'notarise' && vote.slot % net.members.length !== 3) approvals += 1
    })
    net.run(8_000)
    for (let round = 0; round < 3; round += 1) {
      net.crash('n3', 500)
      net.run(8_000)
    }
    net.require('approves', approvals > 0, 'n3 approved none of the blocks of others')
    net.requireProgress(net.members, 3, 10_000)
  },
}
