/** The checkpoint actor on a real storage actor and a simulated disk, with probes for the others. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { ChainMessage, ChainStatus } from '../../../../src/actors/chain/messages.ts'
import { CheckpointActor } from '../../../../src/actors/checkpoint/actor.ts'
import type {
  CheckpointMessage,
  CheckpointSummary,
  ListedCheckpoint,
  RecoveredCheckpoint,
  RecoveryMode,
  RefusedCheckpoint,
} from '../../../../src/actors/checkpoint/messages.ts'
import type { NetworkMessage } from '../../../../src/actors/network/messages.ts'
import type { PeerMessage, PeerReport } from '../../../../src/actors/peer/messages.ts'
import { StorageActor } from '../../../../src/actors/storage/actor.ts'
import { keys } from '../../../../src/actors/storage/keys.ts'
import type { ChainRecord, StorageMessage } from '../../../../src/actors/storage/messages.ts'
import { openRecord, sealRecord } from '../../../../src/actors/storage/record.ts'
import type { SyncMessage } from '../../../../src/actors/sync/messages.ts'
import type { Result } from '../../../../src/base/result.ts'
import type { Address } from '../../../../src/kernel/actor.ts'
import { encodeStoredBlock, type StoredBlock } from '../../../../src/protocol/block/block.ts'
import { checkpointFault } from '../../../../src/protocol/checkpoint/checks.ts'
import {
  checkpointId,
  decodeCheckpoint,
  encodeCheckpoint,
} from '../../../../src/protocol/checkpoint/codec.ts'
import { hashOf, hashToBytes } from '../../../../src/protocol/hash.ts'
import { merkleRoot } from '../../../../src/protocol/merkle.ts'
import { certify, federationOf, grow } from '../../../support/actors/federation.ts'
import { type Probe, Stage } from '../../../support/actors/stage.ts'
import { syncedStatus } from '../../../support/actors/sync-status.ts'
import { checkpointOn } from '../../../support/checkpoints.ts'

const federation = federationOf(4)
const { chain } = federation
const blocks = grow(federation, 60)
const interval = 10

let stage: Stage
let storage: Address<StorageMessage>
let checkpoints: Address<CheckpointMessage>
let chainActor: Probe<ChainMessage>
let network: Probe<NetworkMessage>
let peers: Probe<PeerMessage>
let sync: Probe<SyncMessage>
/** Blocks that the chain has committed. */
let height: number

function spawn(keptMax = 4): void {
  chainActor = stage.probe<ChainMessage>('chain')
  network = stage.probe<NetworkMessage>('network')
  peers = stage.probe<PeerMessage>('peer')
  sync = stage.probe<SyncMessage>('sync')
  chainActor.react((message) => {
    if (message.kind === 'get-chain-status') message.reply(statusAt(height))
  })
  const reports: readonly PeerReport[] = [
    report('b', 'regular', []),
    report('a', 'federation', ['/ip4/10.0.0.1/tcp/1']),
    { ...report('gone', 'federation', []), isConnected: false },
    report('ü', 'regular', []),
  ]
  peers.react((message) => {
    if (message.kind === 'get-peers') message.reply(reports)
  })
  sync.react((message) => {
    if (message.kind !== 'get-sync-status') return
    const place = { currentHeight: height, targetHeight: height + 2, progress: 0.75 }
    message.reply({ ...syncedStatus, ...place })
  })
  const { store, verifier } = stage.environment
  storage = stage.spawn<StorageMessage>('storage', (context) => {
    const options = { committeeSize: 4, epoch: 0, genesis: chain.genesis.hash }
    return new StorageActor(context, store, options)
  })
  checkpoints = stage.spawn<CheckpointMessage>('checkpoint', (context) => {
    const addresses = { chainActor: chainActor.address, network: network.address }
    const others = { peers: peers.address, sync: sync.address, storage }
    const parts = { context, chain, verifier, ...addresses, ...others }
    return new CheckpointActor(parts, { intervalBlocks: interval, keptMax })
  })
  stage.run(50)
}

