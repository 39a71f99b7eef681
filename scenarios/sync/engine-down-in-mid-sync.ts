/** A late node that cannot execute for a while. */
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { soundServices } from '../../sim/services.ts'
import { regional } from '../worlds.ts'
import { joinersOf, makeChain, served, serversOf } from './served.ts'

const world = {
  servers: 3,
  link: { ...regional, bytesPerSecond: 20_000 },
}
const blocks = 400
const downMs = 20_000

export const engineDownInMidSync: Scenario = {
  name: 'engine-down-in-mid-sync',
  title:
    'The engine of a late node does not answer for twenty seconds: that is its own fault and no server’s, and it goes on afterwards',
  world: () => served(world),
  story: (net) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    const watch = new SyncWatch(net, joiner)
    const machine = net.machine(joiner)
    let stopped = 0
    net.watch(({ node, event }) => {
      if (node === joiner && event.kind === 'import-stopped') stopped += 1
    })
    net.restart(joiner)
    net.run(20_000, () => net.heightOf(joiner) >= blocks / 8)
    machine.engineFaults = { ...soundServices, down: ['engine'] }
    net.run(downMs)
    const kept = net.heightOf(joiner)
    net.require('down-in-the-middle', kept > 0 && kept < blocks, `height ${kept}`)
    machine.engineFaults = soundServices
    net.requireCaughtUp([joiner], blocks, 70_000)
    net.require('waited-for', stopped === 0, `${stopped} imports were given up for it`)
    net.require('nobody-reported', watch.reported.size === 0, [...watch.reported].join(', '))
    net.requireProgress([joiner], 5, 20_000)
  },
}
