import { beforeEach, describe, expect, test } from 'vitest'
import { ApiActor } from '../../../../src/actors/api/actor.ts'
import type { ApiAnswer, ApiMessage } from '../../../../src/actors/api/messages.ts'
import type { ChainMessage, ChainStatus } from '../../../../src/actors/chain/messages.ts'
import type {
  CheckpointMessage,
  CheckpointSummary,
} from '../../../../src/actors/checkpoint/messages.ts'
import type { EngineMessage, TransactionOutcome } from '../../../../src/actors/engine/messages.ts'
import type { NetworkMessage, NetworkStatus } from '../../../../src/actors/network/messages.ts'
import type { MemberReport, PeerMessage, PeerReport } from '../../../../src/actors/peer/messages.ts'
import type { StorageMessage } from '../../../../src/actors/storage/messages.ts'
import type { SyncMessage } from '../../../../src/actors/sync/messages.ts'
import { NetworkMonitor } from '../../../../src/actors/sync/monitor/network-monitor.ts'
import { toHex } from '../../../../src/base/bytes.ts'
import { failed, ok } from '../../../../src/base/result.ts'
import type { Address } from '../../../../src/kernel/actor.ts'
import { decodeSignedHeader } from '../../../../src/protocol/block/header.ts'
import { transactionBytes } from '../../../../src/protocol/execution/transaction.ts'
import { blockOn, federationOf, genesisSeat } from '../../../support/actors/federation.ts'
import { type Probe, Stage } from '../../../support/actors/stage.ts'
import { syncedStatus } from '../../../support/actors/sync-status.ts'

/** What clients are told, after JSON-RPC 2.0. */
const apiErrors = {
  invalidParams: -32_602,
  methodNotFound: -32_601,
  notFound: -32_000,
  refused: -32_001,
  unavailable: -32_002,
}
const federation = federationOf(4)
const transaction = new Uint8Array(transactionBytes).fill(3)
const block = blockOn(federation, genesisSeat(federation), 1, [transaction])
const { header, hash } = block.signed
const place = { height: 1, slot: 1, hash }
const chainStatus: ChainStatus = {
  committed: place,
  head: { ...place, height: 2, slot: 2 },
  certified: undefined,
  isVoting: true,
  isGateOpen: true,
}
const about = { name: 'paper', chainTag: toHex(federation.chain.tag), genesis: '00' }
const sent = toHex(transaction)

let stage: Stage
let chain: Probe<ChainMessage>
let checkpoints: Probe<CheckpointMessage>
let engine: Probe<EngineMessage>
let network: Probe<NetworkMessage>
let peers: Probe<PeerMessage>
let storage: Probe<StorageMessage>
let sync: Probe<SyncMessage>
let api: Address<ApiMessage>

beforeEach(() => {
  stage = new Stage()
  chain = stage.probe<ChainMessage>('chain')
  checkpoints = stage.probe<CheckpointMessage>('checkpoint')
  engine = stage.probe<EngineMessage>('engine')
  network = stage.probe<NetworkMessage>('network')
  peers = stage.probe<PeerMessage>('peer')
  storage = stage.probe<StorageMessage>('storage')
  sync = stage.probe<SyncMessage>('sync')
  api = stage.spawn<ApiMessage>('api', (context) => {
    const { address: chainActor } = chain
    const others = { engine: engine.address, network: network.address, peers: peers.address }
    const rest = { storage: storage.address, sync: sync.address, about }
    const kept = { checkpoints: checkpoints.address }
    return new ApiActor({ context, chainActor, ...others, ...rest, ...kept })
  })
})

function call(method: string, params?: unknown): ApiAnswer {
  return stage.ask<ApiMessage, ApiAnswer>(api, (reply) => ({ kind: 'call', method, params, reply }))
}

/** A copy made of what JSON has: nothing else survives in it. */
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, plainOf(own)]))
}

function submitting(outcome: TransactionOutcome): void {
  engine.react((message) => {
    if (message.kind === 'submit-transaction') message.reply(outcome)
  })
}

