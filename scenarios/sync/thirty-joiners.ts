/** Thirty late nodes at once, and three that serve them. */
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'
import { joinersOf, makeChain, served, serversOf } from './served.ts'

const world = {
  servers: 3,
  joiners: 30,
  // 10 Mbit/s to each of them.
  link: { ...regional, bytesPerSecond: 1_250_000 },
}
const blocks = 100

export const thirtyJoiners: Scenario = {
  name: 'thirty-joiners',
  title: 'Thirty late nodes ask the same three servers at once: all of them get there',
  world: () => served(world),
  story: (net) => {
    const joiners = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    for (const name of joiners) net.restart(name)
    net.requireCaughtUp(joiners, blocks, 30_000)
    net.requireProgress([...joiners, 'n0'], 2, 20_000)
  },
}
