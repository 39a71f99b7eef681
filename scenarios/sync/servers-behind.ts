/** A late node whose servers were set up from copies of the chain of different ages. */
import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncSamples, SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { isolate, only } from '../../sim/rules.ts'
import { joinersOf, requireReserved, served, serversOf, slotMs } from './served.ts'

/** What each of them has, in their order. */
const heights = [40, 60, 80, 130]
const blocks = Math.max(...heights)
const world = { servers: heights.length }
const [joiner = ''] = joinersOf(world)
const behind = serversOf(world).slice(0, -1)

/** Nobody but the late node reaches those that are behind, so nobody brings them further. */
const apart = only((flight) => flight.from !== joiner && flight.to !== joiner, isolate(behind))

function setUp(net: Cluster): void {
  for (const [index, name] of serversOf(world).entries()) {
    const height = heights[index] ?? 0
    net.run(height * slotMs * 3, () => net.heightOf('n0') >= height)
    net.copyDisk('n0', name)
  }
  net.simulation.network.rules.add('behind', apart)
  for (const name of serversOf(world)) net.restart(name)
  net.run(2_000)
}

export const serversBehind: Scenario = {
  name: 'servers-behind',
  title:
    'Three of four servers have less than the chain, each another part: a late node takes from each what it has and asks it for nothing else',
  world: () => served(world),
  story: (net) => {
    setUp(net)
    const watch = new SyncWatch(net, joiner)
    const samples = new SyncSamples(net, joiner)
    const givers = new Set<string>()
    net.watch(({ node, event }) => {
      if (node === joiner && event.kind === 'part-fetched' && event.outcome === 'found')
        givers.add(event.peer)
    })
    net.restart(joiner)
    net.requireCaughtUp([joiner], blocks, 10_000)
    const isOfUse = behind.some((name) => givers.has(name))
    net.require('of-use', isOfUse, 'nothing came from those that are behind')
    const inVain = watch.fetches('unavailable')
    net.require('not-asked-in-vain', inVain === 0, `${inVain} requests for what was not there`)
    net.require('not-reported', watch.reported.size === 0, [...watch.reported].join(', '))
    net.requireProgress([joiner], 5, 20_000)
    requireReserved(net, samples)
  },
}
