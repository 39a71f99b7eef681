/**
 * Accounts while they change: what payloads do to a state, before it is a state of its own. Nodes that the draft made
 * are changed in place, so a path is copied once a draft and not once a change, and only what remains of it when a root
 * is asked for is hashed. The trie that it began with, and those it was finished as, never change.
 */
import { assert } from '../../base/assert.ts'
import { equalBytes } from '../../base/bytes.ts'
import type { Hash } from '../hash.ts'
import { type Account, isEmptyAccount, isSameAccount } from './account.ts'
import { type AccountTrie, accountAt, rootOf } from './state-trie.ts'
import { addressBytes } from './transaction.ts'
import {
  branchOf,
  type DraftMark,
  firstDifference,
  hasBit,
  leafOf,
  leafTowards,
  type TrieNode,
} from './trie-node.ts'

export class StateDraft {
  #top: TrieNode | undefined
  /** Of the nodes that may be changed. */
  #mark: DraftMark = { kind: 'draft' }

  constructor(trie: AccountTrie) {
    this.#top = trie.top
  }

  /** The account at `address`; an empty one if there is none. */
  accountAt(address: Uint8Array): Account {
    return accountAt({ top: this.#top }, address)
  }

  /** Puts `account` at `address`, which is copied if it is new. An account of no balance and no nonce is removed. */
  set(address: Uint8Array, account: Account): void {
    assert(address.length === addressBytes, 'an address has 20 bytes')
    if (isEmptyAccount(account)) return this.#remove(address)
    this.#top =
      this.#top === undefined
        ? leafOf(this.#mark, address.slice(), account)
        : this.#insert(this.#top, address, account)
  }

  /** The Merkle root of the accounts as they are now. */
  root(): Hash {
    return rootOf({ top: this.#top, root: undefined })
  }

  /** The accounts as they are now. The draft can go on from there. */
  finish(): AccountTrie {
    this.#mark = { kind: 'draft' }
    return { top: this.#top, root: undefined }
  }

  #insert(node: TrieNode, address: Uint8Array, account: Account): TrieNode {
    const bit = firstDifference(node.address, address, node.bit)
    if (bit < node.bit) {
      const leaf = leafOf(this.#mark, address.slice(), account)
      return hasBit(address, bit)
        ? branchOf(this.#mark, bit, node, leaf)
        : branchOf(this.#mark, bit, leaf, node)
    }
    if (node.kind === 'leaf') {
      if (node.mark !== this.#mark) return leafOf(this.#mark, node.address, account)
      node.balance = account.balance
      node.nonce = account.nonce
      node.isHashed = false
      return node
    }
    const own = node.mark === this.#mark ? node : branchOf(this.#mark, bit, node.zero, node.one)
    own.isHashed = false
    if (hasBit(address, bit)) own.one = this.#insert(own.one, address, account)
    else own.zero = this.#insert(own.zero, address, account)
    return own
  }

  #remove(address: Uint8Array): void {
    const leaf = leafTowards(this.#top, address)
    if (leaf === undefined || !equalBytes(leaf.address, address)) return
    this.#top = this.#without(this.#top, address)
  }

  /** Asserts nothing: the address is there. */
  #without(node: TrieNode | undefined, address: Uint8Array): TrieNode | undefined {
    if (node?.kind !== 'branch') return undefined
    const { bit, zero, one } = node
    if (hasBit(address, bit)) {
      const left = this.#without(one, address)
      return left === undefined ? zero : branchOf(this.#mark, bit, zero, left)
    }
    const left = this.#without(zero, address)
    return left === undefined ? one : branchOf(this.#mark, bit, left, one)
  }
}

/** The trie with `account` at `address`, the same trie if it was so already. */
export function withAccount(trie: AccountTrie, address: Uint8Array, account: Account): AccountTrie {
  if (isSameAccount(accountAt(trie, address), account)) return trie
  const draft = new StateDraft(trie)
  draft.set(address, account)
  return draft.finish()
}
