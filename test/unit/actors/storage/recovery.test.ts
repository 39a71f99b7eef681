/** Where a chain goes on after its disk was damaged, and what a power failure leaves of checkpoints. */
import { beforeEach, describe, expect, test } from 'vitest'
import { SimRandom } from '../../../../sim/random.ts'
import { StorageActor } from '../../../../src/actors/storage/actor.ts'
import { keys } from '../../../../src/actors/storage/keys.ts'
import type {
  ChainRecord,
  CheckpointRecord,
  StorageMessage,
} from '../../../../src/actors/storage/messages.ts'
import { sealRecord } from '../../../../src/actors/storage/record.ts'
import type { Address, Reply } from '../../../../src/kernel/actor.ts'
import { encodeStoredBlock, type StoredBlock } from '../../../../src/protocol/block/block.ts'
import type { TrustedPlace } from '../../../../src/protocol/chain.ts'
import type { Checkpoint } from '../../../../src/protocol/checkpoint/checkpoint.ts'
import { encodeCheckpoint } from '../../../../src/protocol/checkpoint/codec.ts'
import { hashOf } from '../../../../src/protocol/hash.ts'
import { certify, federationOf, grow } from '../../../support/actors/federation.ts'
import { Stage } from '../../../support/actors/stage.ts'
import { checkpointOn } from '../../../support/checkpoints.ts'

const federation = federationOf(4)
const { chain } = federation
/** More than are looked at for a readable certificate. */
const height = 80
const blocks = grow(federation, height)

let stage: Stage
let storage: Address<StorageMessage>

function spawn(trusted: readonly TrustedPlace[] = []): void {
  storage = stage.spawn<StorageMessage>('storage', (context) => {
    const { store, verifier } = stage.environment
    return new StorageActor(context, store, {
      ...{ committeeSize: 4, epoch: 0, genesis: chain.genesis.hash },
      recovery: { chain, verifier, trusted },
    })
  })
}

function reboot(trusted: readonly TrustedPlace[] = []): void {
  stage.host.crash()
  stage.boot()
  spawn(trusted)
}

beforeEach(() => {
  stage = new Stage({ scheme: federation.scheme })
  spawn()
  load()
})

function ask<Answer>(question: (reply: Reply<Answer>) => StorageMessage): Answer {
  return stage.ask<StorageMessage, Answer>(storage, question)
}

type Replied<Kind extends StorageMessage['kind']> = Parameters<
  Extract<StorageMessage, { kind: Kind }>['reply']
>[0]

function load(): Replied<'load'> {
  return ask<Replied<'load'>>((reply) => ({ kind: 'load', reply }))
}

function rootHeight(): number | undefined {
  const loaded = load()
  return loaded.ok ? loaded.value.root?.block.signed.header.height : expect.unreachable()
}

function blockAt(at: number): StoredBlock {
  return blocks[at - 1] ?? expect.unreachable()
}

/** Every block, each with a certificate of its own. */
function commitAll(): void {
  const records: ChainRecord[] = blocks.flatMap((block) => [
    { kind: 'committed', block },
    {
      kind: 'finalisation',
      height: block.signed.header.height,
      certificate: certify(federation, 'finalise', block),
    },
  ])
  ask<Replied<'persist'>>((reply) => ({ kind: 'persist', records, reply }))
}

function checkpointAt(at: number, from = at - 9): Checkpoint {
  return checkpointOn(federation, blocks.slice(from - 1, at))
}

function put(at: number, checkpoint = checkpointAt(at), keptMax = 8): Replied<'put-checkpoint'> {
  const bytes = encodeCheckpoint(checkpoint)
  return ask<Replied<'put-checkpoint'>>((reply) => ({
    kind: 'put-checkpoint',
    ...{ height: at, bytes, keptMax, reply },
  }))
}

function list(): readonly CheckpointRecord[] {
  const records = ask<Replied<'get-checkpoints'>>((reply) => ({ kind: 'get-checkpoints', reply }))
  return records.ok ? records.value : expect.unreachable()
}

/** Overwrites what lies under a key, behind the actor's back. */
function overwrite(key: string, value: Uint8Array | undefined): void {
  stage.host.disk.apply([{ key, value }])
  stage.host.disk.syncAll()
}

function damageCertificates(from = 1): void {
  for (let at = from; at <= height; at += 1) {
    overwrite(keys.finalisationAt(at), Uint8Array.of(1, 2, 3))
  }
}

