import { expect, test } from 'vitest'
import type { Account } from '../../../../src/protocol/execution/account.ts'
import type { ExecutionPayload } from '../../../../src/protocol/execution/payload.ts'
import { withAccount } from '../../../../src/protocol/execution/state-draft.ts'
import { accountAt, emptyTrie, rootOf } from '../../../../src/protocol/execution/state-trie.ts'
import type {
  GenuineTransaction,
  KnownTransaction,
} from '../../../../src/protocol/execution/transaction.ts'
import { applyTransaction, executePayload } from '../../../../src/protocol/execution/transition.ts'
import { zeroHash } from '../../../../src/protocol/hash.ts'

const address = (byte: number): Uint8Array => new Uint8Array(20).fill(byte)
const alice = address(1)
const bob = address(2)
const miner = address(3)
const state = withAccount(emptyTrie, alice, { balance: 100n, nonce: 4 })

/** The rules read these fields and no signature, so none is needed here. */
function transaction(changes: Partial<KnownTransaction> = {}): GenuineTransaction {
  const fields = { sender: alice, to: bob, nonce: 4, amount: 30n, fee: 2n, ...changes }
  return fields as GenuineTransaction
}

function balancesAfter(changes: Partial<KnownTransaction>, feeRecipient = miner): unknown {
  const applied = applyTransaction(state, transaction(changes), feeRecipient)
  if (!applied.ok) return applied.fault
  return [alice, bob, miner].map((who): Account => accountAt(applied.value, who))
}

const account = (balance: bigint, nonce = 0): Account => ({ balance, nonce })

test('the amount goes to the receiver, the fee to the fee recipient, and the nonce rises', () => {
  expect(balancesAfter({})).toEqual([account(68n, 5), account(30n), account(2n)])
})

test('one account may be sender, receiver and fee recipient at once', () => {
  expect(balancesAfter({ to: alice }, alice)).toEqual([account(100n, 5), account(0n), account(0n)])
  expect(balancesAfter({ to: miner })).toEqual([account(68n, 5), account(0n), account(32n)])
  expect(balancesAfter({}, alice)).toEqual([account(70n, 5), account(30n), account(0n)])
})

test('a balance may be spent to the last unit and no further', () => {
  expect(balancesAfter({ amount: 98n })).toEqual([account(0n, 5), account(98n), account(2n)])
  expect(balancesAfter({ amount: 99n })).toEqual({
    code: 'balance-too-low',
    balance: 100n,
    cost: 101n,
  })
})

test('amount and fee do not wrap around', () => {
  const most = (1n << 64n) - 1n
  expect(balancesAfter({ amount: most, fee: most })).toMatchObject({ code: 'balance-too-low' })
})

test('a nonce must be the next', () => {
  expect(balancesAfter({ nonce: 3 })).toEqual({ code: 'nonce-too-low', nonce: 3, expected: 4 })
  expect(balancesAfter({ nonce: 5 })).toEqual({ code: 'nonce-too-high', nonce: 5, expected: 4 })
})

const parentPayload: ExecutionPayload = {
  parentHash: zeroHash,
  number: 3,
  timestampMs: 50,
  feeRecipient: miner,
  extraData: new Uint8Array(0),
  stateRoot: rootOf(state),
  transactionsRoot: zeroHash,
  blockHash: 'aa'.repeat(32),
}
const parent = { payload: parentPayload, state }
const child = { ...parentPayload, parentHash: parentPayload.blockHash, number: 4, timestampMs: 51 }

test('a payload without transactions leaves the accounts as they are', () => {
  expect(executePayload(parent, child, [])).toEqual({ ok: true, value: state })
})

test('transactions are executed one after another', () => {
  const first = transaction()
  const second = transaction({ nonce: 5, amount: 60n })
  const states = [first, second].reduce((before, next) => {
    const applied = applyTransaction(before, next, miner)
    return applied.ok ? applied.value : before
  }, state)
  const payload = { ...child, stateRoot: rootOf(states) }
  expect(executePayload(parent, payload, [first, second])).toMatchObject({ ok: true })
  expect(executePayload(parent, payload, [second, first])).toEqual({
    ok: false,
    fault: { code: 'nonce-too-high', index: 0, detail: "the nonce is 5, the account's 4" },
  })
})

test.each([
  ['number-wrong', { number: 5 }],
  ['number-wrong', { number: 3 }],
  ['timestamp-wrong', { timestampMs: 50 }],
  ['state-root-wrong', { stateRoot: zeroHash }],
])('a payload is invalid for %s', (code, change) => {
  expect(executePayload(parent, { ...child, ...change }, [])).toMatchObject({ fault: { code } })
})

test('a payload is never executed on another than its parent', () => {
  expect(() => executePayload(parent, { ...child, parentHash: zeroHash }, [])).toThrow('parent')
})
