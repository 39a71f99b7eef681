import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TransactionPool } from '../../../src/ledger/pool.ts'
import type { Account } from '../../../src/protocol/execution/account.ts'
import type { GenuineTransaction } from '../../../src/protocol/execution/transaction.ts'
import { addressAt, genesisBlock, genuine, type Transfer } from './world.ts'

const limits = { poolMax: 8, perSenderMax: 4, feeMin: 1n }
const account: Account = { balance: 100n, nonce: 5 }

function poolOf(...transfers: readonly Transfer[]): TransactionPool {
  const pool = new TransactionPool(limits)
  for (const fields of transfers) pool.add(genuine(fields))
  return pool
}

function refusalOf(pool: TransactionPool, fields: Transfer, of = account): string | undefined {
  return pool.refusal(genuine(fields), of)
}

function offered(pool: TransactionPool, skip?: GenuineTransaction): string[] {
  const order: string[] = []
  pool.select(genesisBlock.state, (transaction) => {
    order.push(transaction.hash)
    return transaction.hash === skip?.hash ? 'skipped' : 'taken'
  })
  return order
}

const hashes = (...transfers: readonly Transfer[]): string[] =>
  transfers.map((fields) => genuine(fields).hash)

test('the next nonce is taken, and later ones within the window', () => {
  const pool = poolOf()
  expect(refusalOf(pool, { from: 0, to: 1, nonce: 4 })).toBe('nonce-too-low')
  expect(refusalOf(pool, { from: 0, to: 1, nonce: 5 })).toBeUndefined()
  expect(refusalOf(pool, { from: 0, to: 1, nonce: 8 })).toBeUndefined()
  expect(refusalOf(pool, { from: 0, to: 1, nonce: 9 })).toBe('nonce-too-high')
})

test('a fee below the least is refused', () => {
  expect(refusalOf(poolOf(), { from: 0, to: 1, nonce: 5, fee: 0n })).toBe('fee-too-low')
})

test('all that a sender has waiting must be covered by its balance', () => {
  const pool = poolOf({ from: 0, to: 1, nonce: 5, amount: 50n, fee: 1n })
  expect(refusalOf(pool, { from: 0, to: 1, nonce: 6, amount: 48n, fee: 1n })).toBeUndefined()
  expect(refusalOf(pool, { from: 0, to: 1, nonce: 6, amount: 49n, fee: 1n })).toBe(
    'balance-too-low',
  )
  const other: Account = { balance: 100n, nonce: 6 }
  expect(refusalOf(pool, { from: 0, to: 1, nonce: 6, amount: 99n, fee: 1n }, other)).toBeUndefined()
})

test('only a higher fee takes the place of a transaction with the same nonce', () => {
  const first: Transfer = { from: 0, to: 1, nonce: 5, amount: 90n, fee: 3n }
  const pool = poolOf(first)
  expect(refusalOf(pool, { ...first, to: 2 })).toBe('fee-too-low')
  expect(refusalOf(pool, { ...first, to: 2, fee: 4n })).toBeUndefined()
  pool.add(genuine({ ...first, to: 2, fee: 4n }))
  expect(pool.size).toBe(1)
  expect(pool.has(genuine(first).hash)).toBe(false)
})

test('the pool is bounded in all and by sender', () => {
  const full = poolOf(
    ...[0, 1, 2, 3].map((nonce) => ({ from: 0, to: 1, nonce: nonce + 3 })),
    ...[0, 1, 2].map((nonce) => ({ from: 1, to: 1, nonce })),
  )
  expect(refusalOf(full, { from: 0, to: 1, nonce: 7 })).toBe('pool-full')
  expect(refusalOf(full, { from: 2, to: 1, nonce: 5 })).toBeUndefined()
  full.add(genuine({ from: 2, to: 1, nonce: 5 }))
  expect(refusalOf(full, { from: 3, to: 1, nonce: 5 })).toBe('pool-full')
  expect(refusalOf(full, { from: 2, to: 1, nonce: 5, fee: 2n })).toBeUndefined()
})

test('what waits behind a gap fills at most half of the pool', () => {
  const half = poolOf(...[0, 1, 2, 3].map((nonce) => ({ from: 1, to: 1, nonce })))
  expect(refusalOf(half, { from: 0, to: 1, nonce: 6 })).toBe('nonce-too-high')
  expect(refusalOf(half, { from: 0, to: 1, nonce: 5 })).toBeUndefined()
})

