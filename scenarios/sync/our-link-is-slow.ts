/** A late node on a link that is slower than any of its servers. */
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { regional } from '../worlds.ts'
import { joinersOf, makeChain, served, serversOf } from './served.ts'

const world = { servers: 3 }
const blocks = 200
/** From each server. */
const bytesPerSecond = 25_000

export const ourLinkIsSlow: Scenario = {
  name: 'our-link-is-slow',
  title:
    'The link of a late node carries little: it takes the time that the bytes take, and holds it against nobody',
  world: () => served(world),
  story: (net) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    for (const name of serversOf(world)) {
      net.simulation.network.setLink(name, joiner, { ...regional, bytesPerSecond })
    }
    const watch = new SyncWatch(net, joiner)
    net.restart(joiner)
    net.requireCaughtUp([joiner], blocks, 30_000)
    net.require('nobody-lost', watch.lost.length === 0, watch.lost.join(', '))
    net.require('nobody-reported', watch.reported.size === 0, [...watch.reported].join(', '))
    net.requireProgress([joiner], 5, 20_000)
  },
}
