/** A late node whose disk refuses what it has imported, while its engine is at the blocks that come next. */
import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { soundServices } from '../../sim/services.ts'
import { wideArea } from '../worlds.ts'
import { joinersOf, makeChain, served, serversOf } from './served.ts'

const world = { servers: 3 }
const blocks = 150
const refusals = 3
/** How long a write takes before it fails: what comes meanwhile is on its way through the engine then. */
const stalledMs = 600
/** Each way: it answers when the disk has refused, and after more was asked of it. */
const engineSlownessPercent = 200_000
/** After the first bodies: those have been executed by then. */
const engineFirstMs = 20
const restMs = 2_000

export const writesRefused: Scenario = {
  name: 'writes-refused',
  title:
    'The disk of a late node refuses what was imported while its slow engine is at the next blocks: those count for nothing, since what they stand on is not on the disk, and all come again',
  world: () => ({ ...served(world), hasDiskErrors: true }),
  story: (net) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    for (const server of serversOf(world)) net.simulation.network.setLink(server, joiner, wideArea)
    const watch = new SyncWatch(net, joiner)
    net.restart(joiner)
    let bodies = 0
    net.watch(({ node, event }) => {
      if (node === joiner && event.kind === 'part-fetched' && event.part === 'bodies') bodies += 1
    })
    for (let i = 0; i < refusals; i += 1) refuseNext(net, joiner, () => bodies)
    // Its supervisor may have given up: then an operator starts it again.
    if (net.hasStopped(joiner)) net.crash(joiner, 1_000)
    net.requireCaughtUp([joiner], blocks, 70_000)
    net.require('nobody-reported', watch.reported.size === 0, [...watch.reported].join(', '))
    net.requireProgress([joiner], 5, 20_000)
  },
}

/**
 * From when bodies come next: what is written then fails in the end, and the engine, which has taken the first of them,
 * is slow for as long. Then both are well.
 */
function refuseNext(net: Cluster, name: string, bodies: () => number): void {
  const machine = net.machine(name)
  const { disk } = machine.host
  const sound = disk.faults
  const before = bodies()
  net.run(10_000, () => bodies() > before)
  const stalledUntilUs = net.simulation.timeline.nowUs + stalledMs * 1_000
  disk.faults = { ...sound, stalledUntilUs, syncErrorPerMillion: 1_000_000 }
  net.run(engineFirstMs)
  machine.engineFaults = { ...soundServices, slownessPercent: engineSlownessPercent }
  net.run(stalledMs)
  disk.faults = sound
  machine.engineFaults = soundServices
  net.run(restMs)
}
