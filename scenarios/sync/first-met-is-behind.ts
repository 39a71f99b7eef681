/** A node that comes back with an old copy of the chain, and first meets somebody who has no more. */
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { constant } from '../../sim/distribution.ts'
import { isolate, only } from '../../sim/rules.ts'
import { regional } from '../worlds.ts'
import { joinersOf, served, serversOf, slotMs } from './served.ts'

const world = { servers: 3 }
const [joiner = ''] = joinersOf(world)
const [first = '', ...others] = serversOf(world)
const blocksThen = 40
const blocks = 80
/** One way: those who have the chain need a second for their first word. */
const far = { ...regional, latency: constant(400_000) }

/** Nobody but the node that comes back reaches `first`. */
const apart = only((flight) => flight.from !== joiner && flight.to !== joiner, isolate([first]))

export const firstMetIsBehind: Scenario = {
  name: 'first-met-is-behind',
  title:
    'Whoever a node meets first is as far behind as it is: it hears others before it takes part, and catches up',
  world: () => served(world),
  story: (net) => {
    net.run(blocksThen * slotMs * 3, () => net.heightOf('n0') >= blocksThen)
    for (const name of [first, joiner]) net.copyDisk('n0', name)
    net.run((blocks - blocksThen) * slotMs * 3, () => net.heightOf('n0') >= blocks)
    for (const name of others) {
      net.copyDisk('n0', name)
      net.simulation.network.setLink(name, joiner, far)
      net.simulation.network.setLink(joiner, name, far)
    }
    net.simulation.network.rules.add('first', apart)
    for (const name of serversOf(world)) net.restart(name)
    net.run(2_000)
    net.watch(({ node, event }) => {
      if (node !== joiner || event.kind !== 'gate-changed' || !event.isOpen) return
      const height = net.heightOf(joiner)
      net.require('production-off', height >= blocks, `it would take part at height ${height}`)
    })
    net.restart(joiner)
    net.requireCaughtUp([joiner], blocks, 20_000)
    net.requireProgress([joiner], 5, 20_000)
  },
}
