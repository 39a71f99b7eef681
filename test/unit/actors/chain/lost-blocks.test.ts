/** Committed blocks that a disk has lost, and how they come back. */
import { beforeEach, describe, expect, test } from 'vitest'
import { SimRandom } from '../../../../sim/random.ts'
import type { ChainMessage } from '../../../../src/actors/chain/messages.ts'
import type { FetchedBlock } from '../../../../src/actors/network/messages.ts'
import { keys } from '../../../../src/actors/storage/keys.ts'
import { openRecord } from '../../../../src/actors/storage/record.ts'
import { encodeStoredBlock, type StoredBlock } from '../../../../src/protocol/block/block.ts'
import type { Hash } from '../../../../src/protocol/hash.ts'
import { federationOf, grow } from '../../../support/actors/federation.ts'
import { Prover } from '../../../support/actors/prover.ts'
import { openScene, runToSlot, type Scene, statusOf } from './scene.ts'

const federation = federationOf(4)
const prover = new Prover(federation, grow(federation, 10))
const random = new SimRandom('damage')

let scene: Scene

/** A chain of ten committed blocks on the disk. */
beforeEach(() => {
  scene = openScene(federation)
  runToSlot(scene, 12)
  const run = prover.run(prover.segment(0, 10), 1, 10)
  scene.stage.ask<ChainMessage, unknown>(scene.chain, (reply) => ({
    ...{ kind: 'import-run', run, reply },
  }))
})

/** The node begins anew, with an engine that has to be fed from above `engineHeight`. */
function restart(engineHeight: number, found?: (hash: Hash) => FetchedBlock | undefined): void {
  const after = scene.stage
  scene = openScene(federation, {
    ...{ after, engineHeight },
    ...(found === undefined ? {} : { found }),
  })
}

function damage(...heights: readonly number[]): void {
  for (const height of heights) scene.stage.host.disk.damage(keys.blockAt(height), random)
}

function lose(...heights: readonly number[]): void {
  const writes = heights.map((height) => ({ key: keys.blockAt(height), value: undefined }))
  scene.stage.host.disk.apply(writes)
  scene.stage.host.disk.syncAll()
}

/** A peer that has everything. */
function everybody(hash: Hash): FetchedBlock | undefined {
  const block = prover.range(1, 10).find(({ signed }) => signed.hash === hash)
  return block && { block, from: 'a' }
}

function nobody(): undefined {
  return undefined
}

function executed(): readonly number[] {
  return scene.engine.of('execute').map(({ payload }) => payload.number)
}

function asked(): readonly Hash[] {
  return scene.network.of('fetch-block').map(({ hash }) => hash)
}

function hashAt(height: number): Hash {
  return prover.blockAt(height).signed.hash
}

/** The block on the disk, without what justified it once. */
function onDisk(height: number): Uint8Array | undefined {
  const key = keys.blockAt(height)
  const value = scene.stage.host.disk.read(key)
  return value && openRecord(key, value)
}

function whole({ signed, body }: StoredBlock): Uint8Array {
  const justification = { notarisation: undefined, nullifies: [] }
  return encodeStoredBlock({ signed, body, justification })
}

describe('a block that was lost', () => {
  test('is fetched by its hash, written again, and executed with those above it', () => {
    damage(8)
    restart(6, everybody)
    const { hash } = prover.blockAt(8).signed
    expect(asked()).toEqual([hash])
    expect(executed()).toEqual([7, 8, 9, 10])
    expect(onDisk(8)).toEqual(whole(prover.blockAt(8)))
    const lost = { kind: 'block-lost', height: 8, hash, reason: 'damaged' }
    expect(scene.stage.reports('block-lost')).toEqual([lost])
    const restored = { kind: 'block-restored', height: 8, hash, from: 'a' }
    expect(scene.stage.reports('block-restored')).toEqual([restored])
    expect(statusOf(scene)?.lost).toBe(undefined)
  })

  test('is known by what commits it, if it is the last', () => {
    restart(10)
    // In the middle of a life: at a start the last block would be another one.
    damage(10)
    scene.network.react((message) => {
      if (message.kind === 'fetch-block') message.reply(everybody(message.hash))
    })
    scene.stage.send(scene.chain, { kind: 'block-unreadable', height: 10 })
    scene.stage.run(100)
    expect(asked()).toEqual([hashAt(10)])
    expect(onDisk(10)).toEqual(whole(prover.blockAt(10)))
  })

  test('may be one of many: they come from the top, each by what stands on it', () => {
    damage(3, 5)
    lose(4, 8)
    restart(2, everybody)
    expect(asked()).toEqual([5, 4, 3, 8].map(hashAt))
    expect(executed()).toEqual([3, 4, 5, 6, 7, 8, 9, 10])
    expect(scene.stage.reports('block-lost').map(({ reason }) => reason)).toEqual([
      'damaged',
      'missing',
      'damaged',
      'missing',
    ])
  })

  test('may lie in a sector that cannot be read', () => {
    scene.stage.host.disk.spoil(keys.blockAt(8))
    restart(6, everybody)
    scene.stage.run(6_000)
    const reasons = scene.stage.reports('block-lost').map(({ reason }) => reason)
    expect(reasons).toEqual(['unreadable'])
    expect(executed()).toEqual([7, 8, 9, 10])
  })

  test('is asked for once, however many find that it is gone', () => {
    restart(10, everybody)
    damage(8)
    for (let i = 0; i < 5; i += 1) {
      scene.stage.send(scene.chain, { kind: 'block-unreadable', height: 8 })
    }
    scene.stage.run(100)
    expect(asked()).toEqual([hashAt(8)])
    expect(onDisk(8)).toEqual(whole(prover.blockAt(8)))
  })

  test('is noticed when it is asked for by its height', () => {
    restart(10, everybody)
    lose(8)
    const ask = (): StoredBlock | undefined =>
      scene.stage.ask<ChainMessage, StoredBlock | undefined>(scene.chain, (reply) => ({
        ...{ kind: 'get-block', by: { height: 8 }, reply },
      }))
    expect(ask()).toBe(undefined)
    scene.stage.run(100)
    expect(ask()?.signed.hash).toBe(hashAt(8))
  })
})

