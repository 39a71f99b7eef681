/** A late node that is given the right pieces in wrong lists. */
import {
  flipped,
  hugeLength,
  oversize,
  stale,
  trailing,
} from '../../sim/cluster/adversary/answer-rules.ts'
import { disordered, doubled, extra, gap } from '../../sim/cluster/adversary/chain-rules.ts'
import { everyNth, hostileServer, inSync } from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncSamples, SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { joinersOf, makeChain, requireReserved, served, serversOf } from './served.ts'

const hostile = new Map([
  ['f0', hostileServer(gap, inSync(everyNth(5, flipped('first'))))],
  ['f1', hostileServer(doubled, inSync(everyNth(3, flipped('last'))))],
  ['f2', hostileServer(disordered, inSync(everyNth(2, stale)))],
  ['f3', hostileServer(extra)],
  ['f4', hostileServer(inSync(everyNth(2, oversize)))],
  ['f5', hostileServer(inSync(everyNth(2, hugeLength)))],
  ['f6', hostileServer(inSync(everyNth(2, trailing)))],
])
/** Two that keep the rules. */
const world = { servers: 9, hostile }
const blocks = 200

export const gapAndExtraBlocks: Scenario = {
  name: 'gap-and-extra-blocks',
  title:
    'Servers leave blocks out, double, disorder and add them, and send more than they may: a late node keeps what is right of it',
  world: () => served(world),
  story: (net) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    const watch = new SyncWatch(net, joiner)
    const samples = new SyncSamples(net, joiner)
    net.restart(joiner)
    net.requireCaughtUp([joiner], blocks, 30_000)
    net.require('liars-reported', watch.reported.size > 0, 'nobody said who lied')
    net.requireProgress([joiner], 5, 20_000)
    requireReserved(net, samples)
  },
}
