/** Late nodes whose servers lie in ways that only a proof shows. */
import { flipped } from '../../sim/cluster/adversary/answer-rules.ts'
import {
  changedHeader,
  forgedAuthor,
  forkedHeaders,
  inventedCertified,
  wrongCertificates,
} from '../../sim/cluster/adversary/chain-rules.ts'
import { atProtocol, everyNth, hostileServer } from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { uniform } from '../../sim/distribution.ts'
import { protocolId } from '../../src/protocol/wire/requests.ts'
import { regional } from '../worlds.ts'
import { joinersOf, makeChain, served, serversOf } from './served.ts'

const wrongBodies = atProtocol(protocolId.bodies, flipped('middle'))
/** Each keeps the rules but for one thing, which everybody can read. */
const hostile = new Map([
  ['f0', hostileServer(changedHeader('middle'))],
  ['f1', hostileServer(forkedHeaders)],
  ['f2', hostileServer(wrongCertificates('forged'))],
  ['f3', hostileServer(inventedCertified)],
  ['f4', hostileServer(wrongBodies)],
  ['f5', hostileServer(everyNth(2, wrongBodies))],
  ['f6', hostileServer(forgedAuthor)],
])
/** The first answer about certificates is the one that counts, so these are nearest. */
const nearest = ['f2', 'f3']
const near = { ...regional, latency: uniform(500, 2_000) }
/** One that keeps all of them. */
const world = { servers: 8, joiners: 4, hostile }
const blocks = 300
/** Each is asked by some, and not each for what it lies about. */
const liarsFound = 3

export const wellFormedLies: Scenario = {
  name: 'well-formed-lies',
  title:
    'Seven of eight servers give headers, certificates and bodies that look right and are not: late nodes take none of them, and get there',
  world: () => served(world),
  story: (net) => {
    const joiners = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    for (const server of nearest) {
      for (const name of joiners) net.simulation.network.setLink(server, name, near)
    }
    const watches = joiners.map((name) => new SyncWatch(net, name))
    for (const name of joiners) net.restart(name)
    net.requireCaughtUp(joiners, blocks, 30_000)
    const reported = new Set(watches.flatMap((watch) => [...watch.reported]))
    net.require('liars-reported', reported.size >= liarsFound, [...reported].join(', '))
    net.requireProgress(joiners, 5, 20_000)
  },
}
