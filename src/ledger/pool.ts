/**
 * Transactions that wait to be put into a payload. A sender's are ordered by nonce and may have gaps,
 * since they arrive in any order; what waits behind a gap fills at most half of the pool, because it
 * costs its sender nothing. A transaction leaves when its nonce is used up in a final payload, not
 * when it is in the head, which can still be lost to a sibling.
 *
 * Does not check signatures: what is added is genuine.
 */
import { assert } from '../base/assert.ts'
import { toHex } from '../base/bytes.ts'
import type { Account } from '../protocol/execution/account.ts'
import type { RefusalCode } from '../protocol/execution/engine-api.ts'
import { type AccountTrie, accountAt } from '../protocol/execution/state-trie.ts'
import type { GenuineTransaction, KnownTransaction } from '../protocol/execution/transaction.ts'
import type { Hash } from '../protocol/hash.ts'

interface PoolLimits {
  readonly poolMax: number
  readonly perSenderMax: number
  readonly feeMin: bigint
}

/** What became of an offered transaction; after `full` no other is offered. */
type Taking = 'taken' | 'skipped' | 'full'

interface Pooled {
  readonly transaction: GenuineTransaction
  /** Counts up over the pool's life. */
  readonly arrival: number
}

/** One sender's, by nonce. */
type Pending = Map<number, Pooled>

export class TransactionPool {
  readonly #limits: PoolLimits
  readonly #hashes = new Set<Hash>()
  /** By the sender's address in hexadecimal. None is empty. */
  readonly #senders = new Map<string, Pending>()
  #arrivals = 0

  constructor(limits: PoolLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#hashes.size
  }

  has(hash: Hash): boolean {
    return this.#hashes.has(hash)
  }

  /** Why this new transaction cannot be added; `account` is its sender's at the head. */
  refusal(transaction: KnownTransaction, account: Account): RefusalCode | undefined {
    const { nonce, fee } = transaction
    const { perSenderMax, feeMin } = this.#limits
    const pending: Pending = this.#senders.get(toHex(transaction.sender)) ?? new Map()
    if (nonce < account.nonce) return 'nonce-too-low'
    if (nonce >= account.nonce + perSenderMax) return 'nonce-too-high'
    if (fee < feeMin) return 'fee-too-low'
    const rival = pending.get(nonce)
    if (rival !== undefined && fee <= rival.transaction.fee) return 'fee-too-low'
    if (rival === undefined) {
      if (pending.size >= perSenderMax || this.size >= this.#limits.poolMax) return 'pool-full'
      const isBehindGap = nonce > account.nonce && !pending.has(nonce - 1)
      if (isBehindGap && 2 * this.size >= this.#limits.poolMax) return 'nonce-too-high'
    }
    const cost = costOf(transaction) + costOfOthers(pending, account.nonce, nonce)
    return cost > account.balance ? 'balance-too-low' : undefined
  }

  /** Adds a transaction that {@link refusal} let pass, in place of one with the same nonce. */
  add(transaction: GenuineTransaction): void {
    assert(!this.has(transaction.hash), `${transaction.hash} is new to the pool`)
    const key = toHex(transaction.sender)
    const pending: Pending = this.#senders.get(key) ?? new Map()
    const rival = pending.get(transaction.nonce)
    if (rival !== undefined) this.#hashes.delete(rival.transaction.hash)
    this.#senders.set(key, pending)
    this.#hashes.add(transaction.hash)
    pending.set(transaction.nonce, { transaction, arrival: this.#arrivals })
    this.#arrivals += 1
  }

  /**
   * Drops what the account at `address` can no longer have executed: nonces used up in a final payload,
   * and from the first that it cannot pay at the head, it and all after it.
   */
  settle(address: Uint8Array, finalised: Account, head: Account): void {
    // Asked of every account that changed, also while a node catches up and nobody sends anything.
    if (this.#senders.size === 0) return
    const key = toHex(address)
    const pending = this.#senders.get(key)
    if (pending === undefined) return
    let left = head.balance
    for (const { transaction } of [...pending.values()].sort(byNonce)) {
      const isWaiting = transaction.nonce >= head.nonce
      if (isWaiting) left -= costOf(transaction)
      if (transaction.nonce < finalised.nonce || (isWaiting && left < 0n)) {
        pending.delete(transaction.nonce)
        this.#hashes.delete(transaction.hash)
      }
    }
    if (pending.size === 0) this.#senders.delete(key)
  }

  /**
   * Offers transactions for a payload on top of `state`: of each sender the next by nonce, and of
   * those the highest fee first, then the earliest. A sender whose transaction is skipped is done.
   */
  select(state: AccountTrie, take: (transaction: GenuineTransaction) => Taking): void {
    const next: Pooled[] = []
    for (const pending of this.#senders.values()) {
      const first = firstOf(pending, state)
      if (first !== undefined) next.push(first)
    }
    next.sort(byMerit)
    for (let best = next.pop(); best !== undefined; best = next.pop()) {
      const { sender, nonce } = best.transaction
      const taking = take(best.transaction)
      if (taking === 'full') return
      const follower = this.#senders.get(toHex(sender))?.get(nonce + 1)
      if (taking === 'taken' && follower !== undefined) insertByMerit(next, follower)
    }
  }
}

/** The transaction that the sender's account calls for, if it is here. */
function firstOf(pending: Pending, state: AccountTrie): Pooled | undefined {
  for (const { transaction } of pending.values()) {
    return pending.get(accountAt(state, transaction.sender).nonce)
  }
  return undefined
}

function costOf(transaction: KnownTransaction): bigint {
  return transaction.amount + transaction.fee
}

/** What the sender's other transactions cost that the head has not executed. */
function costOfOthers(pending: Pending, fromNonce: number, exceptNonce: number): bigint {
  let cost = 0n
  for (const [nonce, { transaction }] of pending) {
    if (nonce >= fromNonce && nonce !== exceptNonce) cost += costOf(transaction)
  }
  return cost
}

function byNonce(a: Pooled, b: Pooled): number {
  return a.transaction.nonce - b.transaction.nonce
}

/** Ascending: the best, that with the highest fee and then the earliest, is last. */
function byMerit(a: Pooled, b: Pooled): number {
  if (a.transaction.fee !== b.transaction.fee) {
    return a.transaction.fee < b.transaction.fee ? -1 : 1
  }
  return b.arrival - a.arrival
}

/** Puts `item` where it belongs in a list sorted by merit. */
function insertByMerit(sorted: Pooled[], item: Pooled): void {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = sorted[middle]
    if (other !== undefined && byMerit(other, item) < 0) low = middle + 1
    else high = middle
  }
  sorted.splice(low, 0, item)
}
