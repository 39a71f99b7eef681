import { beforeEach, describe, expect, test } from 'vitest'
import { SimRandom } from '../../../../sim/random.ts'
import { StorageActor } from '../../../../src/actors/storage/actor.ts'
import { keys } from '../../../../src/actors/storage/keys.ts'
import type {
  ChainRecord,
  StorageFault,
  StorageMessage,
  StoredChain,
} from '../../../../src/actors/storage/messages.ts'
import { sealRecord } from '../../../../src/actors/storage/record.ts'
import type { Result } from '../../../../src/base/result.ts'
import type { Address } from '../../../../src/kernel/actor.ts'
import type { StoredBlock } from '../../../../src/protocol/block/block.ts'
import { emptyRecord, type VoteRecord } from '../../../../src/protocol/consensus/record.ts'
import { hashOf, hashToBytes } from '../../../../src/protocol/hash.ts'
import { certify, federationOf, grow } from '../../../support/actors/federation.ts'
import { Stage } from '../../../support/actors/stage.ts'

const federation = federationOf(4)
const { chain } = federation
const blocks = grow(federation, 8)
const damage = new SimRandom('damage')
const writesMax = Number.MAX_SAFE_INTEGER

let stage: Stage
let storage: Address<StorageMessage>

function spawn(genesis = chain.genesis.hash): void {
  const options = { committeeSize: 4, epoch: 0, genesis }
  storage = stage.spawn<StorageMessage>('storage', (context) => {
    return new StorageActor(context, stage.environment.store, options)
  })
}

beforeEach(() => {
  stage = new Stage()
  spawn()
})

function persist(...records: readonly ChainRecord[]): Result<undefined, StorageFault> {
  return stage.ask<StorageMessage, Result<undefined, StorageFault>>(storage, (reply) => ({
    kind: 'persist',
    records,
    reply,
  }))
}

function load(): Result<StoredChain, StorageFault> {
  return stage.ask<StorageMessage, Result<StoredChain, StorageFault>>(storage, (reply) => ({
    kind: 'load',
    reply,
  }))
}

function loaded(): StoredChain {
  const outcome = load()
  expect(outcome.ok).toBe(true)
  return outcome.ok ? outcome.value : expect.unreachable()
}

function getBlock(by: { hash: string } | { height: number }) {
  return stage.ask<StorageMessage, Result<StoredBlock | undefined, StorageFault>>(
    storage,
    (reply) => ({ kind: 'get-block', by, reply }),
  )
}

/** Blocks committed up to a height, with a finalisation at each of `certified`. */
function commit(upTo: number, certified: readonly number[]): void {
  const records: ChainRecord[] = blocks
    .slice(0, upTo)
    .map((block) => ({ kind: 'committed', block }))
  for (const height of certified) records.push(finalisationAt(height))
  expect(persist(...records).ok).toBe(true)
}

function finalisationAt(height: number): ChainRecord {
  const certificate = certify(federation, 'finalise', blockAt(height))
  return { kind: 'finalisation', height, certificate }
}

function blockAt(height: number): StoredBlock {
  return blocks[height - 1] ?? expect.unreachable()
}

/** The power fails, and another life finds what is left. */
function reboot(): void {
  stage.host.crash()
  stage.boot()
  spawn()
}

const voted: VoteRecord = {
  ...emptyRecord(0),
  notarised: { slot: 7, block: blockAt(7).signed.hash },
}
const votedMore: VoteRecord = { ...voted, nullifiedTo: 9 }

