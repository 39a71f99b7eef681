import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type NarrowedPayloads, readEngineRequest } from '../../../src/ledger/requests.ts'
import { attributesOn, extend, forkchoice, genesisBlock } from './world.ts'

const block = extend(genesisBlock, [{ from: 0, to: 1, nonce: 0 }])
const { payload, transactions } = block

const requests = [
  forkchoice(block, genesisBlock),
  forkchoice(block, genesisBlock, attributesOn(block)),
  { method: 'getPayload', payloadId: 'abc' },
  { method: 'newPayload', payload, transactions },
  { method: 'newPayloads', payloads: [{ payload, transactions }] },
  { method: 'preparePayloads', payloads: [] },
  { method: 'sendRawTransaction', transaction: new Uint8Array(149) },
  { method: 'status' },
  { method: 'account', address: new Uint8Array(20) },
]

test.each(requests)('a call is read as it is: $method', (request) => {
  expect(readEngineRequest(request, new WeakMap())).toEqual({ ok: true, value: request })
})

test.each([
  [undefined, 'is not an object'],
  [{}, 'method is not one of'],
  [{ method: 'exchangeCapabilities' }, 'method is not one of'],
  [{ ...forkchoice(block, genesisBlock), head: 'ABC' }, 'head is not a hash'],
  [{ ...forkchoice(block, genesisBlock), attributes: 7 }, 'attributes is not an object'],
  [{ method: 'newPayload', payload: { ...payload, number: -1 }, transactions }, 'payload number'],
  [{ method: 'newPayload', payload, transactions: [1] }, 'transactions is not a list of byte'],
  [{ method: 'newPayloads', payloads: 7 }, 'payloads is not a list of at most 64'],
  [{ method: 'newPayloads', payloads: Array(65).fill({}) }, 'payloads is not a list of at most 64'],
  [{ method: 'newPayloads', payloads: [{}] }, 'payloads payload is not an object'],
  [{ method: 'account', address: new Uint8Array(21) }, 'address is not 20 to 20 bytes'],
  [{ method: 'getPayload', payloadId: 'x'.repeat(65) }, 'payloadId is not a text'],
])('a malformed call is named: %#', (request, fault) => {
  const read = readEngineRequest(request, new WeakMap())
  expect(read.ok ? 'read' : read.fault).toContain(fault)
})

test('no value makes the reader throw', () => {
  const property = fc.property(fc.anything(), (value) => {
    expect(readEngineRequest(value, new WeakMap()).ok).toBe(false)
  })
  fc.assert(property, { seed: 1, numRuns: 300 })
})

test('a payload that was narrowed is not read again, and a malformed one is, each time', () => {
  const known: NarrowedPayloads = new WeakMap()
  const read = (item: unknown) =>
    readEngineRequest({ method: 'newPayloads', payloads: [item] }, known)
  const item = { payload, transactions }
  const first = read(item)
  const again = read(item)
  const payloadIn = (outcome: ReturnType<typeof read>): unknown =>
    outcome.ok && outcome.value.method === 'newPayloads' && outcome.value.payloads[0]
  expect(payloadIn(first)).toEqual(item)
  expect(payloadIn(again)).toBe(payloadIn(first))
  expect(payloadIn(read({ ...item }))).not.toBe(payloadIn(first))
  const wrong = { payload, transactions: [1] }
  expect([read(wrong).ok, read(wrong).ok]).toEqual([false, false])
})
