/** A late node whose disk is too small for the chain, until somebody makes room. */
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { joinersOf, makeChain, served, serversOf } from './served.ts'

const world = { servers: 3 }
const blocks = 200

export const diskFull: Scenario = {
  name: 'disk-full',
  title:
    'The disk of a late node is full halfway: it stops there, blames nobody, and goes on when there is room',
  world: () => ({ ...served(world), hasDiskErrors: true }),
  story: (net) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    const { disk } = net.machine(joiner).host
    const bytesMax = Math.floor(net.machine('n0').host.disk.bytes / 2)
    disk.faults = { ...disk.faults, bytesMax }
    const watch = new SyncWatch(net, joiner)
    net.restart(joiner)
    net.run(20_000)
    const kept = net.heightOf(joiner)
    net.require('stopped-halfway', kept > 0 && kept < blocks, `height ${kept}`)
    disk.faults = { ...disk.faults, bytesMax: Number.MAX_SAFE_INTEGER }
    // Its supervisor may have given up: then an operator starts it again.
    if (net.hasStopped(joiner)) net.crash(joiner, 1_000)
    net.requireCaughtUp([joiner], blocks, 70_000)
    net.require('nobody-reported', watch.reported.size === 0, [...watch.reported].join(', '))
    net.requireProgress([joiner], 5, 20_000)
  },
}
