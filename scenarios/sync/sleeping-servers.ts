/** A late node whose servers behave until they are relied on. */
import { flipped, silence } from '../../sim/cluster/adversary/answer-rules.ts'
import {
  everyNth,
  fromNth,
  hostileServer,
  inSync,
} from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncSamples, SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { wideArea } from '../worlds.ts'
import { joinersOf, makeChain, requireReserved, served, serversOf } from './served.ts'

/** Nearer than the others, and so faster: until their third answer. */
const sleeper = hostileServer(inSync(fromNth(3, silence)))
const liar = hostileServer(inSync(everyNth(6, flipped('middle'))))
const hostile = new Map([
  ['f0', sleeper],
  ['f1', sleeper],
  ['f2', sleeper],
  ['f3', liar],
])
const world = { servers: 6, hostile }
const blocks = 200

export const sleepingServers: Scenario = {
  name: 'sleeping-servers',
  title:
    'The three fastest servers fall silent together and the fourth lies now and then: a late node is held up for seconds, not for ever',
  world: () => served(world),
  story: (net) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    for (const name of ['f4', 'f5']) net.simulation.network.setLink(name, joiner, wideArea)
    const watch = new SyncWatch(net, joiner)
    const samples = new SyncSamples(net, joiner)
    net.restart(joiner)
    net.requireCaughtUp([joiner], blocks, 45_000)
    const isSilenceForgiven = ['f0', 'f1', 'f2'].every((name) => !watch.banned.has(name))
    net.require('silence-is-no-offence', isSilenceForgiven, [...watch.banned].join(', '))
    net.requireProgress([joiner], 5, 20_000)
    requireReserved(net, samples)
  },
}
