/** Late nodes that are served by a liar among others. */
import { downloadLiar } from '../../sim/cluster/adversary/download-liar.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'

const late = ['f0', 'f1', 'f2']

export const lyingServer: Scenario = {
  name: 'lying-server',
  title:
    'A member lies to whoever fetches blocks: late nodes take none of it, say who lied, and get there',
  world: () => ({
    members: 4,
    followers: 3,
    // Short slots make a long chain soon.
    slotMs: 400,
    link: regional,
    liars: new Map([[3, downloadLiar]]),
    startLater: late,
  }),
  story: (net) => {
    net.run(120_000, () => net.heightOf('n0') >= 200)
    for (const name of late) net.restart(name)
    net.requireCaughtUp(late, 200, 60_000)
    net.requireProgress([...late, 'n0'], 5, 20_000)
    const isReported = net.goals.reached.includes('peer reported')
    net.require('liar-reported', isReported, 'nobody said who lied')
  },
}
