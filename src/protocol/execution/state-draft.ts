/**
 * Accounts while they change: what a payload does to a state, before it is a state of its own. Nodes that the draft
 * made are changed in place, so a path is copied once a payload and not once a change, and only what remains of it is
 * hashed. The trie that it began with, and those it was finished as, never change.
 */
import { assert } from '../../base/assert.ts'
import { equalBytes } from '../../base/bytes.ts'
import { type Account, isEmptyAccount, isSameAccount } from './account.ts'
import { type AccountTrie, accountAt } from './state-trie.ts'
import { addressBytes } from './transaction.ts'
import {
  addressBits,
  type Branch,
  type DraftMark,
  firstDifference,
  hasBit,
  type Leaf,
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
        ? this.#leaf(address.slice(), account)
        : this.#insert(this.#top, address, account)
  }

  /** The accounts as they are now. The draft can go on from there. */
  finish(): AccountTrie {
    this.#mark = { kind: 'draft' }
    return { top: this.#top, root: undefined }
  }

  #insert(node: TrieNode, address: Uint8Array, account: Account): TrieNode {
    const bit = firstDifference(node.address, address, node.bit)
    if (bit < node.bit) {
      const leaf = this.#leaf(address.slice(), account)
      return hasBit(address, bit) ? this.#branch(bit, node, leaf) : this.#branch(bit, leaf, node)
    }
    if (node.kind === 'leaf') {
      if (node.mark !== this.#mark) return this.#leaf(node.address, account)
      node.account = account
      return node
    }
    const own = node.mark === this.#mark ? node : this.#branch(bit, node.zero, node.one)
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
      return left === undefined ? zero : this.#branch(bit, zero, left)
    }
    const left = this.#without(zero, address)
    return left === undefined ? one : this.#branch(bit, left, one)
  }

  #leaf(address: Uint8Array, account: Account): Leaf {
    return { kind: 'leaf', bit: addressBits, address, account, mark: this.#mark, hash: undefined }
  }

  #branch(bit: number, zero: TrieNode, one: TrieNode): Branch {
    const { address } = zero
    return { kind: 'branch', bit, address, zero, one, mark: this.#mark, hash: undefined }
  }
}

/** The trie with `account` at `address`, the same trie if it was so already. */
export function withAccount(trie: AccountTrie, address: Uint8Array, account: Account): AccountTrie {
  if (isSameAccount(accountAt(trie, address), account)) return trie
  const draft = new StateDraft(trie)
  draft.set(address, account)
  return draft.finish()
}
