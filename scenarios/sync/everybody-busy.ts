/** A late node in a small network where everybody has little time for it. */
import { busyNowAndThen } from '../../sim/cluster/adversary/chain-rules.ts'
import { hostileServer } from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { joinServed, requireReserved, served } from './served.ts'

/** Most questions are put off, by every server there is. */
const servers = 4
const putOffPercent = 70
const hostile = new Map(
  Array.from({ length: servers }, (_, index) => {
    return [`f${index}`, hostileServer(busyNowAndThen(putOffPercent, 300 + 100 * index))]
  }),
)
const world = { servers, hostile }
const blocks = 200

export const everybodyBusy: Scenario = {
  name: 'everybody-busy',
  title:
    'All four servers put off most questions of a late node: it comes again when it may, gets there, and holds it against none',
  world: () => served(world),
  story: (net) => {
    const { joiner, watch, samples } = joinServed(net, world, blocks)
    net.requireCaughtUp([joiner], blocks, 60_000)
    net.require('put-off', watch.fetches('busy') >= servers, `${watch.fetches('busy')} times`)
    net.require('not-reported', watch.reported.size === 0, [...watch.reported].join(', '))
    net.require('not-lost', watch.lost.length === 0, watch.lost.join(', '))
    net.requireProgress([joiner], 5, 20_000)
    requireReserved(net, samples)
  },
}
