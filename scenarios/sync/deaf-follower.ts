/** A node that no announcement reaches. */
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { only } from '../../sim/rules.ts'
import { joinersOf, makeChain, served, serversOf, slotMs } from './served.ts'

const world = { servers: 3 }
const blocks = 60
const listenMs = 40_000
/** It looks by itself, each slot; and what it then asks for takes a moment. */
const behindMax = 15

export const deafFollower: Scenario = {
  name: 'deaf-follower',
  title: 'All gossip to a follower is lost: it asks by itself, and is seconds behind and no more',
  modelOnly: 'its fault takes gossip alone, which on a real stream cannot be told from the rest',
  world: () => served(world),
  story: (net) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    const isGossip = only(
      ({ kind, to }) => kind === 'gossip' && to === joiner,
      () => ({ kind: 'drop' }),
    )
    net.simulation.network.rules.add('deaf', isGossip)
    net.restart(joiner)
    net.requireCaughtUp([joiner], blocks, 10_000)
    let behindMost = 0
    for (let slot = 0; slot < listenMs / slotMs; slot += 1) {
      net.run(slotMs)
      behindMost = Math.max(behindMost, net.heightOf('n0') - net.heightOf(joiner))
    }
    net.require('keeps-up', behindMost <= behindMax, `${behindMost} blocks behind`)
  },
}
