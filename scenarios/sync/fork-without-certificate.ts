/** A late node that is shown another history, longer than the one there is, without a proof. */
import { forkedHeaders, inventedCertified } from '../../sim/cluster/adversary/chain-rules.ts'
import { hostileServer } from '../../sim/cluster/adversary/hostile-server.ts'
import { claimAhead } from '../../sim/cluster/adversary/status-rules.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { joinServed, served } from './served.ts'

const forker = hostileServer(claimAhead(100, 'none'), forkedHeaders)
const hostile = new Map([
  ['f0', forker],
  ['f1', forker],
  ['f2', hostileServer(claimAhead(100, 'none'), inventedCertified)],
])
/** One that keeps the rules. */
const world = { servers: 4, hostile }
const blocks = 200

export const forkWithoutCertificate: Scenario = {
  name: 'fork-without-certificate',
  title:
    'Three of four servers offer a longer chain that nobody certified: a late node follows the one that is proven',
  world: () => served(world),
  story: (net) => {
    const { joiner, watch } = joinServed(net, world, blocks)
    net.requireCaughtUp([joiner], blocks, 15_000)
    net.run(10_000, () => watch.state === 'synced')
    net.require('synced', watch.state === 'synced', watch.state)
    // What it follows is what the members committed: two histories would be a broken agreement.
    net.requireProgress([joiner, 'n0'], 5, 20_000)
  },
}
