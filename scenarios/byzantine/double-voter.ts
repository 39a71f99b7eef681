import { doubleVoter, twoFacedVoter } from '../../sim/cluster/adversary/double-voter.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { wideArea } from '../worlds.ts'
import { Accusations } from './accusations.ts'

const liar = 1

/**
 * With odd seeds everybody hears both votes. With even ones each neighbour is told one of them, and may never hear of
 * the other: then nobody is promised a proof.
 */
const isHeardByAll = (seed: number): boolean => seed % 2 === 1

export const doubleVoterScenario: Scenario = {
  name: 'double-voter',
  title:
    'One member of four signs a contradiction to each of its votes, to all or to half of the others: never two histories, and who heard both can prove it',
  world: (_random, seed) => ({
    members: 4,
    link: wideArea,
    liars: new Map([[liar, isHeardByAll(seed) ? doubleVoter : twoFacedVoter]]),
  }),
  story: (net, _random, seed) => {
    const accusations = new Accusations(net)
    net.run(20_000)
    net.requireProgress(net.correct, 8, 24_000)
    if (isHeardByAll(seed)) accusations.require(liar, net.correct)
    else accusations.requireNoOther(liar)
  },
}
