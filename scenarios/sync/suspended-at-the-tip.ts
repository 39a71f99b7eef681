/** A member whose machine stands still for minutes and then goes on as if nothing had been. */
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { regional } from '../worlds.ts'

const suspendedMs = 120_000

export const suspendedAtTheTip: Scenario = {
  name: 'suspended-at-the-tip',
  title:
    'A synced member stands still for two minutes: it signs nothing before it knows where the others are, catches up, and takes part again',
  world: () => ({ members: 4, slotMs: 1_000, link: regional }),
  story: (net, random) => {
    const name = random.pick(net.members)
    const watch = new SyncWatch(net, name)
    net.run(20_000)
    net.require('synced-before', watch.state === 'synced', watch.state)
    const { host } = net.machine(name)
    const others = net.members.filter((other) => other !== name)
    const before = net.heightOf(name)
    host.pause()
    net.run(suspendedMs)
    host.resume()
    let isShut = false
    net.watch(({ node, event }) => {
      if (node === name && event.kind === 'gate-changed' && !event.isOpen) isShut = true
    })
    const height = Math.max(...others.map((other) => net.heightOf(other)))
    net.require('others-went-on', height > before + 30, `from ${before} to ${height}`)
    net.requireCaughtUp([name], height, 40_000)
    net.run(20_000, () => watch.state === 'synced')
    net.require('synced', watch.state === 'synced', watch.state)
    net.require('production-off', isShut, 'it would have gone on to propose')
    net.requireProgress(net.members, 5, 30_000)
  },
}
