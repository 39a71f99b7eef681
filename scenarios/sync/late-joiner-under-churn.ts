/** A late node whose servers come and go. */
import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncSamples, SyncWatch } from '../../sim/cluster/sync-watch.ts'
import type { SimRandom } from '../../sim/random.ts'
import { joinersOf, makeChain, requireReserved, served, serversOf } from './served.ts'

const world = { servers: 5 }
const blocks = 200
const churnMs = 15_000

/** Every third of a second one of the servers loses its connection to `joiner`, or its power. */
function churn(net: Cluster, joiner: string, random: SimRandom): void {
  const untilMs = net.nowMs + churnMs
  const next = (): void => {
    if (net.nowMs >= untilMs) return
    const server = random.pick(serversOf(world))
    if (net.machine(server).host.isRunning) {
      if (random.chance(1, 4)) net.crash(server, 200 + random.below(2_000))
      else net.simulation.network.reset(server, joiner)
    }
    net.simulation.after(100 + random.below(500), next)
  }
  next()
}

export const lateJoinerUnderChurn: Scenario = {
  name: 'late-joiner-under-churn',
  title:
    'Servers lose power and connections while a late node fetches: it asks others, blames nobody, and gets there',
  world: () => served(world),
  story: (net, random) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    const watch = new SyncWatch(net, joiner)
    const samples = new SyncSamples(net, joiner)
    net.restart(joiner)
    churn(net, joiner, random)
    net.requireCaughtUp([joiner], blocks, 60_000)
    net.require('nobody-banned', watch.banned.size === 0, [...watch.banned].join(', '))
    net.run(churnMs)
    net.requireProgress([joiner], 5, 30_000)
    requireReserved(net, samples)
  },
}
