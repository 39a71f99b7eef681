import type { Point } from '../../sim/cluster/fault/point.ts'
import { on, schedule } from '../../sim/cluster/fault/schedule.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { constant, uniform } from '../../sim/distribution.ts'
import { everyKey } from '../../src/actors/storage/keys.ts'
import { regional } from '../worlds.ts'

const points: readonly Point[] = [
  { disk: 'commit-begun' },
  { disk: 'commit-begun', key: everyKey('final').from },
]

export const crashDuringCommit: Scenario = {
  name: 'crash-during-commit',
  title:
    'The power fails in the middle of writes, again and again: what was said is still known afterwards',
  world: () => ({
    members: 4,
    link: regional,
    // A sync takes long, so that many a crash falls into one.
    disk: { read: constant(80), write: constant(50), sync: uniform(5_000, 60_000) },
  }),
  story: (net, random) => {
    net.run(15_000)
    for (let round = 0; round < 12; round += 1) {
      const node = random.pick(net.members)
      // Not at a random moment, but while something is on its way to the disk: anything, or what commits a block.
      const point = random.pick(points)
      const facts = { node, for: `${500 + random.below(4_000)}ms` }
      schedule(net, [on({ ...point, node }, 'torn-crash', facts)])
      net.run(7_000)
    }
    net.run(5_000)
    net.requireProgress(net.members, 3, 60_000)
  },
}