function report(
  peer: string,
  peerClass: 'federation' | 'regular',
  addresses: string[],
): PeerReport {
  return {
    ...{ peer, class: peerClass, addresses, isConnected: true, direction: 'inbound' },
    ...{ netgroup: peer, conduct: 0, performance: 45, score: 45, isBanned: false },
    ...{ member: undefined, committedHeight: 1, availableFrom: 0, seenAgoMs: 0, ban: undefined },
    ...{ bytesPerSecond: undefined, latencyMs: undefined },
  }
}

function reboot(keptMax?: number): void {
  stage.host.crash()
  stage.boot()
  spawn(keptMax)
}

beforeEach(() => {
  height = 0
  stage = new Stage({ scheme: federation.scheme })
  spawn()
})

function blockAt(at: number): StoredBlock {
  return blocks[at - 1] ?? expect.unreachable()
}

function statusAt(at: number): ChainStatus {
  const states = { isVoting: true, isGateOpen: true }
  if (at === 0) {
    return { committed: chain.genesis, head: chain.genesis, certified: undefined, ...states }
  }
  const { hash, header } = blockAt(at).signed
  const place = { hash, height: header.height, slot: header.slot }
  const certificate = certify(federation, 'finalise', blockAt(at))
  const certified = { signed: blockAt(at).signed, certificate }
  return { committed: place, head: place, certified, ...states }
}

/** The chain commits up to a height and tells it, unless nobody is to hear of it. */
function commitTo(to: number, isTold = true): void {
  const fresh = blocks.slice(height, to)
  const records: ChainRecord[] = fresh.map((block) => ({ kind: 'committed', block }))
  stage.ask<StorageMessage, unknown>(storage, (reply) => ({ kind: 'persist', records, reply }))
  const fromHeight = height + 1
  height = to
  const hashes = fresh.map(({ signed }) => signed.hash)
  if (isTold) {
    const status = statusAt(to)
    stage.send(checkpoints, { kind: 'blocks-committed', fromHeight, hashes, status })
  }
  stage.run(50)
}

function create(): Result<CheckpointSummary, RefusedCheckpoint> {
  return stage.ask<CheckpointMessage, Result<CheckpointSummary, RefusedCheckpoint>>(
    checkpoints,
    (reply) => ({ kind: 'create-checkpoint', reply }),
  )
}

function list(): readonly ListedCheckpoint[] {
  const found = stage.ask<
    CheckpointMessage,
    Result<readonly ListedCheckpoint[], RefusedCheckpoint>
  >(checkpoints, (reply) => ({ kind: 'list-checkpoints', reply }))
  return found.ok ? found.value : expect.unreachable()
}

function recover(
  checkpointId: string,
  recoveryMode: RecoveryMode,
  verifyIntegrity = true,
): Result<RecoveredCheckpoint, RefusedCheckpoint> {
  return stage.ask<CheckpointMessage, Result<RecoveredCheckpoint, RefusedCheckpoint>>(
    checkpoints,
    (reply) => ({
      kind: 'recover-from-checkpoint',
      ...{ checkpointId, recoveryMode, verifyIntegrity, reply },
    }),
  )
}

function created(): readonly number[] {
  return stage.reports('checkpoint-created').map((event) => event.height)
}

function storedAt(at: number) {
  const key = keys.checkpointAt(at)
  const sealed = stage.host.disk.read(key) ?? expect.unreachable()
  const read = decodeCheckpoint(openRecord(key, sealed) ?? expect.unreachable())
  return read.ok ? read.value : expect.unreachable()
}

function overwrite(key: string, value: Uint8Array | undefined): void {
  stage.host.disk.apply([{ key, value }])
  stage.host.disk.syncAll()
}

/** The id of the checkpoint at a height. */
function idAt(at: number): string {
  return list().find((each) => each.height === at)?.checkpoint?.id ?? expect.unreachable()
}

