import { plannedFailure } from '../../sim/cluster/checker/containment.ts'
import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { Point } from '../../sim/cluster/fault/point.ts'
import { on, schedule } from '../../sim/cluster/fault/schedule.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'

/** Two slots. */
const roundMs = 4_000
const rounds = 5
/** A chain that failed begins with the next slot, and its disk is read at once. */
const beginMsMax = 2_500

export const storageFailsAtWork: Scenario = {
  name: 'storage-fails-at-work',
  title:
    'A storage actor fails while the chain writes, and while the chain reads its disk to begin: the next life of it is asked at once, and the chain neither waits nor fails with it',
  world: () => ({ members: 4, link: regional }),
  story: (net, random) => {
    const counts = { again: 0, begun: 0 }
    net.watch(({ event }) => {
      if (event.kind === 'ask-ended' && event.isAgain) counts.again += 1
      if (event.kind === 'chain-started') counts.begun += 1
    })
    net.run(8_000)
    for (let round = 0; round < rounds; round += 1) {
      const node = random.pick(net.members)
      failStorage(net, node, { disk: 'commit-begun', node })
      net.run(roundMs)
      net.requireProgress([node], 1, roundMs)
    }
    net.require('asked-again', counts.again > 0, 'nothing was being written when it failed')
    for (let round = 0; round < rounds; round += 1) {
      const node = random.pick(net.members)
      const before = { ...counts }
      net.machine(node).node?.crashActor('chain/chain', plannedFailure)
      failStorage(net, node, { event: 'actor-started', node })
      net.run(beginMsMax, () => counts.begun > before.begun)
      net.require('asked-again', counts.again > before.again, 'the disk was not being read')
      net.require('begun', counts.begun > before.begun, `the chain of ${node} has not begun`)
      net.run(roundMs)
    }
    net.requireProgress(net.members, 3, 30_000)
  },
}

function failStorage(net: Cluster, node: string, point: Point): void {
  schedule(net, [on(point, 'actor-crash', { node, path: 'storage/storage' })])
}
