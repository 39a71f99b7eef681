import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { type WireVersions, wireVersions } from '../../src/protocol/wire/requests.ts'
import { regional } from '../worlds.ts'

/** The next release speaks what today's does, and more; the one after it has dropped today's. */
const { newest: today } = wireVersions
const next: WireVersions = { oldest: today, newest: today + 1 }
const afterNext: WireVersions = { oldest: today + 1, newest: today + 1 }
/** Its owner sleeps through both. */
const late = 'f1'
const installMs = 500

export const rollingUpgrade: Scenario = {
  name: 'rolling-upgrade',
  title:
    'Nodes are upgraded one after another, to a release that speaks a new version as well, then to one that speaks it alone: the chain goes on through both; who was left behind is parted from, not accused, and catches up when it is upgraded',
  world: () => ({ members: 5, followers: 2, link: regional }),
  story: (net) => {
    const fleet = net.names.filter((name) => name !== late)
    net.run(8_000)
    for (const name of fleet) upgrade(net, name, next)
    net.requireProgress(net.names, 3, 20_000)
    // One of them does not like it, and goes back.
    upgrade(net, 'n2', wireVersions)
    net.requireProgress(net.names, 3, 20_000)
    for (const name of ['n2', ...fleet]) upgrade(net, name, name === 'n2' ? next : afterNext)
    upgrade(net, 'n2', afterNext)

    net.run(5_000)
    const left = net.heightOf(late)
    net.requireProgress(fleet, 10, 60_000)
    const isAlone = net.simulation.network.peersOf(late).length === 0
    const isLeft = net.heightOf(late) === left && isAlone
    net.require('parted', isLeft, `${late} is at ${net.heightOf(late)}, and was at ${left}`)

    upgrade(net, late, afterNext)
    net.requireCaughtUp([late], net.heightOf('n0'), 30_000)
  },
}

/** The chain goes on without a node that is upgraded, and has it back before the next one. */
function upgrade(net: Cluster, name: string, versions: WireVersions): void {
  net.crash(name)
  net.upgrade(name, versions)
  net.run(installMs)
  net.restart(name)
  const up = net.names.filter((other) => other !== late || versions.oldest <= wireVersions.newest)
  net.requireProgress(up, 2, 30_000)
}
