import { bodyThief, justificationSpoiler } from '../../sim/cluster/adversary/proposal-spoiler.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'
import { setApart } from './distance.ts'

/** Odd seeds lose the bodies, even ones have the certificates spoiled. */
export const spoiledProposals: Scenario = {
  name: 'spoiled-proposals',
  title:
    'A follower is nearer to four members than they are to each other, and passes on each proposal spoiled, before any of them has the true one: blocks come as if it were not there',
  world: (_random, seed) => ({
    members: 4,
    followers: 1,
    link: regional,
    hostile: new Map([['f0', seed % 2 === 1 ? bodyThief : justificationSpoiler]]),
  }),
  story: (net) => {
    setApart(net)
    net.run(10_000)
    net.requireProgress(net.members, 9, 20_000)
  },
}
