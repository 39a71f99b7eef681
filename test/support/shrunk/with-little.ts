import { healCore } from '../../../sim/cluster/fault/heal.ts'
import type { Scenario } from '../../../sim/cluster/scenario.ts'
import { exponential, uniform } from '../../../sim/distribution.ts'
import { localLink } from '../../../sim/link.ts'

/**
 * vote-lock was broken at 19.00125s: n0 finalised slot 3, which it gave up
 * Found by `alys shrink swarm --seed 7`.
 */
export const withLittle: Scenario = {
  name: 'with-little',
  title: "What must hold, in the writer's words",
  world: () => ({
    members: 3,
    link: {
      ...localLink,
      latency: uniform(5_000, 40_500),
      lossPerMillion: 10_000,
      reorderDelay: exponential(1_000, 20_000, 400_000),
    },
  }),
  story: (net) => {
    net.run(90_000)
    healCore(net, ['n0', 'n2'])
    net.requireProgress(['n0', 'n2'], 5, 120_000)
  },
}
