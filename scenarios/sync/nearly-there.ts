/** A node that lacks a few blocks of a chain that stands still, and is not given them at once. */
import { refusal } from '../../sim/cluster/adversary/answer-rules.ts'
import { between, hostileServer, inSync } from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { joinersOf, served, serversOf, slotMs } from './served.ts'

const blocks = 60
/** Few enough to be near, and more than the two-hundredth of the chain that may be lacking. */
const lacking = 7
/** Some time after the node has come back. */
const untilMs = 45_000
const hostile = new Map([['f0', hostileServer(inSync(between(0, untilMs, refusal)))]])
const world = { servers: 1, hostile }
const [server = ''] = serversOf(world)
const [joiner = ''] = joinersOf(world)

export const nearlyThere: Scenario = {
  name: 'nearly-there',
  title:
    'A node comes back seven blocks behind the end of a short chain, and its server gives it none for a while: it takes no part before it has them',
  world: () => served(world),
  story: (net) => {
    net.run(blocks * slotMs * 3, () => net.heightOf('n0') >= blocks - lacking)
    net.copyDisk('n0', joiner)
    net.run(blocks * slotMs, () => net.heightOf('n0') >= blocks)
    for (const name of net.members) net.crash(name, untilMs - net.nowMs)
    net.copyDisk('n0', server)
    net.restart(server)
    const watch = new SyncWatch(net, joiner)
    net.restart(joiner)
    net.run(10_000)
    net.require('nearly-there', watch.state === 'catching-up', watch.state)
    net.run(untilMs - net.nowMs)
    net.requireCaughtUp([joiner], blocks, 10_000)
    net.require('not-reported', watch.reported.size === 0, [...watch.reported].join(', '))
    net.requireProgress([joiner], 5, 30_000)
  },
}
