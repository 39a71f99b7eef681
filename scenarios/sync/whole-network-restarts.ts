/** A network that was switched off as a whole, in the midst of agreeing on a block, and its clock went on. */
import type { Cluster } from '../../sim/cluster/cluster.ts'
import { watchCore } from '../../sim/cluster/liveness/watch-core.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import type { SimRandom } from '../../sim/random.ts'
import { regional } from '../worlds.ts'

const offMs = 600_000

export const wholeNetworkRestarts: Scenario = {
  name: 'whole-network-restarts',
  title:
    'Every node loses power just before a block is committed, and is off for ten minutes: nobody is ahead of anybody, so they are synced, and the chain goes on',
  world: () => ({ members: 4, followers: 1, link: regional }),
  story: (net, random) => {
    net.run(20_000)
    untilOneIsOpen(net, random)
    const height = Math.max(...net.names.map((name) => net.heightOf(name)))
    for (const name of net.names) net.crash(name)
    net.run(offMs)
    const watches = net.names.map((name) => new SyncWatch(net, name))
    for (const name of random.shuffle(net.names)) {
      net.restart(name)
      net.run(random.below(2_000))
    }
    watchCore(net, net.names)
    net.run(30_000, () => watches.every(({ state }) => state === 'synced'))
    const states = watches.map(({ state }) => state).join(', ')
    net.require(
      'synced',
      watches.every(({ state }) => state === 'synced'),
      states,
    )
    net.requireCaughtUp(net.names, height, 10_000)
    net.requireProgress(net.names, 5, 60_000)
  },
}

/** Goes on until some members have sent their vote to commit a block that nobody has committed: the disks alone keep it. */
function untilOneIsOpen(net: Cluster, random: SimRandom): void {
  const votes = 1 + random.below(2)
  let left = votes
  net.watch(({ event }) => {
    if (event.kind === 'block-committed') left = votes
    if (event.kind === 'vote-sent' && event.vote.vote.kind === 'finalise') left -= 1
  })
  net.run(10_000, () => left <= 0)
}
