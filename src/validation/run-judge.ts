/**
 * The judge of runs by the kernel: as `judgeRun`, only sooner. Blocks are copied into the kernel's memory, which does
 * all that concerns their bytes; here is only who goes with whom.
 *
 * A long run is judged in passes, whose size is limited, and with it the memory. The signatures of a pass are judged
 * together, which says only whether all of them hold. If they do not, each is judged for itself: a batch that fails
 * never counts against a block.
 */
import { assert } from '../base/assert.ts'
import { equalBytes } from '../base/bytes.ts'
import { Writer } from '../base/codec.ts'
import {
  checkedRules,
  type RunRules,
  type RunVerdict,
  runFaultCode,
  runFaultOf,
} from '../protocol/block/run.ts'
import { headerSigningBytes } from '../protocol/consensus/signing.ts'
import { domainKey, hashLength, zeroHash } from '../protocol/hash.ts'
import type { BlockKernel, RunMemory, RunSignatures } from './run-kernel.ts'

/** Blocks in a pass. */
export const passBlocksMax = 512

/** Bytes of all blocks in a pass: 4 MiB. */
export const passBytesMax = 4 * 1_048_576

/** What is read, though never used, behind the last block. */
const paddingBytes = 64
/** An address and a length for each block of a pass. */
const entryBytes = 8
/** The rules as the kernel has them, and within them how what an author signs begins. */
const rulesBytes = 72
const prefixBytes = 13
const nothing = new Uint8Array(0)
/** No block is as long as this; longer ones are not in the kernel's memory, and not looked at either. */
const tooLong = passBytesMax
/** The domains that the kernel hashes in, in the order in which it has their keys. */
const kernelDomains = ['header', 'payload-item', 'transaction-item', 'node'] as const

/** Blocks one after another, as they lie in a buffer. */
export interface PackedRun {
  readonly bytes: Uint8Array
  /** The length of each block. Together no more than `bytes`. */
  readonly lengths: Uint32Array
}

/** Where verdicts go: for each block a byte (`runFaultCode`, 0 for none), and the 32 bytes of its hash. */
export interface PackedVerdicts {
  readonly faults: Uint8Array
  /** Zeros where the fault is `length`. */
  readonly hashes: Uint8Array
}

/** Blocks of a run that are judged together: one pass. */
interface Span {
  readonly first: number
  readonly count: number
  /** Bytes of the blocks before it in the run. */
  readonly offset: number
  readonly byteCount: number
}

/** Where the blocks of a run come from, and what becomes of their verdicts. */
interface Traffic {
  readonly lengths: ArrayLike<number>
  /** Copies the blocks of a pass, one after another, to `at`. */
  readonly bring: (span: Span, memory: Uint8Array, at: number) => void
  /** Takes the verdicts of a pass: views, to be read at once. */
  readonly take: (span: Span, verdicts: PackedVerdicts) => void
}

/** The instance of the kernel that a judge works with, and what is on it. */
interface RunJudgeParts {
  readonly kernel: BlockKernel
  readonly memory: RunMemory
  /** With room for the signatures of a pass, and for the keys of a committee. */
  readonly signatures: RunSignatures
}

/** Judges runs on an instance of the kernel that nobody else uses meanwhile. */
export class RunJudge {
  readonly #kernel: BlockKernel
  readonly #memory: RunMemory
  readonly #signatures: RunSignatures
  readonly #arena: number
  readonly #table: number
  #authorKeys: readonly Uint8Array[] = []

  /** Takes some 4 MiB of the kernel's memory for good, which is all that it ever takes. */
  constructor({ kernel, memory, signatures }: RunJudgeParts) {
    this.#kernel = kernel
    this.#memory = memory
    this.#signatures = signatures
    this.#arena = memory.take(passBytesMax + paddingBytes)
    this.#table = memory.take(passBlocksMax * entryBytes)
    kernel.openRun(kernel.signatureAt(0), kernel.entryAt(0))
    for (const [i, domain] of kernelDomains.entries()) {
      memory.bytes.set(domainKey(domain), kernel.domainKeys() + hashLength * i)
    }
  }