function rootOver(from: number, to: number): string {
  return merkleRoot(blocks.slice(from - 1, to).map(({ signed }) => hashToBytes(signed.hash)))
}

describe('a checkpoint is made', () => {
  test('once an interval of blocks was committed since the last', () => {
    commitTo(9)
    expect(created()).toEqual([])
    commitTo(10)
    expect(created()).toEqual([10])
    stage.run(1_000)
    for (const at of [12, 19, 23]) commitTo(at)
    expect(created()).toEqual([10, 23])
  })

  test('of the block, its proof, and the blocks since the one before', () => {
    commitTo(10)
    stage.run(1_000)
    commitTo(21)
    const checkpoint = storedAt(21)
    expect(checkpointFault(chain, checkpoint)).toBeUndefined()
    expect(checkpoint).toMatchObject({
      isVerified: true,
      chain: {
        signed: blockAt(21).signed,
        certificate: certify(federation, 'finalise', blockAt(21)),
        covered: { count: 11, root: rootOver(11, 21) },
        previous: checkpointId(encodeCheckpoint(storedAt(10))),
      },
      sync: { state: 'synced', currentHeight: 21, targetHeight: 23, progressPpm: 750_000 },
      peers: [
        { peer: 'a', class: 'federation', addresses: ['/ip4/10.0.0.1/tcp/1'] },
        { peer: 'b', class: 'regular', addresses: [] },
      ],
    })
  })

  test('without reading back the blocks below its own', () => {
    commitTo(10)
    stage.run(1_000)
    commitTo(20, false)
    for (let at = 11; at < 20; at += 1) overwrite(keys.blockAt(at), undefined)
    const hashes = blocks.slice(10, 20).map(({ signed }) => signed.hash)
    const status = statusAt(20)
    stage.send(checkpoints, { kind: 'blocks-committed', fromHeight: 11, hashes, status })
    stage.run(50)
    expect(storedAt(20).chain.covered).toEqual({ count: 10, root: rootOver(11, 20) })
  })

  test('after a restart too, from the disk', () => {
    commitTo(10)
    commitTo(17)
    reboot()
    commitTo(21)
    expect(storedAt(21).chain.covered).toEqual({ count: 11, root: rootOver(11, 21) })
  })

  test('although it was not told of some blocks', () => {
    commitTo(8)
    commitTo(15, false)
    commitTo(16)
    expect(storedAt(16).chain.covered).toEqual({ count: 16, root: rootOver(1, 16) })
  })

  test('if the chain is found that far at a start', () => {
    commitTo(9)
    commitTo(12, false)
    stage.run(31_000)
    expect(created()).toEqual([])
    reboot()
    expect(created()).toEqual([12])
  })

  test('not more than once a second, however fast blocks come', () => {
    for (let at = 10; at <= 60; at += 10) commitTo(at)
    expect(created()).toEqual([10])
    stage.run(30_000)
    expect(created()).toEqual([10, 60])
    expect(storedAt(60).chain.covered).toEqual({ count: 50, root: rootOver(11, 60) })
  })

  test('on demand, once for a block', () => {
    expect(create()).toMatchObject({ ok: false, fault: { code: 'nothing-committed' } })
    commitTo(3)
    const first = create()
    expect(first).toMatchObject({ ok: true, value: { height: 3, covered: 3, verified: true } })
    expect(create()).toEqual(first)
    expect(created()).toEqual([3])
  })

  test('for everybody who asks while it is being made', () => {
    commitTo(3)
    const answers: unknown[] = []
    for (let i = 0; i < 3; i += 1) {
      stage.send(checkpoints, {
        kind: 'create-checkpoint',
        reply: (answer) => answers.push(answer),
      })
    }
    stage.run(100)
    expect(answers).toHaveLength(3)
    expect(created()).toEqual([3])
  })

  test('without what sync and the peers do not tell in time', () => {
    sync.react(() => undefined)
    peers.react(() => undefined)
    commitTo(10)
    stage.run(11_000)
    expect(storedAt(10)).toMatchObject({ sync: undefined, peers: [] })
  })

  test('of the readable blocks, if one below cannot be read', () => {
    commitTo(9)
    reboot()
    overwrite(keys.blockAt(4), Uint8Array.of(1))
    commitTo(12)
    expect(storedAt(12).chain.covered).toEqual({ count: 8, root: rootOver(5, 12) })
  })

  test('only if it is genuine', () => {
    height = 3
    const status = statusAt(3)
    height = 0
    commitTo(3, false)
    const signature = new Uint8Array(96).fill(1)
    const certified = status.certified && {
      ...status.certified,
      certificate: { ...status.certified.certificate, signature },
    }
    const forged = { ...status, certified }
    stage.send(checkpoints, { kind: 'blocks-committed', fromHeight: 3, hashes: [], status: forged })
    expect(create()).toMatchObject({ ok: false, fault: { code: 'forged' } })
    expect(stage.reports('checkpoint-failed')).toMatchObject([{ height: 3, code: 'forged' }])
    expect(list()).toEqual([])
  })

  test('again later, if the disk refused it', () => {
    commitTo(9)
    stage.host.disk.faults = { ...stage.host.disk.faults, bytesMax: 10 }
    stage.send(checkpoints, {
      kind: 'blocks-committed',
      ...{ fromHeight: 10, hashes: [], status: statusAt(9) },
    })
    expect(create()).toMatchObject({ ok: false, fault: { code: 'unavailable' } })
    expect(stage.reports('checkpoint-failed')).toMatchObject([{ code: 'unavailable' }])
    stage.host.disk.faults = { ...stage.host.disk.faults, bytesMax: Number.MAX_SAFE_INTEGER }
    commitTo(10)
    stage.run(31_000)
    expect(storedAt(10).chain.covered).toEqual({ count: 10, root: rootOver(1, 10) })
    expect(stage.failures).toEqual([])
  })

  test('and the oldest ones give way to it', () => {
    for (let at = 10; at <= 60; at += 10) {
      commitTo(at)
      stage.run(1_000)
    }
    expect(list().map((each) => each.height)).toEqual([60, 50, 40, 30])
    expect(stage.reports('checkpoint-created').map(({ dropped }) => dropped)).toEqual([
      0, 0, 0, 0, 1, 1,
    ])
  })
})

