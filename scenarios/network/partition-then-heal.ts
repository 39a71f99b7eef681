import { watchCore } from '../../sim/cluster/liveness/watch-core.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { partition } from '../../sim/rules.ts'
import { regional } from '../worlds.ts'

export const partitionThenHeal: Scenario = {
  name: 'partition-then-heal',
  title: 'Four members cut in two halves commit nothing, and go on soon after the healing',
  world: () => ({ members: 4, link: regional }),
  story: (net) => {
    const { rules } = net.simulation.network
    net.run(20_000)
    rules.add(
      'halves',
      partition([
        ['n0', 'n1'],
        ['n2', 'n3'],
      ]),
    )
    // What was certified before the cut may still be committed by those who hear of it.
    net.run(5_000)
    const before = net.members.map((name) => net.heightOf(name))
    net.run(60_000)
    const after = net.members.map((name) => net.heightOf(name))
    const isStill = before.join() === after.join()
    net.require('no-quorum-no-commit', isStill, `${before} became ${after}`)
    rules.remove('halves')
    watchCore(net, net.members)
    // Connections come back by redialling, whose pauses have grown to half a minute by now.
    net.requireProgress(net.members, 3, 60_000)
  },
}