describe('while nobody has it', () => {
  test('it is asked for less and less often, and what is waited for is told', () => {
    damage(8)
    restart(6, nobody)
    scene.stage.run(120_000)
    // After 1, 2, 4, 8, 16 and then 30 s each.
    expect(asked()).toHaveLength(8)
    const hash = hashAt(8)
    const told = scene.stage.reports('block-awaited')
    expect(told.map(({ attempts }) => attempts)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(told[0]).toMatchObject({ height: 8, hash })
    const lost = { height: 8, hash, reason: 'damaged' }
    expect(statusOf(scene)?.lost).toEqual(lost)
    // Neighbours are met meanwhile, and sync knows why this node is not synced.
    expect(scene.network.of('set-status').at(-1)?.status.lost).toEqual(lost)
    expect(scene.sync.of('chain-advanced').at(-1)?.status.lost).toEqual(lost)
  })

  test('whoever comes is asked at once', () => {
    damage(8)
    restart(6, nobody)
    scene.stage.run(40_000)
    const before = asked().length
    scene.network.react((message) => {
      if (message.kind === 'fetch-block') message.reply(everybody(message.hash))
    })
    scene.stage.send(scene.chain, { kind: 'peer-ready', peer: 'b' })
    scene.stage.run(100)
    expect(asked()).toHaveLength(before + 1)
    expect(executed()).toEqual([7, 8, 9, 10])
  })

  test('whoever comes and does not answer yet is asked soon again', () => {
    damage(8)
    restart(6, nobody)
    scene.stage.run(40_000)
    const before = asked().length
    scene.stage.send(scene.chain, { kind: 'peer-ready', peer: 'b' })
    scene.stage.run(8_000)
    // At once, and after 1, 2 and 4 s.
    expect(asked()).toHaveLength(before + 4)
  })

  test('the node does not begin to vote, and does not fail', () => {
    damage(8)
    restart(6, nobody)
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    scene.stage.run(20_000)
    expect(scene.stage.reports('vote-sent')).toEqual([])
    expect(statusOf(scene)?.committed.height).toBe(10)
    expect(scene.stage.failures).toEqual([])
  })
})

describe('what is not believed', () => {
  test('is a header under another signature: whoever gave it is to blame, and another is asked', () => {
    damage(8)
    let isHonest = false
    restart(6, (hash) => {
      const found = everybody(hash)
      if (found === undefined || isHonest) return found
      isHonest = true
      const signed = { ...found.block.signed, signature: new Uint8Array(64) }
      return { block: { ...found.block, signed }, from: 'liar' }
    })
    scene.stage.run(1_100)
    const blamed = { kind: 'report-peer', peer: 'liar', offence: 'forged' }
    expect(scene.peers.received).toContainEqual(blamed)
    expect(onDisk(8)).toEqual(whole(prover.blockAt(8)))
  })

  test('is a disk that says it has written: the block is read again', () => {
    damage(8)
    scene.stage.host.disk.distrust()
    scene.stage.host.disk.lies = {
      ...scene.stage.host.disk.lies,
      phantomWritePerMillion: 1_000_000,
    }
    restart(6, everybody)
    scene.stage.run(2_500)
    expect(scene.stage.reports('block-restored')).toEqual([])
    expect(asked()).toHaveLength(2)
    scene.stage.host.disk.mend()
    scene.stage.run(4_000)
    expect(scene.stage.reports('block-restored')).toHaveLength(1)
    expect(executed()).toEqual([7, 8, 9, 10])
  })

  test('is what is missing above the last block: sync brings that', () => {
    restart(10, everybody)
    for (const height of [0, 11, 12]) {
      scene.stage.send(scene.chain, { kind: 'block-unreadable', height })
    }
    scene.stage.run(1_000)
    expect(asked()).toEqual([])
  })
})
