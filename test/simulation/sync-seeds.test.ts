/**
 * The tests that the specification of sync names, by their names, and within its bounds (in virtual time). One
 * world for most: two members make a chain of a thousand blocks, servers have a copy of it, and each test
 * has a node of its own that joins. `test_can_produce_blocks` is in `state.test.ts`, and
 * `bench_parallel_validation` is the pool's part of `alys bench validation`.
 */
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeChain, served, serversOf } from '../../scenarios/sync/served.ts'
import { regional, wideArea } from '../../scenarios/worlds.ts'
import { late } from '../../sim/cluster/adversary/answer-rules.ts'
import { downloadLiar } from '../../sim/cluster/adversary/download-liar.ts'
import { equivocator } from '../../sim/cluster/adversary/equivocator.ts'
import { hostileServer, inSync } from '../../sim/cluster/adversary/hostile-server.ts'
import { Cluster } from '../../sim/cluster/cluster.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { isolate } from '../../sim/rules.ts'
import { keys } from '../../src/actors/storage/keys.ts'
import { present } from '../../src/base/assert.ts'
import { ask, blocksOf } from '../support/synced-state.ts'

const blocks = 1_000
const intervalBlocks = 500
const slow = 'f3'
const liar = 'f4'
const hostile = new Map([
  [slow, hostileServer(inSync(late(900)))],
  [liar, downloadLiar],
])
const sound = { servers: 3, joiners: 12, hostile }
const world = { ...sound, servers: 5 }
/** The joiner that knows every server. */
const exposed = `f${world.servers + world.joiners - 1}`

let net: Cluster
/** Joiners that no test has had yet. */
let unused: string[]
let joiner: string
/** Peers that gave the joiner bodies. */
let givers: Set<string>
let watch: SyncWatch

beforeAll(() => {
  unused = Array.from({ length: world.joiners }, (_, at) => `f${world.servers + at}`)
  const options = {
    ...served(world),
    neighbours: (name: string) => {
      if (name === exposed) return serversOf(world)
      return unused.includes(name) ? serversOf(sound) : ['n0', 'n1'].filter((n) => n !== name)
    },
    untrustedDisks: unused,
    tuning: { checkpointIntervalBlocks: intervalBlocks },
  }
  net = new Cluster(options, { seed: 'sync seeds', crypto: idealScheme() })
  makeChain(net, serversOf(world), blocks)
})

afterEach(() => {
  expect(net.violation).toBeUndefined()
  net.crash(joiner)
})

/** A node that has nothing, and begins to sync. */
function join(prepare: () => void = () => undefined, name = unused.shift()): void {
  joiner = present(name, 'a joiner')
  watch = new SyncWatch(net, joiner)
  givers = new Set()
  const mine = givers
  net.watch(({ node, event }) => {
    if (node !== name || event.kind !== 'part-fetched') return
    if (event.part === 'bodies' && event.outcome === 'found') mine.add(event.peer)
  })
  prepare()
  net.restart(joiner)
}

/** Lets time pass until the joiner is synced with at least the whole chain; virtual milliseconds. */
function syncedWithin(ms: number): number {
  const startMs = net.nowMs
  net.run(ms, () => watch.state === 'synced' && net.heightOf(joiner) >= blocks)
  expect([watch.state, net.heightOf(joiner) >= blocks]).toEqual(['synced', true])
  return net.nowMs - startMs
}

/** A joiner may hear of the liar from others, and find it out. */
function expectSpared(): void {
  expect([...watch.reported].filter((peer) => peer !== liar)).toEqual([])
}

/** Cuts every record of a range on the joiner's disk short. */
function tear(from: string, to: string): void {
  const { disk } = net.machine(joiner).host
  for (const { key, value } of disk.scan({ from, to, limit: 100_000 })) {
    disk.apply([{ key, value: value.subarray(0, value.length / 2) }])
  }
}

test('test_sync_from_genesis', () => {
  join()
  syncedWithin(10_000)
  expect(watch.states.map(({ state }) => state)).toEqual([
    ...['discovering', 'downloading-headers', 'downloading-blocks', 'catching-up', 'synced'],
  ])
})

test('test_checkpoint_recovery', () => {
  join(() => {
    net.copyDisk('f0', joiner)
    tear(keys.finalisationAt(0), 'final0')
    tear(keys.checkpointAt(intervalBlocks + 1), 'checkpoint0')
  })
  net.run(5_000, () => net.startedAt(joiner) !== undefined)
  expect(net.startedAt(joiner)).toBe(intervalBlocks)
  syncedWithin(10_000)
})

test('test_parallel_download', () => {
  join()
  expect(syncedWithin(5_000)).toBeLessThan(5_000)
  expect(givers.size).toBeGreaterThan(1)
})