describe('alys_sendTransaction', () => {
  test('hands a new transaction to the pool and to the neighbours, and answers its hash', () => {
    submitting({ kind: 'added', hash: 'cc' })
    expect(call('alys_sendTransaction', [`0x${sent}`])).toEqual({ result: 'cc' })
    expect(engine.of('submit-transaction')[0]?.transaction).toEqual(transaction)
    expect(network.of('publish-transaction')).toEqual([
      { kind: 'publish-transaction', transaction },
    ])
  })

  test('answers the hash of a known transaction, and tells nobody again', () => {
    submitting({ kind: 'known', hash: 'cc' })
    expect(call('alys_sendTransaction', [sent])).toEqual({ result: 'cc' })
    expect(network.of('publish-transaction')).toEqual([])
  })

  test('says why a transaction is refused', () => {
    submitting({ kind: 'refused', code: 'nonce-too-low', detail: 'transaction cc' })
    expect(call('alys_sendTransaction', [sent])).toEqual({
      error: { code: apiErrors.refused, message: 'nonce-too-low: transaction cc' },
    })
  })
})

describe('alys_getBlock', () => {
  beforeEach(() => {
    chain.react((message) => {
      if (message.kind !== 'get-block') return
      const isIt = 'hash' in message.by ? message.by.hash === hash : message.by.height === 1
      message.reply(isIt ? block : undefined)
    })
  })

  test.each([[1], [hash], [`0x${hash}`]])('by %s answers the block', (by) => {
    const answer = call('alys_getBlock', [by])
    expect(answer).toMatchObject({
      result: {
        hash,
        height: 1,
        slot: 1,
        author: 1,
        parentHash: federation.chain.genesis.hash,
        bodyRoot: header.bodyRoot,
        stateRoot: header.stateRoot,
        transactions: [sent],
      },
    })
  })

  test('answers the header as it was signed', () => {
    const answer = call('alys_getBlock', [1])
    const text = 'result' in answer ? (answer.result as { header: string }).header : ''
    const decoded = decodeSignedHeader(Uint8Array.from(Buffer.from(text, 'hex')))
    expect(decoded).toEqual(ok(block.signed))
  })

  test('says so if there is no such block', () => {
    expect(call('alys_getBlock', [2])).toEqual({
      error: { code: apiErrors.notFound, message: 'no such block here' },
    })
  })
})

describe('alys_getHead and alys_getStatus', () => {
  beforeEach(() => {
    chain.react((message) => {
      if (message.kind === 'get-chain-status') message.reply(chainStatus)
    })
    sync.react((message) => {
      if (message.kind === 'get-sync-status') message.reply(syncedStatus)
    })
  })

  test('say where the chain stands', () => {
    const { committed, head } = chainStatus
    expect(call('alys_getHead')).toEqual({ result: { committed, head } })
    expect(call('alys_getStatus')).toEqual({
      result: { ...about, committed, head, isVoting: true, sync: syncedStatus },
    })
  })

  test('say why a chain has stopped', () => {
    const halted = { detail: 'two histories', remedy: 'ask' }
    chain.react((message) => {
      if (message.kind === 'get-chain-status') message.reply({ ...chainStatus, halted })
    })
    expect(call('alys_getStatus')).toMatchObject({ result: { halted } })
  })

  test.each(['alys_getHead', 'alys_getStatus'])(
    '%s says so while the chain is starting',
    (method) => {
      chain.react((message) => {
        if (message.kind === 'get-chain-status') message.reply(undefined)
      })
      expect(call(method)).toEqual({
        error: { code: apiErrors.unavailable, message: 'the chain is starting' },
      })
    },
  )
})

describe('alys_getAccount', () => {
  const address = '11'.repeat(20)

  test('answers amounts as decimal texts, beyond what JSON can count', () => {
    engine.react((message) => {
      const head = { balance: 18_446_744_073_709_551_615n, nonce: 4 }
      if (message.kind === 'get-account')
        message.reply({ head, finalized: { balance: 0n, nonce: 0 } })
    })
    expect(call('alys_getAccount', [address])).toEqual({
      result: {
        head: { balance: '18446744073709551615', nonce: 4 },
        finalized: { balance: '0', nonce: 0 },
      },
    })
  })

  test('says so if the engine is silent', () => {
    engine.react((message) => {
      if (message.kind === 'get-account') message.reply(undefined)
    })
    expect(call('alys_getAccount', [address])).toMatchObject({
      error: { code: apiErrors.unavailable },
    })
  })
})

