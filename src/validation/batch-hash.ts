/**
 * Many hashes at once, for whoever has many to make: BLAKE3-256 in keyed mode, by the kernel. The same as `hashBytes`
 * with the key of a domain, at a sixth of the time and less, if there are at least four messages of similar lengths.
 *
 * Messages are copied into the kernel's memory; of one alone, or a few short ones, that is no gain.
 */
import { assert } from '../base/assert.ts'
import { hashLength } from '../protocol/hash.ts'
import type { BlockKernel, RunMemory } from './run-kernel.ts'

/** Bytes of the messages that are hashed together, and so of the longest message. */
export const hashedBytesMax = 1_048_576

/** Messages that are hashed together. More, or longer ones, are hashed in several calls of the kernel. */
const messagesMax = 4_096

/** What is read, though it never matters, behind the last message. */
const paddingBytes = 64
/** Pointer, length, key and output of a message, of 32 bits each. */
const entryBytes = 16

/** Hashes on an instance of the kernel that nobody else uses meanwhile. */
export class BatchHash {
  readonly #kernel: Pick<BlockKernel, 'hashMany'>
  readonly #memory: RunMemory
  readonly #key: number
  readonly #messages: number
  readonly #table: number
  readonly #hashes: number

  /** Takes some 1.3 MiB of the kernel's memory for good, which is all that it ever takes. */
  constructor(kernel: Pick<BlockKernel, 'hashMany'>, memory: RunMemory) {
    this.#kernel = kernel
    this.#memory = memory
    this.#key = memory.take(hashLength)
    this.#messages = memory.take(hashedBytesMax + paddingBytes)
    this.#table = memory.take(messagesMax * entryBytes)
    this.#hashes = memory.take(messagesMax * hashLength)
  }

  /**
   * The hash of each message, 32 bytes, in their order. Asserts that the key has 32 bytes, and no message more than
   * {@link hashedBytesMax}.
   */
  hashMany(messages: readonly Uint8Array[], key: Uint8Array): readonly Uint8Array[] {
    assert(key.length === hashLength, 'a key of 32 bytes')
    this.#memory.bytes.set(key, this.#key)
    const hashes: Uint8Array[] = []
    let byteCount = 0
    let count = 0
    for (const message of messages) {
      assert(message.length <= hashedBytesMax, `a message of ${message.length} bytes`)
      if (count === messagesMax || byteCount + message.length > hashedBytesMax) {
        this.#hash(count, hashes)
        byteCount = 0
        count = 0
      }
      this.#place(message, count, this.#messages + byteCount)
      byteCount += message.length
      count += 1
    }
    this.#hash(count, hashes)
    return hashes
  }

  #place(message: Uint8Array, i: number, at: number): void {
    const { bytes, words } = this.#memory
    const entry = this.#table + entryBytes * i
    bytes.set(message, at)
    words.setUint32(entry, at, true)
    words.setUint32(entry + 4, message.length, true)
    words.setUint32(entry + 8, this.#key, true)
    words.setUint32(entry + 12, this.#hashes + hashLength * i, true)
  }

  #hash(count: number, hashes: Uint8Array[]): void {
    this.#kernel.hashMany(count, this.#table)
    const { bytes } = this.#memory
    for (let i = 0; i < count; i += 1) {
      const at = this.#hashes + hashLength * i
      hashes.push(bytes.slice(at, at + hashLength))
    }
  }
}
