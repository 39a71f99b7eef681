/** A node that is given a block to trust, among nodes whose history has it, or has not. */
import { expect, test } from 'vitest'
import { makeChain, served, serversOf } from '../../scenarios/sync/served.ts'
import { Cluster } from '../../sim/cluster/cluster.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { SyncSamples, SyncWatch } from '../../sim/cluster/sync-watch.ts'
import type { TrustedPlace } from '../../src/protocol/chain.ts'
import { ask } from '../support/synced-state.ts'

const world = { servers: 3 }
const joiner = 'f3'
const blocks = 120
const trustedHeight = 80

/** The same world each time, but for what the joiner trusts. */
function worldOf(trusted: TrustedPlace | undefined): Cluster {
  const options = {
    ...served(world),
    trusted: (name: string) => (name === joiner ? trusted : undefined),
  }
  const net = new Cluster(options, { seed: 'trusted start', crypto: idealScheme() })
  makeChain(net, serversOf(world), blocks)
  return net
}

function placeIn(net: Cluster): TrustedPlace {
  const { hash } = ask(net, 'n0', 'alys_getBlock', [trustedHeight]) as { readonly hash: string }
  return { height: trustedHeight, hash }
}

test('it syncs if they have it', () => {
  const net = worldOf(placeIn(worldOf(undefined)))
  net.restart(joiner)
  net.requireCaughtUp([joiner], blocks, 10_000)
  net.requireProgress([joiner], 5, 20_000)
  expect(net.violation).toBeUndefined()
})

test('it takes nothing if they have not, says so, and blames nobody', () => {
  const net = worldOf({ height: trustedHeight, hash: 'ab'.repeat(32) })
  const watch = new SyncWatch(net, joiner)
  const samples = new SyncSamples(net, joiner)
  net.restart(joiner)
  net.run(10_000, () => watch.state === 'failed')
  net.run(500)
  expect(samples.last).toMatchObject({
    ...{ state: 'failed', failure: { kind: 'history', code: 'not-trusted' } },
  })
  net.run(60_000)
  expect(net.heightOf(joiner)).toBe(0)
  expect(watch.states.map(({ state }) => state)).not.toContain('synced')
  expect([...watch.reported]).toEqual([])
  expect(net.violation).toBeUndefined()
})