describe('of peers', () => {
  const known: PeerReport = {
    ...{ peer: 'a', class: 'federation', member: 1, isConnected: true, direction: 'inbound' },
    ...{ addresses: [], netgroup: 'sim/a', conduct: 0, performance: 45, score: 45 },
    ...{ bytesPerSecond: undefined, latencyMs: undefined, isBanned: false, ban: undefined },
    ...{ committedHeight: 7, availableFrom: 0, seenAgoMs: 0 },
  }

  test('alys_getPeers answers what is known of them, or of some of them', () => {
    peers.react((message) => {
      if (message.kind === 'get-peers') message.reply([known])
    })
    expect(call('alys_getPeers')).toEqual({ result: [known] })
    expect(call('alys_getPeers', ['connected'])).toEqual({ result: [known] })
    expect(call('alys_getPeers', ['federation'])).toEqual({ result: [known] })
    expect(peers.of('get-peers').map(({ filter }) => filter)).toEqual([
      {},
      { isConnected: true },
      { class: 'federation' },
    ])
  })

  test('alys_getNetworkStatus answers what the network actor knows', () => {
    const status: NetworkStatus = {
      ...{ self: 'me', connected: 0, ready: 0, dialled: 0, peers: [], neighbours: { topic: 3 } },
      ...{ total: { inBytes: 1, outBytes: 2 }, inBytesPerSecond: 0, outBytesPerSecond: 0 },
    }
    network.react((message) => {
      if (message.kind === 'get-network-status') message.reply(status)
    })
    expect(call('alys_getNetworkStatus')).toEqual({ result: status })
  })

  test('alys_getMembers answers how each member is reached', () => {
    const reached: MemberReport = {
      ...{ member: 1, peer: 'a', isConnected: true, awayMs: 0 },
      ...{ heardAgoMs: 12, roundTripMs: 30, missed: 0 },
    }
    peers.react((message) => {
      if (message.kind === 'get-members') message.reply([reached])
    })
    expect(call('alys_getMembers')).toEqual({ result: [reached] })
    expect(call('alys_getMembers', ['x'])).toMatchObject({
      error: { code: apiErrors.invalidParams },
    })
  })

  test('alys_getPeer answers what is known of one', () => {
    peers.react((message) => {
      if (message.kind === 'get-peer') message.reply(message.peer === 'a' ? known : undefined)
    })
    expect(call('alys_getPeer', ['a'])).toEqual({ result: known })
    expect(call('alys_getPeer', ['b'])).toMatchObject({ error: { code: apiErrors.notFound } })
  })

  test('alys_connectPeer answers who was found at an address, or why nobody was', () => {
    peers.react((message) => {
      if (message.kind !== 'connect-peer') return
      if (message.address === 'sim:a') return message.reply(ok('a'))
      message.reply(failed({ code: 'timeout', detail: 'nobody' }))
    })
    expect(call('alys_connectPeer', ['sim:a'])).toEqual({ result: 'a' })
    expect(call('alys_connectPeer', ['sim:b'])).toEqual({
      error: { code: apiErrors.refused, message: 'timeout: nobody' },
    })
  })

  test('alys_banPeer and alys_unbanPeer pass the word of the operator on', () => {
    peers.react((message) => {
      if (message.kind === 'ban-peer' || message.kind === 'unban-peer') message.reply(true)
    })
    expect(call('alys_banPeer', ['a', 60, 'a hunch'])).toEqual({ result: true })
    expect(call('alys_unbanPeer', ['a'])).toEqual({ result: true })
    expect(peers.received).toMatchObject([
      { kind: 'ban-peer', peer: 'a', forMs: 60_000, reason: 'a hunch' },
      { kind: 'unban-peer', peer: 'a' },
    ])
  })
})

