/** A late node among peers that say they are further than anybody can be. */
import { hostileServer } from '../../sim/cluster/adversary/hostile-server.ts'
import {
  claimAhead,
  claimHeight,
  impossibleHeight,
} from '../../sim/cluster/adversary/status-rules.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { joinServed, served, slotMs } from './served.ts'

const hostile = new Map([
  ['f0', hostileServer(claimHeight(Number.MAX_SAFE_INTEGER, 'none'))],
  ['f1', hostileServer(impossibleHeight)],
  ['f2', hostileServer(claimAhead(50_000, 'forged'))],
  ['f3', hostileServer(claimAhead(5_000, 'forged'))],
  ['f4', hostileServer(claimAhead(500, 'too-few'))],
  ['f5', hostileServer(claimAhead(50, 'other-committee'))],
])
/** Two that keep the rules. */
const world = { servers: 8, hostile }
const blocks = 150

export const inflatedHeights: Scenario = {
  name: 'inflated-heights',
  title:
    'Peers claim heights without a certificate, or with a false one: a late node believes none of it, and is synced at the true one',
  world: () => served(world),
  story: (net) => {
    const { joiner, watch, samples } = joinServed(net, world, blocks)
    net.requireCaughtUp([joiner], blocks, 10_000)
    net.run(10_000, () => watch.state === 'synced')
    net.require('synced', watch.state === 'synced', watch.state)
    net.requireProgress([joiner], 5, 20_000)
    const slotsSoFar = Math.ceil(net.nowMs / slotMs)
    const isBounded = samples.targetMost <= slotsSoFar
    const detail = `${samples.targetMost} after ${slotsSoFar} slots`
    net.require('target-is-proven', isBounded, detail)
  },
}
