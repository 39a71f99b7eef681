/** A late node with one server, which now and then does not answer. */
import { silence } from '../../sim/cluster/adversary/answer-rules.ts'
import {
  between,
  everyNth,
  hostileServer,
  inSync,
} from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { joinServed, served } from './served.ts'

/** Some time after the chain is there. */
const fromMs = 90_000
const stallMs = 5_000
const hostile = new Map([
  ['f0', hostileServer(inSync(between(0, fromMs + stallMs, everyNth(3, silence))))],
])
const world = { servers: 1, hostile }
const blocks = 200

export const singlePeerStalls: Scenario = {
  name: 'single-peer-stalls',
  title:
    'The only peer of a late node leaves every third question without an answer for a while: it is never banned, and the node gets there',
  world: () => served(world),
  story: (net) => {
    const { joiner, watch } = joinServed(net, world, blocks)
    net.requireCaughtUp([joiner], blocks, 60_000)
    net.require('not-reported', watch.reported.size === 0, [...watch.reported].join(', '))
    net.require('not-lost', watch.lost.length === 0, watch.lost.join(', '))
    net.requireProgress([joiner], 5, 20_000)
  },
}
