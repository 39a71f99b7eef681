/**
 * The nodes of a trie of accounts, how addresses lead through them, and what they hash to. A node of a trie never
 * changes, save for its hash, which is computed once; a node of a draft is the draft's own until that is finished.
 */
import type { HashWords } from '../blake3.ts'
import { beginWords } from '../hash.ts'
import type { Account } from './account.ts'

/** Who may change a node: the draft that made it, as long as it has the same mark. */
export interface DraftMark {
  readonly kind: 'draft'
}

export interface Leaf {
  readonly kind: 'leaf'
  /** Behind the last bit of an address: a leaf parts nothing. */
  readonly bit: typeof addressBits
  readonly address: Uint8Array
  account: Account
  readonly mark: DraftMark
  /** Of a finished trie only. */
  hash: HashWords | undefined
}

export interface Branch {
  readonly kind: 'branch'
  /** The first bit in which addresses below differ. */
  readonly bit: number
  /** Some address whose bits before `bit` are those of every address below. */
  readonly address: Uint8Array
  zero: TrieNode
  one: TrieNode
  readonly mark: DraftMark
  /** Of a finished trie only. */
  hash: HashWords | undefined
}

export type TrieNode = Leaf | Branch

export const addressBits = 160

const safeMax = BigInt(Number.MAX_SAFE_INTEGER)
const two32 = 0x1_0000_0000

/** A leaf covers its whole address and a branch its bit, so equal roots mean equal content. */
export function hashOfNode(node: TrieNode): HashWords {
  node.hash ??= node.kind === 'leaf' ? hashOfLeaf(node) : hashOfBranch(node)
  return node.hash
}

/** The address, then the account as of `encodeAccount`: balance and nonce, 8 bytes each. */
function hashOfLeaf({ address, account: { balance, nonce } }: Leaf): HashWords {
  // Numbers of 64 bits cost an object a step; most are smaller.
  const isSmall = balance <= safeMax
  const low = isSmall ? Number(balance) % two32 : Number(balance & 0xffff_ffffn)
  const high = isSmall ? Math.floor(Number(balance) / two32) : Number(balance >> 32n)
  return beginWords('account')
    .update(address)
    .word(low)
    .word(high)
    .word(nonce % two32)
    .word(Math.floor(nonce / two32))
    .digestWords()
}

function hashOfBranch({ bit, zero, one }: Branch): HashWords {
  const left = hashOfNode(zero)
  const right = hashOfNode(one)
  return beginWords('trie').labelledPair(bit, left, right).digestWords()
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
