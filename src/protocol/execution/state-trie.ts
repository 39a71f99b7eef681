/**
 * The accounts of one block, as a persistent Merkle trie: a change makes a new trie that shares all
 * but one path with the old one, so each block of a fork keeps a state of its own cheaply.
 *
 * A binary PATRICIA trie (Morrison 1968): a branch stands exactly where addresses part, so the shape,
 * and with it the root, depends on the content alone. Accounts that hold nothing and did nothing are
 * absent. Hashes are computed when a root is asked for, once a node. At most 160 levels deep; an
 * address can be chosen, so a depth beyond log2(n) is bought by whoever pays for it, in vain.
 *
 * Many changes at once are made on a `StateDraft`.
 */
import { equalBytes } from '../../base/bytes.ts'
import { type Hash, hashOf, hashOfWords } from '../hash.ts'
import { type Account, emptyAccount, isSameAccount } from './account.ts'
import {
  addressBits,
  firstDifference,
  hasBit,
  hashedNode,
  type Leaf,
  leafTowards,
  type TrieNode,
} from './trie-node.ts'

/** An account and where it lives: 20 bytes. */
export interface AccountEntry {
  readonly address: Uint8Array
  readonly account: Account
}

/** A set of accounts. Never changes; its hash is remembered once computed. */
export interface AccountTrie {
  readonly top: TrieNode | undefined
  /** Written by {@link rootOf} alone. */
  root: Hash | undefined
}

/** The trie of no accounts. */
export const emptyTrie: AccountTrie = { top: undefined, root: hashOf('trie') }

/** The account at `address`; {@link emptyAccount} if there is none. */
export function accountAt({ top }: Pick<AccountTrie, 'top'>, address: Uint8Array): Account {
  const leaf = leafTowards(top, address)
  return leaf !== undefined && equalBytes(leaf.address, address) ? accountOf(leaf) : emptyAccount
}

/** The Merkle root: equal for equal content, whatever the order of insertion. */
export function rootOf(trie: AccountTrie): Hash {
  trie.root ??= trie.top === undefined ? hashOf('trie') : hashOfWords(hashedNode(trie.top))
  return trie.root
}

/** Every account, by ascending address. */
export function accountsOf(trie: AccountTrie): readonly AccountEntry[] {
  return changedAccounts(emptyTrie, trie)
}

/**
 * What must be written over `before` to make it `after`, by ascending address; an account that is
 * gone is listed as empty. Parts that the two share are skipped, so that the cost is that of the
 * difference.
 */
export function changedAccounts(before: AccountTrie, after: AccountTrie): readonly AccountEntry[] {
  const changes: AccountEntry[] = []
  collectChanges(before.top, after.top, changes)
  return changes
}

function collectChanges(
  before: TrieNode | undefined,
  after: TrieNode | undefined,
  changes: AccountEntry[],
): void {
  if (before === after) return
  const bit = partingBit(before, after)
  if (bit < addressBits) {
    collectChanges(half(before, bit, false), half(after, bit, false), changes)
    collectChanges(half(before, bit, true), half(after, bit, true), changes)
    return
  }
  if (after?.kind === 'leaf') {
    if (before?.kind === 'leaf' && isSameAccount(before, after)) return
    changes.push({ address: after.address, account: accountOf(after) })
  } else if (before !== undefined) {
    changes.push({ address: before.address, account: emptyAccount })
  }
}

/** The first bit in which addresses of the two differ, from each other or among themselves. */
function partingBit(a: TrieNode | undefined, b: TrieNode | undefined): number {
  if (a === undefined || b === undefined) return a?.bit ?? b?.bit ?? addressBits
  return firstDifference(a.address, b.address, Math.min(a.bit, b.bit))
}

/** The part of a node whose addresses have `bit` as told. It parts at `bit` or later. */
function half(node: TrieNode | undefined, bit: number, isOne: boolean): TrieNode | undefined {
  if (node?.kind === 'branch' && node.bit === bit) return isOne ? node.one : node.zero
  return node !== undefined && hasBit(node.address, bit) === isOne ? node : undefined
}

function accountOf({ balance, nonce }: Leaf): Account {
  return { balance, nonce }
}
