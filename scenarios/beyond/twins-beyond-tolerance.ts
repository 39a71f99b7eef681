import type { Scenario } from '../../sim/cluster/scenario.ts'
import { partition } from '../../sim/rules.ts'
import { wideArea } from '../worlds.ts'
import { ConflictWatch } from './conflict-watch.ts'

/** Each side of the cut has an honest member and both liars: a quorum. */
const sides = [
  ['n0', 'n2', 't3'],
  ['n1', 't2', 'n3'],
]

export const twinsBeyondTolerance: Scenario = {
  name: 'twins-beyond-tolerance',
  title:
    'The keys of two of four members are on two machines each, with an honest member on either side of a cut: two histories come about, and as soon as they meet the honest halt',
  world: () => ({ members: 4, link: wideArea, twins: [2, 3], isBeyondSafety: true }),
  story: (net) => {
    const watch = new ConflictWatch(net)
    net.simulation.network.rules.add('cut', partition(sides))
    net.run(40_000)
    watch.requireFork()
    net.simulation.network.rules.remove('cut')
    watch.requireHalt(net.correct, 30_000)
  },
}
