import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { EngineActor } from '../../../../src/actors/engine/actor.ts'
import type {
  AccountAnswer,
  BuildRequest,
  BuiltPayload,
  EngineMessage,
  EngineStatus,
  ExecutionOutcome,
  ManyOutcome,
  TransactionOutcome,
} from '../../../../src/actors/engine/messages.ts'
import type { Address } from '../../../../src/kernel/actor.ts'
import type { EngineRequest } from '../../../../src/protocol/execution/engine-api.ts'
import { federationOf } from '../../../support/actors/federation.ts'
import { Stage } from '../../../support/actors/stage.ts'

const payload = federationOf(1).chain.genesisPayload
const hash = payload.blockHash
const content = { payload, transactions: [] }
const place = { hash, number: 3 }
const order: BuildRequest = {
  head: hash,
  finalized: hash,
  timestampMs: 5_000,
  feeRecipient: new Uint8Array(20),
  extraData: new Uint8Array(0),
}
const callDeadlineMs = 5_000

let stage: Stage
let engine: Address<EngineMessage>
/** What the engine was asked, in order. */
let requests: EngineRequest[]
/** What it answers; `silent` is nothing. */
let answers: (request: EngineRequest) => unknown

beforeEach(() => {
  requests = []
  answers = () => 'silent'
  stage = new Stage({
    engine: (request, done) => {
      requests.push(request as EngineRequest)
      const answer = answers(request as EngineRequest)
      if (answer !== 'silent') done(answer)
    },
  })
  engine = stage.spawn<EngineMessage>('engine', (context) => {
    const limits = { payloadTransactionsMax: 10, payloadBytesMax: 1_000 }
    return new EngineActor(context, stage.environment.services, { callDeadlineMs, ...limits })
  })
})

const ask = {
  execute: () =>
    stage.ask<EngineMessage, ExecutionOutcome>(engine, (reply) => ({
      kind: 'execute',
      payload,
      transactions: [],
      reply,
    })),
  executeMany: () =>
    stage.ask<EngineMessage, ManyOutcome>(engine, (reply) => ({
      kind: 'execute-many',
      payloads: [content, content],
      reply,
    })),
  prepare: () =>
    stage.ask<EngineMessage, undefined | string>(engine, (reply) => ({
      kind: 'prepare',
      payloads: [content],
      reply: () => reply('prepared'),
    })),
  build: () =>
    stage.ask<EngineMessage, BuiltPayload | undefined>(engine, (reply) => ({
      kind: 'build',
      request: order,
      reply,
    })),
  submit: () =>
    stage.ask<EngineMessage, TransactionOutcome>(engine, (reply) => ({
      kind: 'submit-transaction',
      transaction: Uint8Array.of(1),
      reply,
    })),
  status: () =>
    stage.ask<EngineMessage, EngineStatus | undefined>(engine, (reply) => ({
      kind: 'get-engine-status',
      reply,
    })),
  account: () =>
    stage.ask<EngineMessage, AccountAnswer | undefined>(engine, (reply) => ({
      kind: 'get-account',
      address: new Uint8Array(20),
      reply,
    })),
}

describe('executing a payload', () => {
  test.each<[unknown, ExecutionOutcome]>([
    [{ status: 'VALID' }, { kind: 'valid' }],
    [{ status: 'SYNCING' }, { kind: 'syncing' }],
    [
      { status: 'INVALID', fault: { code: 'state-root', detail: 'differs' } },
      { kind: 'invalid', detail: 'differs' },
    ],
    [{ status: 'INVALID' }, { kind: 'invalid', detail: 'no reason given' }],
    [{ status: 'MAYBE' }, { kind: 'unavailable', detail: 'answer-malformed' }],
    [
      { error: { code: 'store-failed', detail: 'io' } },
      { kind: 'unavailable', detail: 'store-failed' },
    ],
  ])('that the engine answers with %j comes to %j', (answer, outcome) => {
    answers = () => answer
    expect(ask.execute()).toEqual(outcome)
  })

  test('that the engine never answers is unavailable after the deadline', () => {
    const beforeMs = stage.simulation.nowMs
    expect(ask.execute()).toEqual({ kind: 'unavailable', detail: 'timeout' })
    expect(stage.simulation.nowMs - beforeMs).toBe(callDeadlineMs)
    expect(stage.reports('engine-call-failed')).toMatchObject([
      { method: 'newPayload', code: 'timeout' },
    ])
  })
})

describe('executing several payloads', () => {
  test.each<[unknown, ManyOutcome]>([
    [{ valid: 2 }, { valid: 2, last: { kind: 'valid' } }],
    [
      { valid: 1, stopped: { status: 'SYNCING' } },
      { valid: 1, last: { kind: 'syncing' } },
    ],
    [
      { valid: 0, stopped: { status: 'INVALID', fault: { code: 'a', detail: 'b' } } },
      { valid: 0, last: { kind: 'invalid', detail: 'b' } },
    ],
    [
      { valid: 1, error: { code: 'too-many-states', detail: '' } },
      { valid: 1, last: { kind: 'unavailable', detail: 'too-many-states' } },
    ],
    [
      { error: { code: 'not-open', detail: '' } },
      { valid: 0, last: { kind: 'unavailable', detail: 'not-open' } },
    ],
    // It says neither what became of the second nor that there was none.
    [{ valid: 1 }, { valid: 0, last: { kind: 'unavailable', detail: 'answer-malformed' } }],
    [{ valid: 3 }, { valid: 0, last: { kind: 'unavailable', detail: 'answer-malformed' } }],
    [7, { valid: 0, last: { kind: 'unavailable', detail: 'answer-malformed' } }],
  ])('that the engine answers with %j comes to %j', (answer, outcome) => {
    answers = () => answer
    expect(ask.executeMany()).toEqual(outcome)
    expect(requests).toEqual([{ method: 'newPayloads', payloads: [content, content] }])
  })
})

