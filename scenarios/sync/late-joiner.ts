import type { Scenario } from '../../sim/cluster/scenario.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { regional } from '../worlds.ts'

export const lateJoiner: Scenario = {
  name: 'late-joiner',
  title: 'A node that joins after 1,000 blocks imports them in ten seconds, and then follows',
  world: () => ({
    members: 4,
    followers: 1,
    // Short slots make a long chain soon.
    slotMs: 400,
    link: regional,
    startLater: ['f0'],
  }),
  story: (net) => {
    transfers(net, { everyMs: 2_000, untilMs: 380_000 })
    net.run(600_000, () => net.heightOf('n0') >= 1_000)
    net.require('long-chain', net.heightOf('n0') >= 1_000, `height ${net.heightOf('n0')}`)
    net.restart('f0')
    net.requireCaughtUp(['f0'], 1_000, 10_000)
    const byRun = net.goals.reached.includes('blocks committed by a run')
    net.require('by-run', byRun, 'it came by votes')
    net.requireProgress(['f0', 'n0'], 5, 20_000)
  },
}
