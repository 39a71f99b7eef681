/** A late node whose wall clock is set again and again. */
import { setClock } from '../../sim/cluster/fault/clock.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { regional } from '../worlds.ts'
import { joinersOf, makeChain, served, serversOf } from './served.ts'

const world = {
  servers: 3,
  link: { ...regional, bytesPerSecond: 50_000 },
}
const blocks = 200
const errorMsMax = 5_000

export const clockJumpsInMidSync: Scenario = {
  name: 'clock-jumps-in-mid-sync',
  title:
    'The wall clock of a late node jumps by seconds, both ways: deadlines are no matter of it, and nobody is blamed',
  world: () => ({ ...served(world), clockErrorMsMax: errorMsMax }),
  story: (net, random) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    const watch = new SyncWatch(net, joiner)
    net.restart(joiner)
    for (let jump = 0; jump < 20; jump += 1) {
      net.run(250)
      setClock(net, joiner, random.between(-errorMsMax, errorMsMax))
    }
    setClock(net, joiner, 0)
    net.requireCaughtUp([joiner], blocks, 20_000)
    net.require('nobody-lost', watch.lost.length === 0, watch.lost.join(', '))
    net.require('nobody-reported', watch.reported.size === 0, [...watch.reported].join(', '))
    net.requireProgress([joiner], 5, 20_000)
  },
}