describe('preparing payloads', () => {
  test.each([[{ prepared: 1 }], [{ error: { code: 'malformed', detail: '' } }], ['silent']])(
    'that the engine answers with %j is done',
    (answer) => {
      answers = () => answer
      expect(ask.prepare()).toBe('prepared')
    },
  )

  test('does not hold up other calls', () => {
    answers = ({ method }) => (method === 'preparePayloads' ? 'silent' : { status: 'VALID' })
    const reply = (): void => undefined
    stage.send(engine, { kind: 'prepare', payloads: [content], reply })
    expect(ask.execute()).toEqual({ kind: 'valid' })
    expect(requests.map(({ method }) => method)).toEqual(['preparePayloads', 'newPayload'])
  })
})

describe('building a payload', () => {
  test('sets the head with attributes, and takes what was begun', () => {
    answers = ({ method }) =>
      method === 'getPayload'
        ? { payload, transactions: [Uint8Array.of(9)] }
        : { status: 'VALID', payloadId: 'p1' }
    expect(ask.build()).toEqual({ payload, transactions: [Uint8Array.of(9)] })
    expect(requests).toMatchObject([
      {
        method: 'forkchoiceUpdated',
        head: hash,
        safe: hash,
        finalized: hash,
        attributes: { timestampMs: 5_000, transactionsMax: 10, bytesMax: 1_000 },
      },
      { method: 'getPayload', payloadId: 'p1' },
    ])
  })

  test.each([
    ['begins none', { status: 'VALID' }],
    ['lacks the head', { status: 'SYNCING' }],
    ['makes no sense', { status: 'VALID', payloadId: 7 }],
    ['cannot', { error: { code: 'invalid-attributes', detail: 'too old' } }],
  ])('comes to nothing if the engine %s', (_why, answer) => {
    answers = () => answer
    expect(ask.build()).toBeUndefined()
  })

  test('comes to nothing if what was begun cannot be had', () => {
    answers = ({ method }) =>
      method === 'getPayload' ? { payload: 'gone' } : { status: 'VALID', payloadId: 'p1' }
    expect(ask.build()).toBeUndefined()
  })
})

describe('a transaction', () => {
  test.each<[unknown, TransactionOutcome]>([
    [
      { status: 'added', hash },
      { kind: 'added', hash },
    ],
    [
      { status: 'known', hash },
      { kind: 'known', hash },
    ],
    [
      { status: 'refused', code: 'nonce-too-low', hash },
      { kind: 'refused', code: 'nonce-too-low', detail: `transaction ${hash}` },
    ],
    [
      { error: { code: 'not-open', detail: 'starting' } },
      { kind: 'refused', code: 'unavailable', detail: 'not-open: starting' },
    ],
  ])('that the engine answers with %j comes to %j', (answer, outcome) => {
    answers = () => answer
    expect(ask.submit()).toEqual(outcome)
  })
})

describe('questions', () => {
  test('about the state are answered', () => {
    answers = ({ method }) =>
      method === 'status'
        ? { genesis: hash, finalized: place, head: { hash, number: 5 }, pooled: 2 }
        : { head: { balance: 7n, nonce: 1 }, finalized: { balance: 6n, nonce: 0 } }
    expect(ask.status()).toEqual({ finalizedNumber: 3, headNumber: 5, pooled: 2 })
    expect(ask.account()).toEqual({
      head: { balance: 7n, nonce: 1 },
      finalized: { balance: 6n, nonce: 0 },
    })
  })

  test('are answered by nothing if the engine makes no sense', () => {
    answers = () => ({ finalized: place, head: { number: -1 } })
    expect(ask.status()).toBeUndefined()
    expect(ask.account()).toBeUndefined()
    expect(stage.reports('engine-call-failed')).toHaveLength(2)
  })
})

describe('calls', () => {
  test('are made one at a time, in the order in which they were asked for', () => {
    answers = ({ method }) => (method === 'newPayload' ? 'silent' : { status: 'VALID' })
    const nobody = (): void => undefined
    stage.send(engine, { kind: 'execute', payload, transactions: [], reply: nobody })
    stage.send(engine, { kind: 'set-head', head: hash, finalized: hash })
    stage.run(callDeadlineMs - 100)
    expect(requests.map(({ method }) => method)).toEqual(['newPayload'])
    stage.run(200)
    expect(requests.map(({ method }) => method)).toEqual(['newPayload', 'forkchoiceUpdated'])
    expect(requests[1]).toEqual({
      method: 'forkchoiceUpdated',
      head: hash,
      safe: hash,
      finalized: hash,
    })
  })

  test('beyond 1,024 that wait are unavailable at once', () => {
    const outcomes: ExecutionOutcome[] = []
    for (let i = 0; i < 1_030; i += 1) {
      const reply = (outcome: ExecutionOutcome): void => {
        outcomes.push(outcome)
      }
      stage.send(engine, { kind: 'execute', payload, transactions: [], reply })
    }
    // One is on its way, 1,024 wait.
    expect(outcomes).toEqual(Array(5).fill({ kind: 'unavailable', detail: 'busy' }))
  })

  test('that are answered by anything at all never make the actor fail', () => {
    const survives = fc.property(fc.anything(), (answer) => {
      answers = () => answer
      ask.execute()
      ask.build()
      ask.submit()
      ask.status()
      ask.account()
      expect(stage.failures).toEqual([])
    })
    fc.assert(survives, { seed: 1, numRuns: 200 })
  })
})
