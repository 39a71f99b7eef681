/** A late node that is cut off while it fetches. */
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { isolate } from '../../sim/rules.ts'
import { regional } from '../worlds.ts'
import { joinersOf, makeChain, served, serversOf } from './served.ts'

const world = {
  servers: 3,
  // Some seconds for the chain: there is a middle to be cut off in.
  link: { ...regional, bytesPerSecond: 20_000 },
}
const blocks = 400
const cutMs = 20_000

export const partitionInMidSync: Scenario = {
  name: 'partition-in-mid-sync',
  title:
    'A late node is cut off from everybody in the middle: it keeps what it has, blames nobody, and goes on where it stood',
  world: () => served(world),
  story: (net) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    const watch = new SyncWatch(net, joiner)
    net.restart(joiner)
    net.run(30_000, () => watch.state === 'downloading-blocks')
    const { rules } = net.simulation.network
    rules.add('cut off', isolate([joiner]))
    net.run(cutMs)
    const kept = net.heightOf(joiner)
    net.require('cut-in-the-middle', kept < blocks, `height ${kept}`)
    rules.remove('cut off')
    // Half a minute is how long a dial may pause.
    net.requireCaughtUp([joiner], blocks, 45_000)
    net.require('nobody-reported', watch.reported.size === 0, [...watch.reported].join(', '))
    net.requireProgress([joiner], 5, 20_000)
  },
}
