/** Nodes that start with nothing but a block that whoever runs them trusts. */
import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncSamples, SyncWatch } from '../../sim/cluster/sync-watch.ts'
import type { TrustedPlace } from '../../src/protocol/chain.ts'
import { joinersOf, makeChain, served, serversOf } from './served.ts'

const world = { servers: 3, joiners: 2 }
const blocks = 120
const trustedHeight = 80
/** A history of which nobody here knows: a long-range fork, seen by whoever holds to the true one. */
const elsewhere: TrustedPlace = { height: trustedHeight, hash: 'ab'.repeat(32) }

export const trustedStart: Scenario = {
  name: 'trusted-start',
  title:
    'A node takes the history that has the block it trusts, and no other: one that trusts another block stands still, blames nobody, and goes on when it is told the right one',
  world: () => served(world),
  story: (net) => {
    const [right = '', wrong = ''] = joinersOf(world)
    const trusted = committedPlace(net, 'n0', trustedHeight)
    makeChain(net, serversOf(world), blocks)
    net.trust(right, trusted())
    net.trust(wrong, elsewhere)
    const watch = new SyncWatch(net, wrong)
    const samples = new SyncSamples(net, wrong)
    net.restart(right)
    net.restart(wrong)
    net.requireCaughtUp([right], blocks, 10_000)
    net.run(10_000, () => watch.state === 'failed')
    net.run(500)
    const failure = JSON.stringify(samples.last.failure)
    const saysWhy = failure?.includes('"not-trusted"') === true
    net.require('says-why', saysWhy, `${failure} in ${watch.state}`)

    // However long it waits, it takes nothing, and holds it against nobody.
    net.run(60_000)
    const height = net.heightOf(wrong)
    net.require('nothing-taken', height === 0, `height ${height}`)
    net.require('nobody-blamed', watch.reported.size === 0, [...watch.reported].join(', '))

    net.crash(wrong)
    net.trust(wrong, trusted())
    net.restart(wrong)
    net.requireCaughtUp([wrong], blocks, 20_000)
    net.requireProgress([right, wrong], 5, 20_000)
    samples.stop()
  },
}

/** The block that a node commits at a height, once it has. */
function committedPlace(net: Cluster, name: string, height: number): () => TrustedPlace {
  let place = elsewhere
  net.watch(({ node, event }) => {
    if (node !== name || event.kind !== 'block-committed' || event.height !== height) return
    place = { height, hash: event.hash }
  })
  return () => place
}
