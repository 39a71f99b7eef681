/** A synced member that hears nothing for a while, and then has a slow link to catch up by. */
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { isolate } from '../../sim/rules.ts'
import { regional } from '../worlds.ts'

const cutMs = 60_000
/** Some seconds for what it has missed. */
const slow = { ...regional, bytesPerSecond: 6_000 }

export const memberLeftBehind: Scenario = {
  name: 'member-left-behind',
  title:
    'A synced member is cut off for a minute and then catches up over a slow link: it takes no part before it has',
  modelOnly:
    'its slow link is as narrow as the gossip of the model bears; that of the real one fills it',
  world: () => ({ members: 4, slotMs: 500, link: regional }),
  story: (net, random) => {
    const name = random.pick(net.members)
    const others = net.members.filter((other) => other !== name)
    const watch = new SyncWatch(net, name)
    net.run(10_000)
    net.require('synced-before', watch.state === 'synced', watch.state)
    const { network } = net.simulation
    network.rules.add('cut off', isolate([name]))
    net.run(cutMs)
    const height = Math.max(...others.map((other) => net.heightOf(other)))
    const missed = height - net.heightOf(name)
    net.require('others-went-on', missed > 50, `only ${missed} blocks`)
    for (const other of others) network.setLink(other, name, slow)
    const { length: before } = watch.states
    network.rules.remove('cut off')
    // What is open although it knows better is found by whoever watches the production gate.
    net.requireCaughtUp([name], height, 90_000)
    const left = watch.states.slice(before).map(({ state }) => state)
    net.require('not-synced', left.length > 0, 'it was synced all the time')
    net.run(20_000, () => watch.state === 'synced')
    net.require('synced', watch.state === 'synced', watch.state)
    for (const other of others) network.setLink(other, name, regional)
    net.requireProgress(net.members, 5, 30_000)
  },
}
