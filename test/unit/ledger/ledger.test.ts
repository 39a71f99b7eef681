import { expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import {
  type BuiltPayload,
  readBuiltPayload,
  readForkchoiceAnswer,
} from '../../../src/protocol/execution/engine-api.ts'
import {
  payloadTransactionsMax,
  sealPayload,
  transactionsRootOf,
} from '../../../src/protocol/execution/payload.ts'
import { transactionHash } from '../../../src/protocol/execution/transaction.ts'
import type { ExecutedPayload } from '../../../src/protocol/execution/transition.ts'
import { zeroHash } from '../../../src/protocol/hash.ts'
import {
  addressAt,
  attributesOn,
  Bench,
  type Block,
  extend,
  forkchoice,
  genesisBlock,
  genuine,
  miner,
  openBench,
  transfer,
  validOf,
} from './world.ts'

const pay = { from: 0, to: 1, nonce: 0 }
const a1 = extend(genesisBlock, [pay])
const a2 = extend(a1, [{ from: 1, to: 2, nonce: 0 }])
const b1 = extend(genesisBlock, [{ ...pay, to: 3 }])
const b2 = extend(b1)

const headOf = (bench: Bench): unknown => bench.call({ method: 'status' })
const place = ({ payload }: ExecutedPayload) => ({
  hash: payload.blockHash,
  number: payload.number,
})

function execute(bench: Bench, ...blocks: readonly Block[]): void {
  for (const block of blocks) expect(bench.execute(block)).toEqual(validOf(block))
}

function build(bench: Bench, parent: ExecutedPayload, finalized: ExecutedPayload): BuiltPayload {
  const begun = readForkchoiceAnswer(
    bench.call(forkchoice(parent, finalized, attributesOn(parent))),
  )
  const payloadId = present(begun.ok ? begun.value.payloadId : undefined, 'a payload id')
  const built = readBuiltPayload(bench.call({ method: 'getPayload', payloadId }))
  if (!built.ok) throw new Error(built.fault.detail)
  return built.value
}

// ----- newPayload -----

test('payloads are executed on any known parent, siblings too', () => {
  const bench = openBench()
  execute(bench, a1, b1, b2, a2)
})

test('a payload that was executed before is valid again, and is not executed again', () => {
  const bench = openBench()
  execute(bench, a1, a1)
  expect(bench.checks).toBe(1)
})

test('a payload whose parent is not known is neither valid nor invalid', () => {
  expect(openBench().execute(a2)).toEqual({ status: 'SYNCING' })
})

const resealed = (block: Block, changes: object): Block => ({
  ...block,
  payload: sealPayload({ ...block.payload, ...changes }),
})

test.each<[string, Block, number?]>([
  ['block-hash-wrong', { ...a1, payload: { ...a1.payload, number: 9 } }],
  ['number-wrong', resealed(a1, { number: 2 })],
  ['timestamp-wrong', resealed(a1, { timestampMs: genesisBlock.payload.timestampMs })],
  ['state-root-wrong', resealed(a1, { stateRoot: zeroHash })],
  ['transactions-root-wrong', { ...a1, transactions: [] }],
  ['transactions-root-wrong', { ...a1, transactions: [transfer({ ...pay, to: 2 })] }],
  ['malformed', { ...a1, transactions: [...a1.transactions, new Uint8Array(3)] }, 1],
  ['too-many-transactions', { ...a1, transactions: manyTransactions() }],
  ['nonce-too-high', withTransactions([transfer(pay), transfer({ ...pay, nonce: 2 })]), 1],
  ['nonce-too-low', withTransactions([transfer(pay), transfer({ ...pay, to: 2 })]), 1],
  ['balance-too-low', withTransactions([transfer({ ...pay, amount: 1_000n })]), 0],
  ['signature-invalid', withTransactions([transfer(pay), transfer(pay).with(148, 0)]), 1],
])('an invalid payload is answered with %s', (code, block, index) => {
  const answer = openBench().execute(block)
  expect(answer).toMatchObject({
    status: 'INVALID',
    latestValidHash: genesisBlock.payload.blockHash,
    fault: index === undefined ? { code } : { code, index },
  })
})

test('an invalid payload on an unknown parent names no valid hash', () => {
  const block = { ...a2, payload: { ...a2.payload, number: 9 } }
  expect(openBench().execute(block)).not.toHaveProperty('latestValidHash')
})

test('states are bounded: more are refused until some become final', () => {
  const bench = openBench({ statesMax: 3 })
  execute(bench, a1, a2)
  expect(bench.execute(b1)).toMatchObject({ error: { code: 'too-many-states' } })
  expect(bench.forkchoice(a2, a1)).toEqual({ status: 'VALID' })
  execute(bench, extend(a2))
})

// ----- forkchoiceUpdated -----

test('the head follows to a child and to a sibling', () => {
  const bench = openBench()
  execute(bench, a1, b1, b2)
  expect(bench.forkchoice(a1)).toEqual({ status: 'VALID' })
  expect(headOf(bench)).toMatchObject({ head: place(a1), finalized: place(genesisBlock) })
  expect(bench.forkchoice(b2)).toEqual({ status: 'VALID' })
  expect(headOf(bench)).toMatchObject({ head: place(b2) })
})

test('an unknown head changes nothing', () => {
  const bench = openBench()
  execute(bench, a1)
  bench.forkchoice(a1)
  expect(bench.call(forkchoice(b1, a1))).toEqual({ status: 'SYNCING' })
  expect(headOf(bench)).toMatchObject({ head: place(a1), finalized: place(genesisBlock) })
})

test('a head that is an ancestor of the present one begins nothing and sets nothing back', () => {
  const bench = openBench()
  execute(bench, a1, a2)
  bench.forkchoice(a2)
  expect(bench.call(forkchoice(a1, genesisBlock, attributesOn(a1)))).toEqual({ status: 'VALID' })
  expect(headOf(bench)).toMatchObject({ head: place(a2) })
})

test('the present head begins a payload when it is named again', () => {
  const bench = openBench()
  const answer = bench.call(forkchoice(genesisBlock, genesisBlock, attributesOn(genesisBlock)))
  expect(answer).toEqual({ status: 'VALID', payloadId: expect.any(String) })
})

test('attributes that do not follow the head are refused, the head is set all the same', () => {
  const bench = openBench()
  execute(bench, a1)
  const late = attributesOn(a1, { timestampMs: a1.payload.timestampMs })
  const answer = bench.call(forkchoice(a1, genesisBlock, late))
  expect(answer).toMatchObject({ error: { code: 'invalid-attributes' } })
  expect(headOf(bench)).toMatchObject({ head: place(a1) })
})

test('what is final must be an ancestor of the head', () => {
  const bench = openBench()
  execute(bench, a1, b1)
  expect(bench.call(forkchoice(a1, b1))).toMatchObject({ error: { code: 'invalid-forkchoice' } })
  expect(bench.call({ ...forkchoice(a1, a1), safe: b1.payload.blockHash })).toMatchObject({
    error: { code: 'invalid-forkchoice' },
  })
  expect(headOf(bench)).toMatchObject({ head: place(genesisBlock), finalized: place(genesisBlock) })
})

test('what is final cannot be taken back', () => {
  const bench = openBench()
  execute(bench, a1, b1, a2)
  bench.forkchoice(a1, a1)
  expect(bench.call(forkchoice(a2, b1))).toMatchObject({ error: { code: 'invalid-forkchoice' } })
  expect(bench.call(forkchoice(b1, b1))).toEqual({ status: 'SYNCING' })
  expect(headOf(bench)).toMatchObject({ finalized: place(a1) })
})

test('the zero hash says nothing about what is final', () => {
  const bench = openBench()
  execute(bench, a1)
  const call = { ...forkchoice(a1, a1), safe: zeroHash, finalized: zeroHash }
  expect(bench.call(call)).toEqual({ status: 'VALID' })
  expect(headOf(bench)).toMatchObject({ finalized: place(genesisBlock) })
})

test('the answer comes when what is final is durable, and later calls do not wait for it', () => {
  const bench = openBench()
  execute(bench, a1, a2)
  const slow = bench.ask(forkchoice(a1, a1))
  const quick = bench.ask({ method: 'newPayload', ...extend(a2) })
  const same = bench.ask(forkchoice(a1, a1))
  expect([slow.answer, same.answer]).toEqual([undefined, undefined])
  expect(quick.answer).toMatchObject({ status: 'VALID' })
  bench.store.run()
  expect([slow.answer, same.answer]).toEqual([{ status: 'VALID' }, { status: 'VALID' }])
})

test('a disk that fails is reported, and the same call succeeds later', () => {
  const bench = openBench()
  execute(bench, a1)
  bench.store.failures = 1
  expect(bench.forkchoice(a1, a1)).toMatchObject({ error: { code: 'store-failed' } })
  expect(bench.forkchoice(a1, a1)).toEqual({ status: 'VALID' })
})

test('a disk that is too far behind stops finality, and is tried again at each call', () => {
  const bench = openBench({ statesMax: 3 })
  execute(bench, a1, a2)
  bench.store.failures = 4
  const last = extend(a2)
  for (const finalised of [a1, a2]) bench.forkchoice(a2, finalised)
  execute(bench, last)
  bench.forkchoice(last, last)
  expect(bench.forkchoice(last, last)).toMatchObject({ error: { code: 'store-failed' } })
  expect(bench.store.failures).toBe(0)
  expect(bench.forkchoice(last, last)).toMatchObject({
    error: { detail: expect.stringContaining('behind') },
  })
  expect(bench.forkchoice(last, last)).toEqual({ status: 'VALID' })
})

// ----- replay of what is final already -----

test('a node that lost its last steps can replay what is final here', () => {
  const bench = openBench()
  execute(bench, a1, a2)
  bench.forkchoice(a2, a2)
  const again = new Bench(bench.store.crash())
  expect(again.open()).toBe('opened')
  execute(again, a1)
  expect(again.forkchoice(a1, a1)).toEqual({ status: 'VALID' })
  execute(again, a2)
  expect(again.forkchoice(a2, a1)).toEqual({ status: 'VALID' })
  expect(headOf(again)).toMatchObject({ head: place(a2), finalized: place(a2) })
  execute(again, extend(a2))
})

test('a sibling of what is final cannot be executed any more', () => {
  const bench = openBench()
  execute(bench, a1)
  bench.forkchoice(a1, a1)
  expect(bench.execute(b1)).toEqual({ status: 'SYNCING' })
})

// ----- the pool and building -----

test('transactions go from the pool into a payload and leave when it is final', () => {
  const bench = openBench()
  expect(bench.send(pay)).toEqual({ status: 'added', hash: genuine(pay).hash })
  expect(bench.send(pay)).toEqual({ status: 'known', hash: genuine(pay).hash })
  const built = build(bench, genesisBlock, genesisBlock)
  expect(built).toEqual({ payload: a1.payload, transactions: a1.transactions })
  execute(bench, a1)
  bench.forkchoice(a1)
  expect(headOf(bench)).toMatchObject({ pooled: 1 })
  expect(build(bench, a1, genesisBlock).transactions).toEqual([])
  bench.forkchoice(a1, a1)
  expect(headOf(bench)).toMatchObject({ pooled: 0 })
  expect(bench.checks).toBe(1)
})

test('a transaction in a head that is lost to a sibling is built in again', () => {
  const bench = openBench()
  bench.send(pay)
  const empty = extend(genesisBlock)
  execute(bench, a1, empty)
  bench.forkchoice(a1)
  bench.forkchoice(empty)
  expect(build(bench, empty, genesisBlock).transactions).toEqual([transfer(pay)])
})

test.each<[string, Uint8Array]>([
  ['malformed', new Uint8Array(7)],
  ['malformed', transfer(pay).with(1, 99)],
  ['nonce-too-high', transfer({ ...pay, nonce: 64 })],
  ['balance-too-low', transfer({ ...pay, amount: 1_000n })],
  ['fee-too-low', transfer({ ...pay, fee: 0n })],
  ['signature-invalid', transfer(pay).with(148, 0)],
])('a transaction is refused with %s', (code, transaction) => {
  const bench = openBench({ feeMin: 1n })
  const answer = bench.call({ method: 'sendRawTransaction', transaction })
  expect(answer).toMatchObject({ status: 'refused', code })
  expect(headOf(bench)).toMatchObject({ pooled: 0 })
})

test('a transaction that the head has executed is refused with nonce-too-low', () => {
  const bench = openBench()
  execute(bench, a1)
  bench.forkchoice(a1)
  expect(bench.send(pay)).toMatchObject({ status: 'refused', code: 'nonce-too-low' })
})

test('a transaction that the head can no longer pay leaves the pool', () => {
  const bench = openBench()
  bench.send({ ...pay, nonce: 2, amount: 900n })
  const spending = extend(a1, [{ ...pay, nonce: 1, amount: 500n }])
  execute(bench, a1, spending)
  bench.forkchoice(spending, a1)
  expect(headOf(bench)).toMatchObject({ pooled: 0 })
})

test('a payload that was not begun is not there', () => {
  const answer = openBench().call({ method: 'getPayload', payloadId: 'nothing' })
  expect(answer).toMatchObject({ error: { code: 'unknown-payload' } })
})

test('accounts are told at the head and at what is final', () => {
  const bench = openBench()
  execute(bench, a1)
  bench.forkchoice(a1)
  expect(bench.call({ method: 'account', address: addressAt(0) })).toEqual({
    head: { balance: 989n, nonce: 1 },
    finalized: { balance: 1_000n, nonce: 0 },
  })
  expect(bench.call({ method: 'account', address: miner })).toMatchObject({ head: { balance: 1n } })
})

function withTransactions(transactions: readonly Uint8Array[]): Block {
  const hashes = transactions.map(transactionHash)
  return { ...resealed(a1, { transactionsRoot: transactionsRootOf(hashes) }), transactions }
}

function manyTransactions(): readonly Uint8Array[] {
  return new Array<Uint8Array>(payloadTransactionsMax + 1).fill(transfer(pay))
}
