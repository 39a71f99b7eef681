import { watchCore } from '../../sim/cluster/liveness/watch-core.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { wideArea } from '../worlds.ts'

export const oneCrashOfThree: Scenario = {
  name: 'one-crash-of-three',
  title: 'Of three members one is down for good: the other two go on, two blocks in three slots',
  world: () => ({ members: 3, link: wideArea }),
  story: (net) => {
    net.run(20_000)
    net.crash('n2')
    watchCore(net, ['n0', 'n1'])
    const before = net.heightOf('n0')
    net.run(60_000)
    // Thirty slots, a third of them the silent member's.
    for (const name of ['n0', 'n1']) {
      const blocks = net.heightOf(name) - before
      net.require('progress', blocks >= 18, `${name} committed ${blocks} blocks in 30 slots`)
    }
  },
}