  /** A verdict for each of the blocks, in the order of the run: the same that `judgeRun` gives. */
  judge(rules: RunRules, blocks: readonly Uint8Array[]): readonly RunVerdict[] {
    const verdicts: RunVerdict[] = []
    this.#judgeAll(rules, {
      lengths: blocks.map((block) => block.length),
      bring: ({ first, count }, memory, at) => {
        let to = at
        for (const block of blocks.slice(first, first + count)) {
          memory.set(block, to)
          to += block.length
        }
      },
      take: ({ count }, packed) => {
        for (let i = 0; i < count; i += 1) verdicts.push(verdictAt(packed, i))
      },
    })
    return verdicts
  }

  /** As {@link judge}, for blocks that lie in one buffer. The verdicts are written; nothing is made for a block. */
  judgePacked(rules: RunRules, { bytes, lengths }: PackedRun, verdicts: PackedVerdicts): void {
    assert(verdicts.faults.length >= lengths.length, 'a byte for each fault')
    assert(verdicts.hashes.length >= hashLength * lengths.length, '32 bytes for each hash')
    this.#judgeAll(rules, {
      lengths,
      bring: ({ offset, byteCount }, memory, at) => {
        assert(offset + byteCount <= bytes.length, 'blocks that are all there')
        memory.set(bytes.subarray(offset, offset + byteCount), at)
      },
      take: ({ first }, { faults, hashes }) => {
        verdicts.faults.set(faults, first)
        verdicts.hashes.set(hashes, hashLength * first)
      },
    })
  }

  #judgeAll(rules: RunRules, { lengths, bring, take }: Traffic): void {
    this.#useRules(checkedRules(rules))
    let offset = 0
    for (let first = 0; first < lengths.length; ) {
      const span = nextSpan(lengths, first, offset)
      if (span.byteCount <= passBytesMax) bring(span, this.#memory.bytes, this.#arena)
      this.#judgePass(lengths, span)
      take(span, this.#verdicts(span.count))
      first += span.count
      offset += span.byteCount
    }
  }

  #useRules(rules: RunRules): void {
    const { chainTag, epoch, authorKeys, parent } = rules
    const prefix = headerSigningBytes(chainTag, epoch, zeroHash).subarray(0, prefixBytes)
    const writer = new Writer(rulesBytes).bytes(chainTag).u53(parent.height).u53(parent.slot)
    writer.bytes(parent.hash).bytes(prefix).u8(authorKeys.length).flag(true)
    this.#memory.bytes.set(writer.finish(), this.#kernel.runRules())
    this.#useAuthors(authorKeys)
  }

  /** To register a key costs as much as several signatures, so a committee is registered once. */
  #useAuthors(authorKeys: readonly Uint8Array[]): void {
    const known = this.#authorKeys
    const isKnown = (key: Uint8Array, i: number): boolean => equalBytes(key, known[i] ?? nothing)
    if (authorKeys.length === known.length && authorKeys.every(isKnown)) return
    this.#signatures.forgetKeys()
    const numbers = authorKeys.map((key) => this.#signatures.register(key))
    const at = this.#kernel.runAuthors()
    for (const [i, number] of numbers.entries()) {
      this.#memory.words.setUint32(at + 4 * i, number, true)
    }
    this.#authorKeys = authorKeys.map((key) => key.slice())
  }

  /** Blocks that are in the kernel's memory, and whose verdicts are there afterwards. */
  #judgePass(lengths: ArrayLike<number>, { first, count }: Span): void {
    const { words } = this.#memory
    let at = this.#arena
    for (let i = 0; i < count; i += 1) {
      const length = lengths[first + i] ?? 0
      const entry = this.#table + entryBytes * i
      words.setUint32(entry, at, true)
      words.setUint32(entry + 4, Math.min(length, tooLong), true)
      at += length
    }
    const signed = this.#kernel.judgeBlocks(count, this.#table)
    if (signed > 0 && !this.#signatures.allHold(signed)) this.#refuseFalse(signed)
  }

  /** Finds out which signatures of a pass are false, and writes that down as the fault of their blocks. */
  #refuseFalse(signed: number): void {
    for (const [i, holds] of this.#signatures.verdicts(signed).entries()) {
      if (holds) continue
      const place = this.#memory.words.getUint32(this.#kernel.runPlaces() + 4 * i, true)
      this.#memory.bytes[this.#kernel.runFaults() + place] = runFaultCode.signature
    }
  }

  #verdicts(count: number): PackedVerdicts {
    const { bytes } = this.#memory
    const faults = this.#kernel.runFaults()
    const hashes = this.#kernel.runHashes()
    return {
      faults: bytes.subarray(faults, faults + count),
      hashes: bytes.subarray(hashes, hashes + hashLength * count),
    }
  }
}

/** As many blocks from `first` on as a pass can take. One that is too long to be a block is a pass by itself. */
function nextSpan(lengths: ArrayLike<number>, first: number, offset: number): Span {
  let byteCount = lengths[first] ?? 0
  let end = first + 1
  const last = Math.min(first + passBlocksMax, lengths.length)
  while (end < last && byteCount + (lengths[end] ?? 0) <= passBytesMax) {
    byteCount += lengths[end] ?? 0
    end += 1
  }
  return { first, count: end - first, offset, byteCount }
}

function verdictAt({ faults, hashes }: PackedVerdicts, i: number): RunVerdict {
  const fault = runFaultOf(faults[i] ?? 0)
  const end = fault === 'length' ? hashLength * i : hashLength * (i + 1)
  return { fault, hash: hashes.slice(hashLength * i, end) }
}
