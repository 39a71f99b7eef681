/** A member whose machine stands still for minutes and then goes on as if nothing had been. */
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { regional } from '../worlds.ts'

const suspendedMs = 120_000

export const suspendedAtTheTip: Scenario = {
  name: 'suspended-at-the-tip',
  title:
    'A synced member stands still for two minutes: it finds that it is behind, catches up, and takes part again',
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
    const height = Math.max(...others.map((other) => net.heightOf(other)))
    net.require('others-went-on', height > before + 30, `from ${before} to ${height}`)
    net.requireCaughtUp([name], height, 40_000)
    net.run(20_000, () => watch.state === 'synced')
    net.require('synced', watch.state === 'synced', watch.state)
    const left = watch.states.some(({ state }) => state === 'downloading-blocks')
    net.require('knew-that-it-was-behind', left, 'it never said so')
    net.requireProgress(net.members, 5, 30_000)
  },
}
