/** A late node that has room for a few blocks at a time: where they come in, and where they wait to be executed. */
import { truncated } from '../../sim/cluster/adversary/answer-rules.ts'
import { atProtocol, everyNth, hostileServer } from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { protocolId } from '../../src/protocol/wire/requests.ts'
import { wideArea } from '../worlds.ts'
import { joinServed, requireReserved, served } from './served.ts'

/** Two blocks a request, half of the chain and two of the largest answers at once; the chain takes one run at a time. */
const tuning = { syncBlocksMax: 64, syncBytesMax: 4 * 1_048_576, importBytesMax: 1 }
/** What is cut off is found out at once, while other requests to the same server are open. */
const liar = hostileServer(atProtocol(protocolId.bodies, everyNth(8, truncated)))
const hostile = new Map([
  ['f0', liar],
  ['f1', liar],
  ['f2', liar],
])
const world = { servers: 4, hostile, tuning, link: wideArea }
const blocks = 130

export const littleMemory: Scenario = {
  name: 'little-memory',
  title:
    'A late node may hold half of the chain at once, and its queue one run: the lowest blocks come first, what finds no room is handed over again, and what was reserved for servers that lied is given back',
  world: () => served(world),
  story: (net) => {
    const { joiner, samples, watch } = joinServed(net, world, blocks)
    let refused = 0
    net.watch(({ node, event }) => {
      if (node === joiner && event.kind === 'run-refused') refused += 1
    })
    net.requireCaughtUp([joiner], blocks, 15_000)
    net.require('no-room', refused > 0, 'the chain had room for whatever came')
    net.require('liars-reported', watch.reported.size > 0, 'nobody was found out')
    net.requireProgress([joiner], 5, 20_000)
    requireReserved(net, samples)
  },
}