describe('of sync', () => {
  test.each([
    ['alys_getSync', 'get-sync-status'],
    ['alys_startSync', 'start-sync'],
    ['alys_pauseSync', 'pause-sync'],
    ['alys_resumeSync', 'resume-sync'],
  ] as const)('%s answers where it stands then', (method, kind) => {
    sync.react((message) => {
      if (message.kind === kind) message.reply(syncedStatus)
    })
    expect(call(method)).toEqual({ result: syncedStatus })
    expect(sync.received).toMatchObject([{ kind }])
  })

  test.each([true, false])('alys_canProduceBlocks answers %s', (isOpen) => {
    sync.react((message) => {
      if (message.kind === 'can-produce-blocks') message.reply(isOpen)
    })
    expect(call('alys_canProduceBlocks')).toEqual({ result: isOpen })
  })

  test('alys_getNetworkHealth answers what is seen in plain values, and not what is done about it', () => {
    const committee = { members: 4, quorum: 3 }
    const monitor = new NetworkMonitor({ slotMs: 2_000, committee, member: undefined }, 0)
    monitor.observeSlot(40)
    const assessment = monitor.assess(80_000)
    expect(assessment.actions).not.toEqual([])
    sync.react((message) => {
      if (message.kind === 'get-network-health') message.reply(assessment)
    })
    const { actions: _, ...seen } = assessment
    const answer = call('alys_getNetworkHealth')
    expect(answer).toEqual({ result: seen })
    expect(answer).toMatchObject({ result: { health: { grade: 'poor' }, missedSlots: 40 } })
    expect(plainOf(answer)).toEqual(answer)
  })
})

describe('checkpoints', () => {
  const id = '0a'.repeat(32)
  const summary: CheckpointSummary = {
    ...{ id, height: 1, hash, parentHash: header.parentHash, stateRoot: header.stateRoot },
    ...{ timestampMs: 5, syncProgress: 1, verified: true, covered: 1, previous: undefined },
  }

  test('are listed; what is none comes with its height and the reason', () => {
    const refused = { code: 'damaged', detail: 'its checksum differs' } as const
    checkpoints.react((message) => {
      if (message.kind !== 'list-checkpoints') return
      const whole = { height: 1, checkpoint: summary, fault: undefined }
      message.reply(ok([{ height: 2, checkpoint: undefined, fault: refused }, whole]))
    })
    expect(call('alys_getCheckpoints')).toEqual({
      result: [{ height: 2, fault: refused }, summary],
    })
  })

  test('are made on demand, or it is said why not', () => {
    checkpoints.react((message) => {
      if (message.kind === 'create-checkpoint') message.reply(ok(summary))
    })
    expect(call('alys_createCheckpoint')).toEqual({ result: summary })
    checkpoints.react((message) => {
      const detail = 'no block is committed yet'
      const nothing = failed({ code: 'nothing-committed', detail } as const)
      if (message.kind === 'create-checkpoint') message.reply(nothing)
    })
    expect(call('alys_createCheckpoint')).toEqual({
      error: {
        code: apiErrors.refused,
        message: 'nothing-committed: no block is committed yet',
      },
    })
  })

  test('are recovered from', () => {
    const recovered = { checkpointId: id, height: 1, durationMs: 3, verified: 'full' } as const
    checkpoints.react((message) => {
      if (message.kind === 'recover-from-checkpoint') message.reply(ok(recovered))
    })
    const answer = call('alys_recoverFromCheckpoint', [`0x${id}`, true, 'resume'])
    expect(answer).toEqual({ result: recovered })
    expect(checkpoints.of('recover-from-checkpoint')).toMatchObject([
      { checkpointId: id, verifyIntegrity: true, recoveryMode: 'resume' },
    ])
  })

  test.each<[code: 'not-found' | 'other-chain', error: number]>([
    ['not-found', apiErrors.notFound],
    ['other-chain', apiErrors.refused],
  ])('that cannot be recovered from (%s) are told with the reason', (code, error) => {
    checkpoints.react((message) => {
      if (message.kind !== 'recover-from-checkpoint') return
      message.reply(failed({ code, detail: 'why' }))
    })
    expect(call('alys_recoverFromCheckpoint', [id, false, 'verify-only'])).toEqual({
      error: { code: error, message: `${code}: why` },
    })
  })

  test.each([
    [['00', true, 'resume'], 'id is 1 bytes, expected 32 bytes'],
    [[id, 1, 'resume'], 'verifyIntegrity is 1, expected true or false'],
    [[id, true, 'restore'], 'recoveryMode is "restore", expected "verify-only" or "resume"'],
    [[id], 'params is 1 values, expected 3 values'],
  ])('are not recovered from by %j', (params, message) => {
    expect(call('alys_recoverFromCheckpoint', params)).toEqual({
      error: { code: apiErrors.invalidParams, message },
    })
  })
})