describe('what is listed', () => {
  test('says of each what it is, or why it is none', () => {
    commitTo(10)
    stage.run(1_000)
    commitTo(20)
    overwrite(keys.checkpointAt(20), Uint8Array.of(1))
    const { hash, header } = blockAt(10).signed
    expect(list()).toMatchObject([
      { height: 20, checkpoint: undefined, fault: { code: 'damaged' } },
      {
        height: 10,
        checkpoint: { hash, parentHash: header.parentHash, stateRoot: header.stateRoot },
        fault: undefined,
      },
    ])
  })
})

describe('recovery', () => {
  beforeEach(() => {
    for (const at of [10, 20, 30]) {
      commitTo(at)
      stage.run(1_000)
    }
  })

  test('that only verifies answers what it found, and does nothing', () => {
    network.clear()
    const outcome = recover(idAt(20), 'verify-only')
    expect(outcome).toMatchObject({ ok: true, value: { height: 20, verified: 'full' } })
    expect(outcome.ok && outcome.value.durationMs).toBeGreaterThan(0)
    expect(network.received).toEqual([])
    expect(recover(idAt(20), 'verify-only', false)).toMatchObject({
      value: { verified: 'certificate' },
    })
  })

  test('that resumes goes on where the chain is, and dials whom it knew', () => {
    commitTo(33)
    expect(recover(idAt(20), 'resume')).toMatchObject({ ok: true, value: { height: 33 } })
    expect(network.of('dial').map(({ address }) => address)).toEqual(['/ip4/10.0.0.1/tcp/1'])
    expect(stage.reports('checkpoint-recovered')).toMatchObject([
      { height: 20, mode: 'resume', verified: 'full' },
    ])
  })

  test('of one that is not there is refused', () => {
    const id = hashOf('checkpoint', Uint8Array.of(1))
    expect(recover(id, 'resume')).toMatchObject({ ok: false, fault: { code: 'not-found' } })
  })

  test('is one at a time', () => {
    const id = idAt(30)
    const answers: Result<RecoveredCheckpoint, RefusedCheckpoint>[] = []
    for (let i = 0; i < 2; i += 1) {
      stage.send(checkpoints, {
        kind: 'recover-from-checkpoint',
        ...{ checkpointId: id, recoveryMode: 'resume', verifyIntegrity: true },
        reply: (answer) => answers.push(answer),
      })
    }
    stage.run(1_000)
    expect(answers).toMatchObject([{ fault: { code: 'busy' } }, { ok: true }])
    expect(recover(id, 'verify-only').ok).toBe(true)
  })

  /** Puts another checkpoint in the place of that at 30, and answers its id. */
  function replace(change: (checkpoint: ReturnType<typeof storedAt>) => unknown): string {
    const bytes = encodeCheckpoint(change(storedAt(30)) as ReturnType<typeof storedAt>)
    overwrite(keys.checkpointAt(30), sealRecord(keys.checkpointAt(30), bytes))
    return checkpointId(bytes)
  }

  test.each<[RefusedCheckpoint['code'], string, () => string]>([
    [
      'forged',
      'whose certificate nobody signed',
      () =>
        replace((checkpoint) => ({
          ...checkpoint,
          chain: {
            ...checkpoint.chain,
            certificate: { ...checkpoint.chain.certificate, signature: new Uint8Array(96) },
          },
        })),
    ],
    [
      'other-chain',
      'of another chain',
      () => {
        const other = federationOf(4, 'other')
        return replace(() => checkpointOn(other, grow(other, 30)))
      },
    ],
    [
      'other-committee',
      'of another committee',
      () =>
        replace((checkpoint) => ({
          ...checkpoint,
          federation: { ...checkpoint.federation, epoch: 7 },
        })),
    ],
    [
      'ahead-of-store',
      'whose block is not there',
      () => {
        overwrite(keys.blockAt(30), undefined)
        return idAt(30)
      },
    ],
    [
      'other-history',
      'at whose height is another block',
      () => {
        const { signed, body, justification } = blockAt(30)
        const header = { ...signed.header, stateRoot: hashOf('trie') }
        const bytes = encodeStoredBlock({ signed: { ...signed, header }, body, justification })
        overwrite(keys.blockAt(30), sealRecord(keys.blockAt(30), bytes))
        return idAt(30)
      },
    ],
    [
      'block-unreadable',
      'that covers a block which is damaged',
      () => {
        overwrite(keys.blockAt(25), Uint8Array.of(1))
        return idAt(30)
      },
    ],
    [
      'root-differs',
      'that states another root',
      () =>
        replace((checkpoint) => ({
          ...checkpoint,
          chain: { ...checkpoint.chain, covered: { count: 10, root: rootOver(1, 10) } },
        })),
    ],
  ])('refuses (%s) one %s, and resumes at the one before', (code, _what, spoil) => {
    const id = spoil()
    expect(recover(id, 'verify-only')).toMatchObject({ ok: false, fault: { code } })
    const resumed = recover(id, 'resume')
    expect(resumed).toMatchObject({ ok: true, value: { checkpointId: idAt(20), height: 30 } })
    expect(stage.reports('checkpoint-refused')).toMatchObject([
      { height: 30, code },
      { height: 30, code },
    ])
  })

  test('tells why, if no older one is good either', () => {
    const id = idAt(20)
    overwrite(keys.blockAt(15), undefined)
    overwrite(keys.blockAt(5), undefined)
    expect(recover(id, 'resume')).toMatchObject({ ok: false, fault: { code: 'block-unreadable' } })
  })
})
