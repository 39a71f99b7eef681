/** A late node whose servers forget their old blocks while it asks for them. */
import { pruning } from '../../sim/cluster/adversary/chain-rules.ts'
import { hostileServer } from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { joinServed, requireReserved, served } from './served.ts'

const blocks = 200
/** After some answers the first has nothing left, the others lose the lower part. */
const hostile = new Map([
  ['f0', hostileServer(pruning(100, blocks))],
  ['f1', hostileServer(pruning(20, 150))],
  ['f2', hostileServer(pruning(10, 100))],
])
/** One that keeps everything. */
const world = { servers: 4, hostile }

export const serversThatPrune: Scenario = {
  name: 'servers-that-prune',
  title:
    'Three of four servers forget old blocks while they are asked for: a late node turns to the one that has them, and blames nobody',
  world: () => served(world),
  story: (net) => {
    const { joiner, watch, samples } = joinServed(net, world, blocks)
    net.requireCaughtUp([joiner], blocks, 15_000)
    const gone = watch.fetches('unavailable')
    net.require('found-them-gone', gone > 0, 'no request was too late')
    net.require('not-reported', watch.reported.size === 0, [...watch.reported].join(', '))
    net.requireProgress([joiner], 5, 20_000)
    requireReserved(net, samples)
  },
}