test('alys_getEvidence says so if the disk refuses', () => {
  storage.react((message) => {
    if (message.kind === 'get-proofs') message.reply(failed({ code: 'io', detail: '' }))
  })
  expect(call('alys_getEvidence')).toMatchObject({ error: { code: apiErrors.unavailable } })
})

describe('a bad parameter', () => {
  test.each<[string, unknown, string]>([
    ['alys_sendTransaction', [], 'params is 0 values, expected 1 value'],
    ['alys_sendTransaction', ['xyz'], 'transaction is "xyz", expected hexadecimal bytes'],
    [
      'alys_sendTransaction',
      ['aabb'],
      `transaction is 2 bytes, expected ${transactionBytes} bytes`,
    ],
    [
      'alys_getBlock',
      ['first'],
      'block is "first", expected a block hash of 32 bytes, or a height',
    ],
    ['alys_getBlock', [-3], 'block is -3, expected a height: a whole number from 0'],
    ['alys_getAccount', [7], 'address is 7, expected hexadecimal bytes'],
    ['alys_getAccount', ['aa'], 'address is 1 bytes, expected 20 bytes'],
    ['alys_getHead', [1], 'params is 1 values, expected 0 values'],
    ['alys_getStatus', { a: 1 }, 'params is {"a":1}, expected an array'],
    ['alys_getPeers', 'x', 'params is "x", expected an array'],
    [
      'alys_getPeers',
      ['all'],
      'filter is "all", expected one of connected, banned, federation, miner, regular',
    ],
    ['alys_getPeer', [7], 'peer is 7, expected 1 to 128 characters of printable ASCII'],
    ['alys_connectPeer', [''], 'address is "", expected 1 to 200 characters of printable ASCII'],
    ['alys_banPeer', ['a', 0, 'x'], 'seconds is 0, expected a whole number from 1 to 31536000'],
    [
      'alys_banPeer',
      ['a', 1, 'é'],
      'reason is "é", expected 1 to 120 characters of printable ASCII',
    ],
    ['alys_unbanPeer', [], 'params is 0 values, expected 1 value'],
    ['alys_getEvidence', [1, 2], 'params is 2 values, expected 0 values'],
    ['alys_pauseSync', [true], 'params is 1 values, expected 0 values'],
  ])('of %s: %j is told by its name, value and expectation', (method, params, message) => {
    expect(call(method, params)).toEqual({ error: { code: apiErrors.invalidParams, message } })
  })
})

describe('a call', () => {
  test.each(['alys_nothing', 'toString', '__proto__', 'constructor', ''])(
    'of %j, which is no method, is told those that are',
    (method) => {
      const answer = call(method)
      expect(answer).toMatchObject({ error: { code: apiErrors.methodNotFound } })
      expect(JSON.stringify(answer)).toContain('alys_getBlock')
      expect(stage.reports('api-called')).toEqual([
        { kind: 'api-called', method: 'unknown', isError: true },
      ])
    },
  )

  test.each<[string, readonly unknown[], string]>([
    ['alys_sendTransaction', [sent], 'engine'],
    ['alys_getBlock', [1], 'chain'],
    ['alys_getHead', [], 'chain'],
    ['alys_getPeers', [], 'peer'],
    ['alys_getEvidence', [], 'storage'],
    ['alys_getSync', [], 'sync'],
  ])('of %s is unavailable if nobody answers within ten seconds', (method, params, who) => {
    const beforeMs = stage.simulation.nowMs
    expect(call(method, params)).toEqual({
      error: { code: apiErrors.unavailable, message: `${who}: timeout` },
    })
    expect(stage.simulation.nowMs - beforeMs).toBe(10_000)
  })
})
