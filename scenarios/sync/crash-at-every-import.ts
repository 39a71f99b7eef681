/** A late node whose power fails whenever it is about to keep something. */
import type { Point } from '../../sim/cluster/fault/point.ts'
import { on, schedule } from '../../sim/cluster/fault/schedule.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { joinersOf, makeChain, served, serversOf } from './served.ts'

const world = { servers: 3 }
const blocks = 150
const crashes = 20

export const crashAtEveryImport: Scenario = {
  name: 'crash-at-every-import',
  title:
    'The power of a late node fails twenty times, each time as blocks are on their way to its disk: it loses no more than those',
  world: () => served(world),
  story: (net, random) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    const watch = new SyncWatch(net, joiner)
    net.restart(joiner)
    const { host } = net.machine(joiner)
    for (let i = 0; i < crashes; i += 1) {
      // Half of the times in the midst of a write, half right after one.
      const point: Point = random.chance(1, 2)
        ? { disk: 'commit-begun' }
        : { event: 'block-committed' }
      const facts = { node: joiner, for: `${50 + random.below(500)}ms` }
      schedule(net, [on({ ...point, node: joiner }, 'torn-crash', facts)])
      net.run(15_000, () => !host.isRunning)
      net.run(1_000)
    }
    net.requireCaughtUp([joiner], blocks, 60_000)
    net.require('nobody-reported', watch.reported.size === 0, [...watch.reported].join(', '))
    net.requireProgress([joiner], 5, 20_000)
  },
}
