/** A late node among peers that have nothing for it, each in its own way. */
import { nothing, refusal } from '../../sim/cluster/adversary/answer-rules.ts'
import { busyForEver, foundNothing, unavailable } from '../../sim/cluster/adversary/chain-rules.ts'
import { hostileServer, inSync } from '../../sim/cluster/adversary/hostile-server.ts'
import {
  claimNothing,
  frozenStatus,
  withholdCertificate,
} from '../../sim/cluster/adversary/status-rules.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { joinServed, served } from './served.ts'

/** None of it is an offence, save an answer that says "found" and has nothing in it. */
const hostile = new Map([
  ['f0', hostileServer(unavailable)],
  ['f1', hostileServer(busyForEver)],
  ['f2', hostileServer(inSync(refusal))],
  ['f3', hostileServer(claimNothing)],
  ['f4', hostileServer(withholdCertificate)],
  ['f5', hostileServer(frozenStatus)],
  ['f6', hostileServer(foundNothing)],
  ['f7', hostileServer(inSync(nothing))],
])
const harmless = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5']
/** One that has it. */
const world = { servers: 9, hostile }
const blocks = 200

export const uselessServers: Scenario = {
  name: 'useless-servers',
  title:
    'Eight of nine servers have nothing, no time, no proof or no wish: a late node takes what the ninth has, and punishes none that may say so',
  world: () => served(world),
  story: (net) => {
    const { joiner, watch } = joinServed(net, world, blocks)
    net.requireCaughtUp([joiner], blocks, 20_000)
    const accused = harmless.filter((name) => watch.reported.has(name))
    net.require('harmless-not-reported', accused.length === 0, accused.join(', '))
    net.requireProgress([joiner], 5, 20_000)
  },
}