describe('integration', () => {
  test('real network conditions', () => {
    join(() => {
      for (const server of serversOf(sound)) {
        const link = { ...wideArea, bytesPerSecond: 500_000 }
        net.simulation.network.setLink(server, joiner, link)
        net.simulation.network.setLink(joiner, server, link)
      }
    })
    syncedWithin(30_000)
  })

  test('network partition recovery', () => {
    const { network } = net.simulation
    const { rules } = network
    join(() => {
      const slowly = { ...regional, bytesPerSecond: 10_000 }
      for (const other of net.names) if (other !== joiner) network.setLink(other, joiner, slowly)
    })
    net.run(30_000, () => net.heightOf(joiner) > 0)
    rules.add('cut off', isolate([joiner]))
    net.run(10_000)
    const kept = net.heightOf(joiner)
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(blocks)
    rules.remove('cut off')
    syncedWithin(60_000)
    expectSpared()
  })

  test('peer disconnection handling', () => {
    join()
    for (let i = 0; i < 8; i += 1) {
      net.run(100)
      net.simulation.network.reset(`f${i % sound.servers}`, joiner)
    }
    syncedWithin(30_000)
    expectSpared()
  })

  test('checkpoint creation and recovery', () => {
    join()
    syncedWithin(10_000)
    // One that was begun on the way is what whoever asks meanwhile would get.
    net.run(1_000)
    const { height } = ask(net, joiner, 'alys_createCheckpoint') as { readonly height: number }
    net.crash(joiner)
    tear(keys.finalisationAt(0), 'final0')
    net.restart(joiner)
    net.run(5_000, () => net.startedAt(joiner) !== undefined)
    expect(height).toBeGreaterThan(blocks)
    expect(net.startedAt(joiner)).toBe(height)
    net.requireProgress([joiner], 3, 20_000)
  })

  test('slow and malicious peers', () => {
    join(() => undefined, exposed)
    syncedWithin(30_000)
    expect(watch.reported).toContain(liar)
    expectSpared()
  })
})

/** What is tested of sync in six phases; each names what went wrong, if something did. */
const phases: readonly (readonly [string, () => boolean])[] = [
  ['core: a node finds out where it stands', isDiscovering],
  ['integration: it downloads, imports and is synced', () => isSyncedWithin(10_000)],
  ['advanced: several peers are asked, and are measured', () => givers.size > 1],
  ['performance: what it holds is bounded, and given back', () => reservedBytes() === 0],
  ['chaos: its power fails, and it goes on from its disk', survivesCrash],
  ['property: what it has is what its server has', hasSameBlocks],
]

test('test_sync_actor_comprehensive', () => {
  join()
  const failed = phases.filter(([, passes]) => !passes()).map(([name]) => name)
  expect(failed).toEqual([])
})

function isDiscovering(): boolean {
  net.run(1_000, () => watch.states.length > 0)
  return watch.states[0]?.state === 'discovering'
}

function isSyncedWithin(ms: number): boolean {
  net.run(ms, () => watch.state === 'synced' && net.heightOf(joiner) >= blocks)
  return watch.state === 'synced' && net.heightOf(joiner) >= blocks
}

function reservedBytes(): number {
  const { sync } = ask(net, joiner, 'alys_getStatus') as {
    readonly sync: { readonly reservedBytes: number }
  }
  return sync.reservedBytes
}

function survivesCrash(): boolean {
  const before = net.heightOf(joiner)
  net.crash(joiner)
  net.restart(joiner)
  net.run(5_000, () => net.startedAt(joiner) !== undefined)
  const isThere = (net.startedAt(joiner) ?? 0) > blocks / 2
  net.run(10_000, () => net.heightOf(joiner) > before && watch.state === 'synced')
  return isThere && net.heightOf(joiner) > before
}

function hasSameBlocks(): boolean {
  return blocksOf(net, joiner, blocks).join() === blocksOf(net, 'f0', blocks).join()
}

describe('a federation of five, one of whom breaks the rules', () => {
  const correct = ['n0', 'n1', 'n2', 'n3']
  const slotMs = 400
  let five: Cluster

  beforeAll(() => {
    const liars = new Map([[4, equivocator]])
    const options = { members: 5, slotMs, link: regional, liars }
    five = new Cluster(options, { seed: 'federation', crypto: idealScheme() })
    five.run(5_000)
  })

  test('test_federation_consensus', () => {
    const before = five.heightOf('n0')
    const slots = 40
    five.run(slots * slotMs)
    expect((five.heightOf('n0') - before) / slots).toBeGreaterThan(0.67)
    expect(five.violation).toBeUndefined()
  })

  test('test_network_partition_recovery', () => {
    const { rules } = five.simulation.network
    rules.add('apart', isolate(['n0', 'n1']))
    five.run(10_000)
    const stood = five.heightOf('n0')
    rules.remove('apart')
    five.requireProgress(correct, 5, 15_000)
    expect(five.heightOf('n0')).toBeGreaterThan(stood)
    expect(five.violation).toBeUndefined()
  })
})
