/** A late node with one server, which now and then does not answer, or refuses to. */
import { refusal, silence } from '../../sim/cluster/adversary/answer-rules.ts'
import {
  atAddresses,
  between,
  everyNth,
  hostileServer,
  inSync,
  oneOf,
} from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { wideArea } from '../worlds.ts'
import { joinServed, served } from './served.ts'

/** Some time after the chain is there. */
const fromMs = 90_000
const stallMs = 5_000
const stalls = inSync(between(0, fromMs + stallMs, everyNth(2, oneOf(silence, refusal))))
/** It names nobody else, so that it stays the only one. */
const hostile = new Map([['f0', hostileServer(stalls, atAddresses(refusal))]])
const world = { servers: 1, hostile, link: wideArea }
const blocks = 200

export const singlePeerStalls: Scenario = {
  name: 'single-peer-stalls',
  title:
    'The only peer of a late node swallows or refuses every other question for a while: each is asked again, it is never banned, and the node gets there',
  world: () => served(world),
  story: (net) => {
    const { joiner, watch } = joinServed(net, world, blocks)
    // What was swallowed last may be waited for for twenty seconds: there is nobody else to ask.
    net.requireCaughtUp([joiner], blocks, 60_000)
    net.require('not-reported', watch.reported.size === 0, [...watch.reported].join(', '))
    net.require('not-lost', watch.lost.length === 0, watch.lost.join(', '))
    net.requireProgress([joiner], 5, 20_000)
  },
}
