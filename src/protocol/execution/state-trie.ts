/**
 * The accounts of one block, as a persistent Merkle trie: a change makes a new trie that shares all
 * but one path with the old one, so each block of a fork keeps a state of its own cheaply.
 *
 * A binary PATRICIA trie (Morrison 1968): a branch stands exactly where addresses part, so the shape,
 * and with it the root, depends on the content alone. Accounts that hold nothing and did nothing are
 * absent. Hashes are computed when a root is asked for, once a node. At most 160 levels deep; an
 * address can be chosen, so a depth beyond log2(n) is bought by whoever pays for it, in vain.
 */
import { assert } from '../../base/assert.ts'
import { equalBytes, toHex } from '../../base/bytes.ts'
import { Writer } from '../../base/codec.ts'
import { type Hash, hashBytes, hashOf } from '../hash.ts'
import { addressBytes } from './transaction.ts'

export interface Account {
  /** In the smallest unit. Below 2^64. */
  readonly balance: bigint
  /** Transactions of this account that were executed. Below 2^53. */
  readonly nonce: number
}

/** The account at an address that was never used. */
export const emptyAccount: Account = { balance: 0n, nonce: 0 }

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

interface Leaf {
  readonly kind: 'leaf'
  /** Behind the last bit of an address: a leaf parts nothing. */
  readonly bit: typeof addressBits
  readonly address: Uint8Array
  readonly account: Account
  hash: Uint8Array | undefined
}

interface Branch {
  readonly kind: 'branch'
  /** The first bit in which addresses below differ. */
  readonly bit: number
  /** Some address whose bits before `bit` are those of every address below. */
  readonly address: Uint8Array
  readonly zero: TrieNode
  readonly one: TrieNode
  hash: Uint8Array | undefined
}

type TrieNode = Leaf | Branch

const addressBits = 160
/** Each bit's number, as it is hashed. */
const bitBytes = Array.from({ length: addressBits }, (_, bit) => Uint8Array.of(bit))
const noBit = new Uint8Array(1)

/** The trie of no accounts. */
export const emptyTrie: AccountTrie = { top: undefined, root: hashOf('trie') }

/** The account at `address`; {@link emptyAccount} if there is none. */
export function accountAt(trie: AccountTrie, address: Uint8Array): Account {
  let node = trie.top
  while (node?.kind === 'branch') node = hasBit(address, node.bit) ? node.one : node.zero
  return node !== undefined && equalBytes(node.address, address) ? node.account : emptyAccount
}

/**
 * The trie with `account` at `address`, the same trie if it was so already. An account of no balance
 * and no nonce is removed. The address is kept, not copied.
 */
export function withAccount(trie: AccountTrie, address: Uint8Array, account: Account): AccountTrie {
  assert(address.length === addressBytes, 'an address has 20 bytes')
  const present = accountAt(trie, address)
  if (present.balance === account.balance && present.nonce === account.nonce) return trie
  if (account.balance === 0n && account.nonce === 0) return trieOf(remove(trie.top, address))
  const leaf: Leaf = { kind: 'leaf', bit: addressBits, address, account, hash: undefined }
  return trieOf(trie.top === undefined ? leaf : insert(trie.top, leaf))
}

/** The Merkle root: equal for equal content, whatever the order of insertion. */
export function rootOf(trie: AccountTrie): Hash {
  trie.root ??= trie.top === undefined ? hashOf('trie') : toHex(hashOfNode(trie.top))
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

function trieOf(top: TrieNode | undefined): AccountTrie {
  return { top, root: undefined }
}

function branchOf(bit: number, zero: TrieNode, one: TrieNode): Branch {
  return { kind: 'branch', bit, address: zero.address, zero, one, hash: undefined }
}

function insert(node: TrieNode, leaf: Leaf): TrieNode {
  const bit = firstDifference(node.address, leaf.address, node.bit)
  const toOne = hasBit(leaf.address, bit)
  if (bit < node.bit) return toOne ? branchOf(bit, node, leaf) : branchOf(bit, leaf, node)
  if (node.kind === 'leaf') return leaf
  return toOne
    ? branchOf(bit, node.zero, insert(node.one, leaf))
    : branchOf(bit, insert(node.zero, leaf), node.one)
}

/** Asserts nothing: the address is there, since its account was found not to be empty. */
function remove(node: TrieNode | undefined, address: Uint8Array): TrieNode | undefined {
  if (node?.kind !== 'branch') return undefined
  const { bit, zero, one } = node
  if (hasBit(address, bit)) {
    const left = remove(one, address)
    return left === undefined ? zero : branchOf(bit, zero, left)
  }
  const left = remove(zero, address)
  return left === undefined ? one : branchOf(bit, left, one)
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
    if (before?.kind === 'leaf' && sameAccount(before.account, after.account)) return
    changes.push({ address: after.address, account: after.account })
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

/** A leaf covers its whole address and a branch its bit, so equal roots mean equal content. */
function hashOfNode(node: TrieNode): Uint8Array {
  node.hash ??=
    node.kind === 'leaf'
      ? hashBytes('account', node.address, encodeAccount(node.account))
      : hashBytes('trie', bitBytes[node.bit] ?? noBit, hashOfNode(node.zero), hashOfNode(node.one))
  return node.hash
}

/** Balance, then nonce: 16 bytes, little-endian. */
export function encodeAccount(account: Account): Uint8Array {
  return new Writer(16).u64(account.balance).u53(account.nonce).finish()
}

function sameAccount(a: Account, b: Account): boolean {
  return a.balance === b.balance && a.nonce === b.nonce
}

/** False behind the last bit. */
function hasBit(address: Uint8Array, bit: number): boolean {
  return (((address[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1
}

/** The first bit below `bitMax` in which two addresses differ, `bitMax` if there is none. */
function firstDifference(a: Uint8Array, b: Uint8Array, bitMax: number): number {
  for (let i = 0; 8 * i < bitMax; i += 1) {
    const difference = (a[i] ?? 0) ^ (b[i] ?? 0)
    if (difference !== 0) return Math.min(bitMax, 8 * i + Math.clz32(difference) - 24)
  }
  return bitMax
}
