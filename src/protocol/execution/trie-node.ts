/**
 * The nodes of a trie of accounts, how addresses lead through them, and what they hash to. A node of a trie never
 * changes, save for its hash, which is computed once; a node of a draft is the draft's own until that is finished.
 */
import { present } from '../../base/assert.ts'
import type { HashPlace, HashWords } from '../blake3.ts'
import { beginVariant, beginWords, variantKeys } from '../hash.ts'
import type { Account } from './account.ts'

/** Who may change a node: the draft that made it, as long as it has the same mark. */
export interface DraftMark {
  readonly kind: 'draft'
}

/** What all nodes have, the words of their hash among it: an object for it would double what a state takes. */
interface Node extends HashPlace {
  readonly mark: DraftMark
  /** Whether the words are the hash. Whoever changes a node of a draft takes this back, all the way to the top. */
  isHashed: boolean
}

export interface Leaf extends Node {
  readonly kind: 'leaf'
  /** Behind the last bit of an address: a leaf parts nothing. */
  readonly bit: typeof addressBits
  readonly address: Uint8Array
  balance: bigint
  nonce: number
}

export interface Branch extends Node {
  readonly kind: 'branch'
  /** The first bit in which addresses below differ. */
  readonly bit: number
  /** Some address whose bits before `bit` are those of every address below. */
  readonly address: Uint8Array
  zero: TrieNode
  one: TrieNode
}

export type TrieNode = Leaf | Branch

export const addressBits = 160

const safeMax = BigInt(Number.MAX_SAFE_INTEGER)
const two32 = 0x1_0000_0000

/** By the bit at which a branch parts. */
const branchKeys = variantKeys('trie', addressBits)

// Fields are written out: an object that is put together from others takes twice the memory.

/** The address is kept. */
export function leafOf(mark: DraftMark, address: Uint8Array, { balance, nonce }: Account): Leaf {
  // biome-ignore format: one thing a line
  return {
    kind: 'leaf', bit: addressBits, address, balance, nonce, mark, isHashed: false,
    w0: 0, w1: 0, w2: 0, w3: 0, w4: 0, w5: 0, w6: 0, w7: 0,
  }
}

export function branchOf(mark: DraftMark, bit: number, zero: TrieNode, one: TrieNode): Branch {
  // biome-ignore format: one thing a line
  return {
    kind: 'branch', bit, address: zero.address, zero, one, mark, isHashed: false,
    w0: 0, w1: 0, w2: 0, w3: 0, w4: 0, w5: 0, w6: 0, w7: 0,
  }
}

/**
 * The node with its hash. A leaf covers its whole address and a branch, by its key, its bit, so equal roots mean equal
 * content.
 */
export function hashedNode(node: TrieNode): HashWords {
  if (node.isHashed) return node
  if (node.kind === 'leaf') hashLeaf(node)
  else hashBranch(node)
  node.isHashed = true
  return node
}

/** The address, then the account as of `encodeAccount`: balance and nonce, 8 bytes each. */
function hashLeaf(leaf: Leaf): void {
  const { address, balance, nonce } = leaf
  // Numbers of 64 bits cost an object a step; most are smaller.
  const isSmall = balance <= safeMax
  const low = isSmall ? Number(balance) % two32 : Number(balance & 0xffff_ffffn)
  const high = isSmall ? Math.floor(Number(balance) / two32) : Number(balance >> 32n)
  const hash = beginWords('account').update(address).word(low).word(high)
  hash
    .word(nonce % two32)
    .word(Math.floor(nonce / two32))
    .digestInto(leaf)
}

function hashBranch(branch: Branch): void {
  const zero = hashedNode(branch.zero)
  const one = hashedNode(branch.one)
  const key = present(branchKeys[branch.bit], 'a bit of an address')
  beginVariant(key).pair(zero, one).digestInto(branch)
}

/** False behind the last bit. */
export function hasBit(address: Uint8Array, bit: number): boolean {
  return (((address[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1
}

/** The first bit below `bitMax` in which two addresses differ, `bitMax` if there is none. */
export function firstDifference(a: Uint8Array, b: Uint8Array, bitMax: number): number {
  for (let i = 0; 8 * i < bitMax; i += 1) {
    const difference = (a[i] ?? 0) ^ (b[i] ?? 0)
    if (difference !== 0) return Math.min(bitMax, 8 * i + Math.clz32(difference) - 24)
  }
  return bitMax
}

/** The leaf to which an address leads, which may be that of another. */
export function leafTowards(top: TrieNode | undefined, address: Uint8Array): Leaf | undefined {
  let node = top
  while (node?.kind === 'branch') node = hasBit(address, node.bit) ? node.one : node.zero
  return node
}
