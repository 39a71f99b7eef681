/**
 * The importer that there would be without a kernel: one block after another, one hash and one signature at a time. It
 * makes the same checks as `judgeRun`, in the same order, and is meant to be as fast as TypeScript can be, so that
 * whoever is compared with it has not won by its clumsiness: it reads blocks in place, and makes no object but verdicts.
 *
 * Hash and signature are handed in. It does not know that there are batches.
 */
import { assert } from '../../src/base/assert.ts'
import { bodyBytesMax, bodyItemsMax, itemBytesMax } from '../../src/protocol/block/body.ts'
import { headerBytes, headerVersion, signedHeaderBytes } from '../../src/protocol/block/header.ts'
import type { RunFault, RunRules, RunVerdict } from '../../src/protocol/block/run.ts'
import { headerSigningBytes } from '../../src/protocol/consensus/signing.ts'
import { hashLength, zeroHash } from '../../src/protocol/hash.ts'

/** The domains in which a block is hashed. */
export const importDomains = ['header', 'payload-item', 'transaction-item', 'node'] as const

export type ImportDomain = (typeof importDomains)[number]

/** What an importer computes with. */
export interface ImporterCrypto {
  /** Writes the 32 bytes of a hash to `at` in `into`. */
  readonly hash: (domain: ImportDomain, bytes: Uint8Array, into: Buffer, at: number) => void
  /** By the rules of ZIP-215. */
  readonly verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
}

/** A verdict for each block of a run. */
export type JudgeBlocks = (rules: RunRules, blocks: readonly Uint8Array[]) => readonly RunVerdict[]

const countAt = signedHeaderBytes
const itemsAt = countAt + 2
const itemHeadBytes = 5
const prefixBytes = 13
const noHash = new Uint8Array(0)

/** Where the fields of a header are. */
const place = {
  author: 2,
  itemCount: 4,
  height: 8,
  slot: 16,
  tag: 24,
  parent: 32,
  root: 64,
} as const

/** What the next block has to stand on. */
interface Before {
  readonly hash: Uint8Array
  readonly height: number
  readonly slot: number
}

/** An importer with this hash and these signatures. */
export function importer(crypto: ImporterCrypto): JudgeBlocks {
  const job = new Importer(crypto)
  return (rules, blocks) => job.judge(rules, blocks)
}

class Importer {
  readonly #crypto: ImporterCrypto
  readonly #level = Buffer.alloc(hashLength * bodyItemsMax)
  readonly #message = Buffer.alloc(prefixBytes + hashLength)

  constructor(crypto: ImporterCrypto) {
    this.#crypto = crypto
  }

  judge(rules: RunRules, blocks: readonly Uint8Array[]): readonly RunVerdict[] {
    this.#message.set(headerSigningBytes(rules.chainTag, rules.epoch, zeroHash))
    let before: Before = rules.parent
    return blocks.map((bytes) => {
      const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      if (!isWellFormed(block)) {
        before = { hash: noHash, height: 0, slot: 0 }
        return { fault: 'length', hash: noHash }
      }
      const hash = Buffer.alloc(hashLength)
      this.#crypto.hash('header', block.subarray(0, headerBytes), hash, 0)
      const fault = this.#faultOf(rules, block, before) ?? this.#signatureFault(rules, block, hash)
      before = { hash, height: u53At(block, place.height), slot: u53At(block, place.slot) }
      return { fault, hash }
    })
  }

  #faultOf(rules: RunRules, block: Buffer, before: Before): RunFault | undefined {
    const { tag, author, parent } = place
    const height = u53At(block, place.height)
    const slot = u53At(block, place.slot)
    if (block.compare(rules.chainTag, 0, 8, tag, tag + 8) !== 0) return 'chain'
    if (slot === 0 || height === 0) return 'slot'
    if (block.readUInt16LE(author) !== slot % rules.authorKeys.length) return 'author'
    if (!this.#hasRoot(block)) return 'root'
    if (!isAt(block, parent, before.hash)) return 'link'
    if (height !== before.height + 1) return 'height'
    return slot <= before.slot ? 'slot' : undefined
  }

  #signatureFault(rules: RunRules, block: Buffer, hash: Buffer): RunFault | undefined {
    const key = rules.authorKeys[block.readUInt16LE(place.author)]
    assert(key !== undefined, 'the author of the slot is a member')
    hash.copy(this.#message, prefixBytes)
    const signature = block.subarray(headerBytes, signedHeaderBytes)
    return this.#crypto.verify(key, this.#message, signature) ? undefined : 'signature'
  }

  /** Whether the header states the root of the items: the tree is built in place, level upon level. */
  #hasRoot(block: Buffer): boolean {
    const { hash } = this.#crypto
    const level = this.#level
    let count = 0
    for (let at = itemsAt; at < block.length; count += 1) {
      const end = at + itemHeadBytes + block.readUInt32LE(at + 1)
      const domain = block[at] === 1 ? 'payload-item' : 'transaction-item'
      hash(domain, block.subarray(at + itemHeadBytes, end), level, hashLength * count)
      at = end
    }
    if (count === 0) hash('node', level.subarray(0, 0), level, 0)
    while (count > 1) {
      const pairs = count >> 1
      for (let i = 0; i < pairs; i += 1) {
        const pair = level.subarray(2 * hashLength * i, 2 * hashLength * (i + 1))
        hash('node', pair, level, hashLength * i)
      }
      if (count % 2 === 1) {
        level.copyWithin(hashLength * pairs, hashLength * (count - 1), hashLength * count)
      }
      count = (count + 1) >> 1
    }
    return level.compare(block, place.root, place.root + hashLength, 0, hashLength) === 0
  }
}

/** Whether these bytes are one encoding of a block, within the limits. */
function isWellFormed(block: Buffer): boolean {
  const { length } = block
  if (length < itemsAt || length - countAt > bodyBytesMax) return false
  if (block.readUInt16LE(0) !== headerVersion) return false
  if (u53At(block, place.height) === overflow || u53At(block, place.slot) === overflow) return false
  const items = block.readUInt16LE(countAt)
  if (items > bodyItemsMax || items !== block.readUInt32LE(place.itemCount)) return false
  let at = itemsAt
  for (let i = 0; i < items; i += 1) {
    if (at + itemHeadBytes > length) return false
    const bytes = block.readUInt32LE(at + 1)
    if (block[at] !== 1 && block[at] !== 2) return false
    if (bytes > itemBytesMax) return false
    at += itemHeadBytes + bytes
  }
  return at === length
}

/** What {@link u53At} says of a number that is too large. */
const overflow = -1

function u53At(block: Buffer, at: number): number {
  const high = block.readUInt32LE(at + 4)
  return high < 2 ** 21 ? high * 2 ** 32 + block.readUInt32LE(at) : overflow
}

function isAt(block: Buffer, at: number, hash: Uint8Array): boolean {
  return hash.length === hashLength && block.compare(hash, 0, hashLength, at, at + hashLength) === 0
}
