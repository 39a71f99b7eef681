/** A late node that is given the right pieces in wrong lists. */
import {
  flipped,
  hugeLength,
  oversize,
  stale,
  trailing,
} from '../../sim/cluster/adversary/answer-rules.ts'
import { disordered, doubled, extra, gap } from '../../sim/cluster/adversary/chain-rules.ts'
import {
  atProtocol,
  everyNth,
  hostileServer,
  inSync,
} from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { protocolId } from '../../src/protocol/wire/requests.ts'
import { joinServed, requireReserved, served } from './served.ts'

const hostile = new Map([
  ['f0', hostileServer(atProtocol(protocolId.headers, gap))],
  ['f1', hostileServer(atProtocol(protocolId.bodies, gap))],
  ['f2', hostileServer(atProtocol(protocolId.headers, doubled))],
  ['f3', hostileServer(atProtocol(protocolId.bodies, doubled))],
  ['f4', hostileServer(atProtocol(protocolId.bodies, disordered))],
  ['f5', hostileServer(atProtocol(protocolId.bodies, extra))],
  ['f6', hostileServer(inSync(everyNth(3, flipped('first'))))],
  ['f7', hostileServer(inSync(everyNth(3, flipped('last'))))],
  ['f8', hostileServer(inSync(everyNth(2, stale)))],
  ['f9', hostileServer(inSync(everyNth(2, oversize)))],
  ['f10', hostileServer(inSync(everyNth(2, hugeLength)))],
  ['f11', hostileServer(inSync(everyNth(2, trailing)))],
])
/** Two that keep the rules. */
const world = { servers: 14, hostile }
const blocks = 200
/** It is done before every liar was asked. */
const liarsMin = 5

export const gapAndExtraBlocks: Scenario = {
  name: 'gap-and-extra-blocks',
  title:
    'Servers leave blocks out, double, disorder and add them, and send more than they may: a late node keeps what is right of it',
  world: () => served(world),
  story: (net) => {
    const { joiner, watch, samples } = joinServed(net, world, blocks)
    net.requireCaughtUp([joiner], blocks, 30_000)
    const reported = [...watch.reported]
    net.require('liars-reported', reported.length >= liarsMin, `only ${reported.join(', ')}`)
    net.require('only-liars-reported', reported.every(isHostile), reported.join(', '))
    net.requireProgress([joiner], 5, 20_000)
    requireReserved(net, samples)
  },
}

function isHostile(name: string): boolean {
  return hostile.has(name)
}
