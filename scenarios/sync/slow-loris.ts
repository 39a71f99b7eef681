/** A late node among peers that keep it waiting. */
import { late, silence } from '../../sim/cluster/adversary/answer-rules.ts'
import { hostileServer, inSync } from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncSamples, SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { regional } from '../worlds.ts'
import { joinersOf, makeChain, requireReserved, served, serversOf } from './served.ts'

const hostile = new Map([
  ['f0', hostileServer(inSync(silence))],
  // Just before a deadline of a second, and just before one of five.
  ['f1', hostileServer(inSync(late(900)))],
  ['f2', hostileServer(inSync(late(4_900)))],
])
/** Bytes a second from these to the joiner: as good as nothing after the first, and a drip. */
const paces = new Map([
  ['f3', 300],
  ['f4', 6_000],
])
const world = { servers: 7, hostile }
const blocks = 200

export const slowLoris: Scenario = {
  name: 'slow-loris',
  title:
    'Five of seven servers are silent, late or drip their bytes: a late node turns to the other two, and bans nobody',
  world: () => served(world),
  story: (net) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    for (const [name, bytesPerSecond] of paces) {
      net.simulation.network.setLink(name, joiner, { ...regional, bytesPerSecond })
    }
    const watch = new SyncWatch(net, joiner)
    const samples = new SyncSamples(net, joiner)
    net.restart(joiner)
    net.requireCaughtUp([joiner], blocks, 30_000)
    net.require('nobody-banned', watch.banned.size === 0, [...watch.banned].join(', '))
    net.requireProgress([joiner], 5, 20_000)
    requireReserved(net, samples)
  },
}