describe('a chain whose newest 64 certificates cannot be read', () => {
  beforeEach(() => {
    commitAll()
    put(40)
    put(50)
    damageCertificates(height - 63)
  })

  test('goes on at the newest checkpoint', () => {
    reboot()
    expect(rootHeight()).toBe(50)
    expect(stage.reports('root-recovered')).toEqual([
      { kind: 'root-recovered', height: 50, checkpointHeight: 50 },
    ])
  })

  test('with the certificate that the checkpoint holds', () => {
    reboot()
    const loaded = load()
    expect(loaded).toMatchObject({
      value: { root: { certificate: certify(federation, 'finalise', blockAt(50)) } },
    })
  })

  const other = federationOf(4, 'other')
  const otherBlocks = grow(other, 60)
  const key = keys.checkpointAt(60)
  const genuine = checkpointAt(60)
  const withChain = (change: Partial<Checkpoint['chain']>): Uint8Array =>
    encodeCheckpoint({ ...genuine, chain: { ...genuine.chain, ...change } })
  const { certificate } = genuine.chain
  const forged = { ...certificate, signature: new Uint8Array(96).fill(7) }

  test.each<[string, string, Uint8Array]>([
    ['damaged', 'was torn', sealRecord(key, encodeCheckpoint(genuine)).subarray(0, 200)],
    ['malformed', 'is of no known version', sealRecord(key, Uint8Array.of(9, 9, 9))],
    ['malformed', 'lies at another height', sealRecord(key, encodeCheckpoint(checkpointAt(55)))],
    ['forged', 'has a wrong signature', sealRecord(key, withChain({ certificate: forged }))],
    [
      'not-finalised',
      'too few have signed',
      sealRecord(
        key,
        withChain({ certificate: certify(federation, 'finalise', blockAt(60), [0, 1]) }),
      ),
    ],
    [
      'other-chain',
      'is of another chain',
      sealRecord(key, encodeCheckpoint(checkpointOn(other, otherBlocks))),
    ],
  ])('passes over a checkpoint that is %s (%s), and takes the one before', (code, _how, value) => {
    overwrite(key, value)
    reboot()
    expect(rootHeight()).toBe(50)
    expect(stage.reports('checkpoint-passed-over')).toMatchObject([{ height: 60, code }])
  })

  test('passes over a checkpoint whose height has another block', () => {
    overwrite(key, sealRecord(key, encodeCheckpoint(genuine)))
    const blockKey = keys.blockAt(60)
    overwrite(blockKey, sealRecord(blockKey, encodeStoredBlock(blockAt(59))))
    reboot()
    expect(rootHeight()).toBe(50)
    expect(stage.reports('checkpoint-passed-over')).toMatchObject([{ code: 'other-history' }])
  })

  test('goes on below a checkpoint that is ahead of its blocks, where a certificate can be read', () => {
    overwrite(key, sealRecord(key, encodeCheckpoint(genuine)))
    for (let at = 58; at <= height; at += 1) overwrite(keys.blockAt(at), undefined)
    const sound = sealRecordOf(57)
    overwrite(keys.finalisationAt(57), sound)
    // The search from the top must not find it first.
    for (let at = height + 1; at <= height + 60; at += 1) {
      overwrite(keys.finalisationAt(at), Uint8Array.of(1))
    }
    reboot()
    expect(rootHeight()).toBe(57)
    expect(stage.reports('root-recovered')).toEqual([
      { kind: 'root-recovered', height: 57, checkpointHeight: 60 },
    ])
  })

  test('goes on at the checkpoint before one that is ahead, if nothing below it can be read', () => {
    overwrite(key, sealRecord(key, encodeCheckpoint(genuine)))
    damageCertificates()
    for (let at = 58; at <= height; at += 1) overwrite(keys.blockAt(at), undefined)
    reboot()
    expect(rootHeight()).toBe(50)
    expect(stage.reports('checkpoint-passed-over')).toMatchObject([{ code: 'ahead-of-store' }])
  })

  test('begins anew if no checkpoint is left', () => {
    overwrite(keys.checkpointAt(40), undefined)
    overwrite(keys.checkpointAt(50), Uint8Array.of(1))
    reboot()
    expect(rootHeight()).toBeUndefined()
  })

  function sealRecordOf(at: number): Uint8Array {
    ask<Replied<'persist'>>((reply) => ({
      kind: 'persist',
      records: [
        {
          kind: 'finalisation',
          height: at,
          certificate: certify(federation, 'finalise', blockAt(at)),
        },
      ],
      reply,
    }))
    return stage.host.disk.read(keys.finalisationAt(at)) ?? expect.unreachable()
  }
})

