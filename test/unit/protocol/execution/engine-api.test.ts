import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  readAccountAnswer,
  readBuiltPayload,
  readEngineStatus,
  readForkchoiceAnswer,
  readNewPayloadAnswer,
  readSendTransactionAnswer,
} from '../../../../src/protocol/execution/engine-api.ts'
import { genesisPayload } from '../../../../src/protocol/execution/genesis.ts'

const hash = 'cd'.repeat(32)
const place = { hash, number: 4 }
const account = { balance: 5n, nonce: 1 }
const payload = genesisPayload({ timestampMs: 1, allocations: [] })

const readers = [
  readForkchoiceAnswer,
  readBuiltPayload,
  readNewPayloadAnswer,
  readSendTransactionAnswer,
  readEngineStatus,
  readAccountAnswer,
] as const

test.each<[(typeof readers)[number], unknown]>([
  [readForkchoiceAnswer, { status: 'SYNCING' }],
  [readForkchoiceAnswer, { status: 'VALID', payloadId: 'abc' }],
  [readBuiltPayload, { payload, transactions: [Uint8Array.of(1)] }],
  [readNewPayloadAnswer, { status: 'VALID', latestValidHash: hash }],
  [readNewPayloadAnswer, { status: 'INVALID', fault: { code: 'x', detail: 'y', index: 3 } }],
  [readNewPayloadAnswer, { status: 'INVALID', fault: { code: 'x', detail: 'y' } }],
  [readSendTransactionAnswer, { status: 'added', hash }],
  [readSendTransactionAnswer, { status: 'refused', code: 'pool-full', hash }],
  [readEngineStatus, { genesis: hash, finalized: place, head: place, pooled: 0 }],
  [readAccountAnswer, { head: account, finalized: account }],
])('%#: an answer is read as it is', (read, answer) => {
  expect(read(answer)).toEqual({ ok: true, value: answer })
})

test.each<[(typeof readers)[number], unknown, string]>([
  [readForkchoiceAnswer, { status: 'ACCEPTED' }, 'status is not one of'],
  [readForkchoiceAnswer, { status: 'VALID', payloadId: 5 }, 'payloadId is not a text'],
  [readBuiltPayload, { payload: { ...payload, number: 0.5 }, transactions: [] }, 'payload number'],
  [readBuiltPayload, { payload }, 'transactions is not a list'],
  [readNewPayloadAnswer, { status: 'INVALID', fault: 'bad' }, 'fault is not an object'],
  [readNewPayloadAnswer, { status: 'VALID', latestValidHash: null }, 'latestValidHash is not'],
  [readSendTransactionAnswer, { status: 'refused', code: 'tired', hash }, 'code is not one of'],
  [readEngineStatus, { genesis: hash, finalized: place, head: 3, pooled: 0 }, 'head is not'],
  [readAccountAnswer, { head: account, finalized: { balance: 5, nonce: 1 } }, 'finalized balance'],
])('%#: an answer that makes no sense is named', (read, answer, detail) => {
  const outcome = read(answer)
  expect(outcome).toMatchObject({ ok: false, fault: { code: 'answer-malformed' } })
  expect(outcome.ok ? '' : outcome.fault.detail).toContain(detail)
})

test('an error is an answer to any call', () => {
  const error = { code: 'too-many-states', detail: 'no room' }
  for (const read of readers) expect(read({ error })).toEqual({ ok: false, fault: error })
})

test('an error that is not known here makes no sense', () => {
  for (const error of [{ code: -32_000, message: 'x' }, 'no', { code: 'odd', detail: '' }]) {
    expect(readEngineStatus({ error })).toMatchObject({ fault: { code: 'answer-malformed' } })
  }
})

test('no answer makes a reader throw', () => {
  const property = fc.property(fc.anything(), (value) => {
    for (const read of readers) expect(read(value).ok).toBe(false)
  })
  fc.assert(property, { seed: 1, numRuns: 200 })
})
