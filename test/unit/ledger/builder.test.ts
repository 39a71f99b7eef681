import { expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { PayloadBuilder } from '../../../src/ledger/builder.ts'
import { defaultLimits } from '../../../src/ledger/limits.ts'
import { TransactionPool } from '../../../src/ledger/pool.ts'
import { transactionBytes } from '../../../src/protocol/execution/transaction.ts'
import { attributesOn, extend, genesisBlock, genuine, type Transfer, transfer } from './world.ts'

function builderOn(transfers: readonly Transfer[], jobsMax = 4): PayloadBuilder {
  const pool = new TransactionPool(defaultLimits)
  for (const fields of transfers) pool.add(genuine(fields))
  return new PayloadBuilder(pool, jobsMax)
}

const three = [0, 1, 2].map((from): Transfer => ({ from, to: from + 1, nonce: 0 }))

test('a payload holds what the pool offers and is valid', () => {
  const builder = builderOn(three)
  const built = builder.take(builder.begin(genesisBlock, attributesOn(genesisBlock)))
  const { payload, transactions } = extend(genesisBlock, three)
  expect(built).toEqual({ payload, transactions })
})

test('transactions are limited in number and in bytes', () => {
  const counts = [
    { transactionsMax: 2 },
    { transactionsMax: 0 },
    { bytesMax: 2 * transactionBytes },
    { bytesMax: 2 * transactionBytes - 1 },
  ].map((changes) => {
    const builder = builderOn(three)
    const id = builder.begin(genesisBlock, attributesOn(genesisBlock, changes))
    return builder.take(id)?.transactions.length
  })
  expect(counts).toEqual([2, 0, 2, 1])
})

test('what cannot be executed is left out, and the rest stays valid', () => {
  const tooMuch: Transfer = { from: 0, to: 1, nonce: 0, amount: 5_000n, fee: 9n }
  const builder = builderOn([tooMuch, { from: 0, to: 1, nonce: 1 }, { from: 1, to: 2, nonce: 0 }])
  const built = builder.take(builder.begin(genesisBlock, attributesOn(genesisBlock)))
  expect(built?.transactions).toEqual([transfer({ from: 1, to: 2, nonce: 0 })])
})

test('the transactions are those of the moment of asking, and stay the same', () => {
  const pool = new TransactionPool(defaultLimits)
  const builder = new PayloadBuilder(pool, 4)
  const id = builder.begin(genesisBlock, attributesOn(genesisBlock))
  pool.add(genuine({ from: 0, to: 1, nonce: 0 }))
  const first = builder.take(id)
  pool.add(genuine({ from: 1, to: 1, nonce: 0 }))
  expect(first?.transactions.length).toBe(1)
  expect(builder.take(id)).toBe(first)
})

test('an id stands for one parent and one set of attributes', () => {
  const builder = builderOn([], 10)
  const child = extend(genesisBlock)
  const ids = [
    builder.begin(genesisBlock, attributesOn(genesisBlock)),
    builder.begin(genesisBlock, attributesOn(genesisBlock)),
    builder.begin(genesisBlock, attributesOn(genesisBlock, { timestampMs: 9_999 })),
    builder.begin(genesisBlock, attributesOn(genesisBlock, { extraData: Uint8Array.of(1) })),
    builder.begin(child, attributesOn(genesisBlock)),
  ]
  expect(new Set(ids).size).toBe(4)
  expect(ids[0]).toBe(ids[1])
})

test('the oldest job is forgotten', () => {
  const builder = builderOn([], 2)
  const ids = [1, 2, 3].map((i) =>
    builder.begin(genesisBlock, attributesOn(genesisBlock, { timestampMs: 5_000 + i })),
  )
  expect(ids.map((id) => builder.take(id) !== undefined)).toEqual([false, true, true])
  expect(builder.take(present(ids[2], 'an id'))?.payload.timestampMs).toBe(5_003)
})
