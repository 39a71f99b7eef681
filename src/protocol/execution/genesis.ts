/** The first payload of a chain: who holds what before anything is executed. */
import { assert } from '../../base/assert.ts'
import { toHex } from '../../base/bytes.ts'
import { zeroHash } from '../hash.ts'
import { type ExecutionPayload, sealPayload, transactionsRootOf } from './payload.ts'
import { StateDraft } from './state-draft.ts'
import { type AccountTrie, emptyTrie, rootOf } from './state-trie.ts'
import { addressBytes } from './transaction.ts'

/** What an address holds at first. */
export interface Allocation {
  /** 20 bytes; each at most once in a list. */
  readonly address: Uint8Array
  /** In the smallest unit. All together are below 2^64. */
  readonly balance: bigint
}

export interface LedgerGenesis {
  /** Unix milliseconds, a whole number. */
  readonly timestampMs: number
  readonly allocations: readonly Allocation[]
}

/**
 * The accounts at genesis. Asserts that no address is allocated twice and that the supply is below
 * 2^64: transfers conserve it, so no balance can overflow later.
 */
export function genesisState(allocations: readonly Allocation[]): AccountTrie {
  const seen = new Set<string>()
  let supply = 0n
  const draft = new StateDraft(emptyTrie)
  for (const { address, balance } of allocations) {
    const key = toHex(address)
    assert(!seen.has(key), `${key} is allocated once`)
    assert(balance >= 0n, `${key} holds nothing negative`)
    seen.add(key)
    supply += balance
    draft.set(address, { balance, nonce: 0 })
  }
  assert(supply < 1n << 64n, `a supply of ${supply} fits 64 bits`)
  return draft.finish()
}

/** The payload of number 0. The order of allocations does not matter. */
export function genesisPayload(genesis: LedgerGenesis): ExecutionPayload {
  return sealPayload({
    parentHash: zeroHash,
    number: 0,
    timestampMs: genesis.timestampMs,
    feeRecipient: new Uint8Array(addressBytes),
    extraData: new Uint8Array(0),
    stateRoot: rootOf(genesisState(genesis.allocations)),
    transactionsRoot: transactionsRootOf([]),
  })
}