describe('a new disk', () => {
  test('is claimed for the chain, with an empty vote record', () => {
    expect(loaded()).toEqual({
      record: emptyRecord(0),
      votePlace: 0,
      root: undefined,
      notarisations: [],
      blocks: [],
    })
    reboot()
    expect(loaded().record).toEqual(emptyRecord(0))
  })

  test('is not given to a chain that begins otherwise', () => {
    loaded()
    stage.host.stop()
    stage.boot()
    spawn(hashOf('header', Uint8Array.of(1)))
    expect(load()).toMatchObject({ ok: false, fault: { code: 'other-chain' } })
  })

  test('whose claim the power cuts short is new still: nobody has voted from it', () => {
    for (let step = 0; step < 80; step += 1) {
      const { disk } = stage.host
      stage.host.crash()
      disk.format()
      disk.faults = { ...disk.faults, tornWrites: true, crashKeeps: 'all' }
      stage.boot()
      spawn()
      stage.send(storage, { kind: 'load', reply: () => undefined })
      stage.run(step * 0.02)
      reboot()
      expect(loaded().record).toEqual(emptyRecord(0))
    }
  })

  test('whose claim cannot be written is not claimed', () => {
    stage.host.disk.faults = { ...stage.host.disk.faults, bytesMax: 10 }
    expect(load()).toMatchObject({ ok: false, fault: { code: 'full' } })
    stage.host.disk.faults = { ...stage.host.disk.faults, bytesMax: writesMax }
    expect(loaded().record).toEqual(emptyRecord(0))
  })
})

describe('what was persisted', () => {
  test('is found again after the power failed', () => {
    loaded()
    const notarisation = certify(federation, 'notarise', blockAt(4))
    commit(3, [3])
    persist(
      { kind: 'vote-record', record: voted, place: 1 },
      { kind: 'block', block: blockAt(4) },
      { kind: 'notarisation', certificate: notarisation },
    )
    reboot()
    const found = loaded()
    expect(found).toEqual({
      record: voted,
      votePlace: 1,
      root: { block: blockAt(3), certificate: certify(federation, 'finalise', blockAt(3)) },
      notarisations: [notarisation],
      blocks: [blockAt(4)],
    })
  })

  test('is gone when it was dropped', () => {
    loaded()
    const { header, hash } = blockAt(4).signed
    persist(
      { kind: 'block', block: blockAt(4) },
      { kind: 'notarisation', certificate: certify(federation, 'notarise', blockAt(4)) },
    )
    persist(
      { kind: 'drop-block', slot: header.slot, hash },
      { kind: 'drop-notarisation', slot: header.slot },
    )
    expect(loaded()).toMatchObject({ notarisations: [], blocks: [] })
  })

  test('comes in the order of slots', () => {
    loaded()
    persist(...[6, 4, 5].map((height) => ({ kind: 'block', block: blockAt(height) }) as const))
    expect(loaded().blocks.map(({ signed }) => signed.header.slot)).toEqual([4, 5, 6])
  })

  test('is found by height and by hash', () => {
    loaded()
    commit(3, [3])
    expect(getBlock({ height: 2 })).toEqual({ ok: true, value: blockAt(2) })
    expect(getBlock({ hash: blockAt(2).signed.hash })).toEqual({ ok: true, value: blockAt(2) })
    expect(getBlock({ height: 4 })).toEqual({ ok: true, value: undefined })
    expect(getBlock({ hash: blockAt(4).signed.hash })).toEqual({ ok: true, value: undefined })
  })

  test('is refused when the disk refuses, and that is reported', () => {
    loaded()
    stage.host.disk.faults = { ...stage.host.disk.faults, ioErrorPerMillion: 1_000_000 }
    expect(persist({ kind: 'block', block: blockAt(1) })).toMatchObject({
      ok: false,
      fault: { code: 'io' },
    })
    expect(getBlock({ height: 1 })).toMatchObject({ ok: false, fault: { code: 'io' } })
    expect(load()).toMatchObject({ ok: false, fault: { code: 'io' } })
    expect(stage.reports('store-failed')).toHaveLength(3)
    expect(stage.failures).toEqual([])
  })
})

