/** A node that loses power after it has found out who lies. */
import { flipped, refusal } from '../../sim/cluster/adversary/answer-rules.ts'
import {
  atAddresses,
  atProtocol,
  hostileServer,
} from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { protocolId } from '../../src/protocol/wire/requests.ts'
import { joinersOf, makeChain, served, serversOf } from '../sync/served.ts'
import { wideArea } from '../worlds.ts'

const liar = hostileServer(atAddresses(refusal), atProtocol(protocolId.bodies, flipped('middle')))
const hostile = new Map([
  ['f0', liar],
  ['f1', liar],
])
const world = { servers: 3, hostile }
const honest = 'f2'
const blocks = 200
/** A hundred blocks more than it has. */
const offMs = 45_000
/** Marks are written as soon as a ban has changed. */
const writtenMs = 2_000

export const banOutlivesCrash: Scenario = {
  name: 'ban-outlives-crash',
  title:
    'A node finds out who lies, and its power fails: when it is back and far behind, it asks nothing of them',
  world: () => served(world),
  story: (net) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    const { banned } = new SyncWatch(net, joiner)
    // The honest one is far away: or everything might have come from it before a liar is asked at all.
    for (const [from, to] of [
      [honest, joiner],
      [joiner, honest],
    ] as const) {
      net.simulation.network.setLink(from, to, wideArea)
    }
    net.restart(joiner)
    net.requireCaughtUp([joiner], blocks, 30_000)
    net.run(writtenMs)
    const liars = new Set(banned)
    net.require('liars-banned', liars.size === hostile.size, [...liars].join(', '))
    net.crash(joiner, offMs)
    const asked = new Set<string>()
    net.watch(({ node, event }) => {
      if (node === joiner && event.kind === 'part-fetched') asked.add(event.peer)
    })
    net.run(offMs)
    net.requireCaughtUp([joiner], net.heightOf('n0'), 30_000)
    net.require('fetched-anew', asked.size > 0, 'nobody was asked for blocks')
    const trusted = [...asked].filter((peer) => liars.has(peer))
    net.require('ban-holds', trusted.length === 0, `${trusted.join(', ')} was asked again`)
    net.requireProgress([joiner], 5, 20_000)
  },
}
