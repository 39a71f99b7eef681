/**
 * What is judged, and what comes of it: a run of encoded blocks, each the parent of the next, and for each block a
 * verdict. This is the seam between those who have blocks and those who judge them, be it in plain TypeScript, in the
 * kernel, or on another thread; so rules and faults have an encoding too.
 *
 * A run is judged by bytes alone. What a payload says, and what comes of executing it, is the ledger's business.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, type Reader, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import { membersMax } from '../committee.ts'
import { hashLength } from '../hash.ts'
import { chainTagBytes } from './header.ts'

/** Bytes of an author's Ed25519 public key. */
const authorKeyBytes = 32

/** The block before the first one of a run. */
export interface RunParent {
  /** 32 bytes. */
  readonly hash: Uint8Array
  /** Below 2^53, as the slot. */
  readonly height: number
  readonly slot: number
}

/** What a run of blocks is judged by. */
export interface RunRules {
  /** 8 bytes. */
  readonly chainTag: Uint8Array
  /** Of the committee, 32 bits: part of what its authors sign. */
  readonly epoch: number
  /** 1 to `membersMax` keys of 32 bytes, in the order of the committee. */
  readonly authorKeys: readonly Uint8Array[]
  readonly parent: RunParent
}

/**
 * Why a block is refused.
 *
 * - `length`: not one well-formed encoding. The version is 1; height and slot are below 2^53; items are as many as the
 *   header says, of known kinds, and within the limits of a body; nothing is left over.
 * - `chain`: the tag of another chain.
 * - `slot`: slot 0 or height 0, which only genesis has; or not after the slot of the block before.
 * - `author`: not the member whose slot it is.
 * - `root`: the items do not have the root that the header states.
 * - `link`: the parent is not the block before.
 * - `height`: not one more than that of the block before.
 * - `signature`: not the author's, by the rules of ZIP-215.
 *
 * They are checked in this order, save that the slot is compared with the one before only after the height: both are
 * of no interest if the block before is not the parent. The first that applies is named. Each block is judged against
 * the one before, whatever the verdict over that one; but a block without a well-formed encoding has no hash, so
 * nothing links to it.
 */
export type RunFault =
  | 'length'
  | 'chain'
  | 'slot'
  | 'author'
  | 'root'
  | 'link'
  | 'height'
  | 'signature'

/** What came of one block. */
export interface RunVerdict {
  /** Undefined: none of the rules is broken. */
  readonly fault: RunFault | undefined
  /** The block's hash, 32 bytes, whatever the fault; empty after `length`. */
  readonly hash: Uint8Array
}

/** The code of each fault where verdicts are bytes; 0 is no fault. Never reused. */
export const runFaultCode = {
  length: 1,
  chain: 2,
  slot: 3,
  author: 4,
  root: 5,
  link: 6,
  height: 7,
  signature: 8,
} as const satisfies Readonly<Record<RunFault, number>>

const faultByCode = new Map<number, RunFault>(
  Object.entries(runFaultCode).map(([fault, code]) => [code, fault as RunFault]),
)

/** The fault of a code; undefined for 0. Asserts that the code is one. */
export function runFaultOf(code: number): RunFault | undefined {
  const fault = faultByCode.get(code)
  assert(code === 0 || fault !== undefined, `a code of a fault, not ${code}`)
  return fault
}

/** The length of {@link encodeRules}'s answer for as many authors as a committee can have. */
export const encodedRulesBytesMax =
  chainTagBytes + 4 + hashLength + 8 + 8 + 2 + membersMax * authorKeyBytes

/** Chain tag, epoch (u32), parent (hash, height, slot), then the authors' keys. Asserts the limits. */
export function encodeRules(rules: RunRules): Uint8Array {
  const { chainTag, epoch, authorKeys, parent } = checkedRules(rules)
  const writer = new Writer(encodedRulesBytesMax)
  writer.bytes(chainTag).u32(epoch).bytes(parent.hash).u53(parent.height).u53(parent.slot)
  return writer.list(authorKeys, (each, key) => each.bytes(key)).finish()
}

/** Rules within their limits. */
export function decodeRules(bytes: Uint8Array): Result<RunRules, CodecFault> {
  return decodeWith(bytes, 'rules', readRules)
}

/** The rules, if they are within their limits, which is asserted. */
export function checkedRules(rules: RunRules): RunRules {
  const { chainTag, authorKeys, parent } = rules
  const count = authorKeys.length
  assert(chainTag.length === chainTagBytes, 'a chain tag has 8 bytes')
  assert(count >= 1 && count <= membersMax, `1 to ${membersMax} authors, not ${count}`)
  for (const key of authorKeys) assert(key.length === authorKeyBytes, 'an author key has 32 bytes')
  assert(parent.hash.length === hashLength, 'a hash has 32 bytes')
  return rules
}

function readRules(reader: Reader): RunRules {
  const chainTag = reader.bytes('rules.chainTag', chainTagBytes)
  const epoch = reader.u32('rules.epoch')
  const parent = {
    hash: reader.bytes('rules.parent.hash', hashLength),
    height: reader.u53('rules.parent.height'),
    slot: reader.u53('rules.parent.slot'),
  }
  const authorKeys = reader.list('rules.authorKeys', membersMax, (each) =>
    each.bytes('rules.authorKey', authorKeyBytes),
  )
  if (authorKeys.length === 0) reader.fail('out-of-range', 'rules.authorKeys', 'is empty')
  return { chainTag, epoch, authorKeys, parent }
}