test('a certificate on another block than its height has is no root', () => {
  commitAll()
  const record: ChainRecord = {
    kind: 'finalisation',
    height,
    certificate: certify(federation, 'finalise', blockAt(3)),
  }
  ask<Replied<'persist'>>((reply) => ({ kind: 'persist', records: [record], reply }))
  expect(rootHeight()).toBe(height - 1)
})

describe('a trusted block', () => {
  const trusted = (at: number, hash = blockAt(at).signed.hash): readonly TrustedPlace[] => [
    { height: at, hash },
  ]
  const another = hashOf('header', Uint8Array.of(5))

  beforeEach(() => commitAll())

  test('that the chain has, or has not reached, changes nothing', () => {
    reboot(trusted(20))
    expect(rootHeight()).toBe(height)
    reboot(trusted(height + 1, another))
    expect(rootHeight()).toBe(height)
  })

  test('that the chain contradicts is a fault, and says what is where', () => {
    reboot(trusted(20, another))
    const detail = `block 20 is ${blockAt(20).signed.hash} here, and ${another} is trusted`
    expect(load()).toEqual({ ok: false, fault: { code: 'not-trusted', detail } })
    reboot([...trusted(10), ...trusted(20, another)])
    expect(load()).toMatchObject({ ok: false, fault: { code: 'not-trusted' } })
  })

  test('that is damaged here is known by the block above it', () => {
    overwrite(keys.blockAt(20), Uint8Array.of(1))
    reboot(trusted(20))
    expect(rootHeight()).toBe(height)
    overwrite(keys.blockAt(21), Uint8Array.of(1))
    reboot(trusted(20))
    expect(load()).toMatchObject({ ok: false, fault: { code: 'not-trusted' } })
  })
})

describe('checkpoints', () => {
  test('are listed newest first, damaged ones too', () => {
    commitAll()
    for (const at of [20, 40, 30]) put(at)
    overwrite(keys.checkpointAt(30), Uint8Array.of(1))
    expect(list().map((record) => [record.height, record.bytes !== undefined])).toEqual([
      [40, true],
      [30, false],
      [20, true],
    ])
    expect(stage.reports('record-corrupt')).toMatchObject([{ key: keys.checkpointAt(30) }])
  })

  test('beyond the maximum give way, damaged ones first, the last good one never', () => {
    for (const at of [10, 20, 30]) put(at)
    expect(put(40, checkpointAt(40), 3)).toEqual({ ok: true, value: [10] })
    overwrite(keys.checkpointAt(40), Uint8Array.of(1))
    overwrite(keys.checkpointAt(30), Uint8Array.of(1))
    expect(put(50, checkpointAt(50), 2)).toEqual({ ok: true, value: [40, 30] })
    expect(list().map((record) => record.height)).toEqual([50, 20])
  })

  test('that cannot be written change nothing', () => {
    put(10)
    stage.host.disk.faults = { ...stage.host.disk.faults, bytesMax: 10 }
    expect(put(20)).toMatchObject({ ok: false, fault: { code: 'full' } })
    expect(list().map((record) => record.height)).toEqual([10])
  })

  test('outlive a power failure at any moment of a write: the new one is whole, or the old one is', () => {
    const random = new SimRandom('power')
    const seen = { whole: 0, absent: 0, torn: 0 }
    stage.host.disk.faults = { ...stage.host.disk.faults, tornWrites: true }
    for (let at = 10; at <= 80; at += 1) {
      const before = list().filter((record) => record.bytes !== undefined)
      const bytes = encodeCheckpoint(checkpointAt(at))
      stage.send(storage, {
        kind: 'put-checkpoint',
        ...{ height: at, bytes, keptMax: 2, reply: () => undefined },
      })
      // The write is under way for a millisecond.
      stage.simulation.runFor(random.below(1_500) / 1_000)
      reboot()
      const after = list()
      const added = after.find((record) => record.height === at)
      const sound = after.filter((record) => record.bytes !== undefined)
      if (added === undefined) seen.absent += 1
      else if (added.bytes === undefined) seen.torn += 1
      else seen.whole += 1
      if (added?.bytes !== undefined) expect(added.bytes).toEqual(bytes)
      else if (before[0] !== undefined) expect(sound[0]).toEqual(before[0])
      expect(sound.length).toBeGreaterThanOrEqual(Math.min(1, before.length))
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(3)
  })
})
