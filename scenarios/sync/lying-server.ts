/** A late node that is served by a liar among others. */
import { downloadLiar } from '../../sim/cluster/adversary/download-liar.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'

export const lyingServer: Scenario = {
  name: 'lying-server',
  title:
    'A member lies to whoever downloads from it: a late node takes none of it, says who lied, and gets there',
  world: () => ({
    members: 4,
    followers: 1,
    // Short slots make a long chain soon.
    slotMs: 400,
    link: regional,
    liars: new Map([[3, downloadLiar]]),
    startLater: ['f0'],
  }),
  story: (net) => {
    net.run(120_000, () => net.heightOf('n0') >= 200)
    net.restart('f0')
    net.requireCaughtUp(['f0'], 200, 60_000)
    net.requireProgress(['f0', 'n0'], 5, 20_000)
    const isReported = net.goals.reached.includes('peer reported')
    net.require('liar-reported', isReported, 'nobody said who lied')
  },
}
