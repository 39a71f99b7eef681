import { watchCore } from '../../sim/cluster/liveness/watch-core.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { cutOneWay } from '../../sim/rules.ts'
import { regional } from '../worlds.ts'

export const asymmetricPartition: Scenario = {
  name: 'asymmetric-partition',
  title:
    'One member of four hears everybody and is heard by nobody: the others go on, and it follows',
  world: () => ({ members: 4, link: regional }),
  story: (net) => {
    const { rules } = net.simulation.network
    const others = ['n1', 'n2', 'n3']
    net.run(20_000)
    rules.add('mute', cutOneWay(['n0'], others))
    net.requireProgress(others, 10, 60_000)
    rules.remove('mute')
    watchCore(net, net.members)
    net.requireCaughtUp(['n0'], net.heightOf('n1'), 60_000)
    net.requireProgress(net.members, 3, 30_000)
  },
}
