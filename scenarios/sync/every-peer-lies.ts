/** A late node that meets liars alone, and then one peer that keeps the rules. */
import { flipped, garbage, refusal, truncated } from '../../sim/cluster/adversary/answer-rules.ts'
import {
  changedHeader,
  disordered,
  forkedHeaders,
  wrongCertificates,
} from '../../sim/cluster/adversary/chain-rules.ts'
import { atAddresses, hostileServer, inSync } from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { makeChain, served, serversOf } from './served.ts'

/** Nor do they say whom else there is to ask. */
const alone = atAddresses(refusal)
const liars = new Map([
  ['f0', hostileServer(alone, inSync(flipped('anywhere')), changedHeader('middle'))],
  ['f1', hostileServer(alone, inSync(garbage), forkedHeaders)],
  ['f2', hostileServer(alone, inSync(truncated), disordered)],
  ['f3', hostileServer(alone, inSync(flipped('last')), wrongCertificates('forged'))],
])
const honest = 'f4'
const joiner = 'f5'
const world = { servers: 5, hostile: liars, joinersDial: [...liars.keys()] }
const blocks = 200
const lieMs = 40_000

export const everyPeerLies: Scenario = {
  name: 'every-peer-lies',
  title:
    'Whoever a late node asks lies: it takes nothing, says so, and goes on within seconds of meeting one that does not',
  world: () => {
    const options = served(world)
    // The honest one comes to the joiner, which does not know of it.
    const neighbours = (name: string, others: readonly string[]): readonly string[] =>
      name === honest ? ['n0', 'n1', joiner] : (options.neighbours?.(name, others) ?? others)
    return { ...options, neighbours }
  },
  story: (net) => {
    makeChain(net, serversOf(world).slice(0, 4), blocks)
    const watch = new SyncWatch(net, joiner)
    net.restart(joiner)
    net.run(lieMs)
    net.require('nothing-taken', net.heightOf(joiner) === 0, `height ${net.heightOf(joiner)}`)
    net.require('not-synced', watch.state !== 'synced', watch.state)
    const accused = [...watch.reported].join(', ')
    net.require('liars-reported', watch.reported.size === liars.size, `only ${accused}`)
    net.copyDisk('n0', honest)
    net.restart(honest)
    net.run(5_000, () => net.heightOf(joiner) > 0)
    net.require('resumed', net.heightOf(joiner) > 0, `nothing in five seconds: ${watch.state}`)
    net.requireCaughtUp([joiner], blocks, 10_000)
    net.requireProgress([joiner], 5, 20_000)
  },
}