describe('the vote record', () => {
  beforeEach(() => {
    loaded()
    persist({ kind: 'vote-record', record: voted, place: 1 })
    persist({ kind: 'vote-record', record: votedMore, place: 0 })
  })

  test('is the later of the two places', () => {
    expect(loaded()).toMatchObject({ record: votedMore, votePlace: 0 })
  })

  test.each([0, 1] as const)('survives damage to copy %i of its place', (copy) => {
    stage.host.disk.damage(keys.voteRecord(0, copy), damage)
    expect(loaded()).toMatchObject({ record: votedMore, votePlace: 0 })
    expect(stage.reports('record-corrupt')).toEqual([
      { kind: 'record-corrupt', key: keys.voteRecord(0, copy) },
    ])
  })

  test('is the one before if both copies of its place are damaged, as by a write cut short', () => {
    stage.host.disk.damage(keys.voteRecord(0, 0), damage)
    stage.host.disk.damage(keys.voteRecord(0, 1), damage)
    expect(loaded()).toMatchObject({ record: voted, votePlace: 1 })
  })

  test('is known to be lost if both places are damaged', () => {
    for (const place of [0, 1] as const) {
      for (const copy of [0, 1] as const)
        stage.host.disk.damage(keys.voteRecord(place, copy), damage)
    }
    expect(loaded().record).toBeUndefined()
  })

  test('is known to be lost if its keys are gone', () => {
    const writes = ([0, 1] as const).flatMap((place) =>
      ([0, 1] as const).map((copy) => ({ key: keys.voteRecord(place, copy), value: undefined })),
    )
    stage.environment.store.commit({ writes, durable: true }, () => undefined)
    stage.run(100)
    expect(loaded().record).toBeUndefined()
  })
})

describe('the root', () => {
  beforeEach(() => {
    loaded()
    commit(6, [2, 4, 6])
  })

  test('is the highest certified block', () => {
    expect(loaded().root?.block).toEqual(blockAt(6))
  })

  test('is a lower one if the top certificate is damaged', () => {
    stage.host.disk.damage(keys.finalisationAt(6), damage)
    expect(loaded().root?.block).toEqual(blockAt(4))
    expect(stage.reports('record-corrupt')).toHaveLength(1)
  })

  test('is a lower one if the top block is damaged or missing', () => {
    stage.host.disk.damage(keys.blockAt(6), damage)
    expect(loaded().root?.block).toEqual(blockAt(4))
    const write = { key: keys.blockAt(4), value: undefined }
    stage.environment.store.commit({ writes: [write], durable: true }, () => undefined)
    stage.run(100)
    expect(loaded().root?.block).toEqual(blockAt(2))
  })

  test('is genesis if no certificate can be read', () => {
    for (const height of [2, 4, 6]) stage.host.disk.damage(keys.finalisationAt(height), damage)
    expect(loaded().root).toBeUndefined()
  })

  test('is not a record that is sound but not a certificate', () => {
    const key = keys.finalisationAt(6)
    const write = { key, value: sealRecord(key, hashToBytes(blockAt(6).signed.hash)) }
    stage.environment.store.commit({ writes: [write], durable: true }, () => undefined)
    stage.run(100)
    expect(loaded().root?.block).toEqual(blockAt(4))
  })
})

describe('a damaged block', () => {
  beforeEach(() => {
    loaded()
    commit(6, [6])
    stage.host.disk.damage(keys.blockAt(3), damage)
  })

  test('is never served, and is reported each time', () => {
    const corrupt = { ok: false, fault: { code: 'corrupt', key: keys.blockAt(3) } }
    expect(getBlock({ height: 3 })).toMatchObject(corrupt)
    expect(getBlock({ hash: blockAt(3).signed.hash })).toMatchObject(corrupt)
    expect(stage.reports('record-corrupt')).toHaveLength(2)
  })

  test('above the root is left out when the chain is loaded', () => {
    persist({ kind: 'block', block: blockAt(7) }, { kind: 'block', block: blockAt(8) })
    const { slot } = blockAt(7).signed.header
    stage.host.disk.damage(keys.openBlock(slot, blockAt(7).signed.hash), damage)
    expect(loaded().blocks).toEqual([blockAt(8)])
  })
})