test('a higher fee goes first, an earlier arrival next, and nonces of a sender in order', () => {
  const cheap: Transfer = { from: 0, to: 1, nonce: 0, fee: 1n }
  const behindCheap: Transfer = { from: 0, to: 1, nonce: 1, fee: 9n }
  const early: Transfer = { from: 1, to: 2, nonce: 0, fee: 5n }
  const late: Transfer = { from: 2, to: 3, nonce: 0, fee: 5n }
  const behindGap: Transfer = { from: 3, to: 4, nonce: 1, fee: 20n }
  const pool = poolOf(behindGap, behindCheap, early, late, cheap)
  expect(offered(pool)).toEqual(hashes(early, late, cheap, behindCheap))
})

test('the order is that of taking the best of what can come next, again and again', () => {
  const anyOffer = fc.record({ from: fc.nat({ max: 5 }), fee: fc.bigInt({ min: 1n, max: 4n }) })
  const anyOffers = fc.array(anyOffer, { maxLength: 24 })
  const property = fc.property(anyOffers, (offers) => {
    const pool = new TransactionPool({ poolMax: 24, perSenderMax: 24, feeMin: 0n })
    const transfers = offers.map((offer, index): Transfer => {
      const nonce = offers.slice(0, index).filter(({ from }) => from === offer.from).length
      return { ...offer, to: 0, nonce }
    })
    for (const fields of transfers) pool.add(genuine(fields))
    expect(offered(pool)).toEqual(hashes(...byTakingTheBest(transfers)))
  })
  fc.assert(property, { seed: 1, numRuns: 60 })
})

function byTakingTheBest(transfers: readonly Transfer[]): readonly Transfer[] {
  const left = [...transfers]
  const order: Transfer[] = []
  while (left.length > 0) {
    const first = left.filter(({ from }, i) => left.findIndex((other) => other.from === from) === i)
    const best = first.reduce((a, b) => ((b.fee ?? 0n) > (a.fee ?? 0n) ? b : a))
    left.splice(left.indexOf(best), 1)
    order.push(best)
  }
  return order
}

test('a sender whose transaction is skipped is offered no more', () => {
  const first: Transfer = { from: 0, to: 1, nonce: 0, fee: 9n }
  const second: Transfer = { from: 0, to: 1, nonce: 1, fee: 9n }
  const other: Transfer = { from: 1, to: 2, nonce: 0, fee: 1n }
  expect(offered(poolOf(first, second, other), genuine(first))).toEqual(hashes(first, other))
})

test('nothing is offered once the payload is full', () => {
  const pool = poolOf({ from: 0, to: 1, nonce: 0 }, { from: 1, to: 2, nonce: 0 })
  let offers = 0
  pool.select(genesisBlock.state, () => {
    offers += 1
    return 'full'
  })
  expect(offers).toBe(1)
})

test('a nonce used up in a final payload leaves, one used up in the head stays', () => {
  const pool = poolOf(...[5, 6, 7].map((nonce) => ({ from: 0, to: 1, nonce })))
  pool.settle(addressAt(0), { balance: 100n, nonce: 6 }, { balance: 100n, nonce: 7 })
  expect(hashesIn(pool, [5, 6, 7])).toEqual([6, 7])
})

test('what the head cannot pay leaves, and what comes after it', () => {
  const pool = poolOf(
    { from: 0, to: 1, nonce: 5, amount: 10n },
    { from: 0, to: 1, nonce: 6, amount: 60n },
    { from: 0, to: 1, nonce: 7, amount: 10n },
  )
  pool.settle(addressAt(0), account, { balance: 50n, nonce: 5 })
  expect(pool.size).toBe(1)
  expect(pool.has(genuine({ from: 0, to: 1, nonce: 5, amount: 10n }).hash)).toBe(true)
})

test('an account that has nothing in the pool is of no concern', () => {
  const pool = poolOf({ from: 0, to: 1, nonce: 0 })
  pool.settle(addressAt(1), account, account)
  expect(pool.size).toBe(1)
})

function hashesIn(pool: TransactionPool, nonces: readonly number[]): number[] {
  return nonces.filter((nonce) => pool.has(genuine({ from: 0, to: 1, nonce }).hash))
}
