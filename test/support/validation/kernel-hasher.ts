/** Calls the hash of the kernel with messages that lie between other bytes, none of which must matter. */
import { toHex } from '../../../src/base/bytes.ts'
import type { TestParts } from './run-parts.ts'

const arenaBytes = 8 * 1_048_576
const messagesMax = 10_000
/** What is read behind a message at most. */
const unusedBytes = 64

/** What is to be hashed. */
export interface Message {
  readonly bytes: Uint8Array
  /** 32 bytes; none is the plain hash. */
  readonly key: Uint8Array | undefined
}

/** Hashes in hexadecimal. At most 10,000 messages, and 8 MiB, in a call. */
export class KernelHasher {
  readonly #parts: Pick<TestParts, 'kernel' | 'memory'>
  readonly #arena: number
  readonly #table: number
  readonly #output: number

  constructor(parts: Pick<TestParts, 'kernel' | 'memory'>) {
    this.#parts = parts
    this.#arena = parts.memory.take(arenaBytes)
    this.#table = parts.memory.take(16 * messagesMax)
    this.#output = parts.memory.take(32 * messagesMax)
  }

  /** The hash of each message. They lie one behind the other, each at an odd place or wherever it comes to be. */
  hashAll(messages: readonly Message[]): readonly string[] {
    const { kernel, memory } = this.#parts
    const { bytes, words } = memory
    bytes.fill(0xa5, this.#arena, this.#arena + arenaBytes)
    let at = this.#arena + 1
    for (const [i, message] of messages.entries()) {
      const key = message.key === undefined ? 0 : at
      if (message.key !== undefined) {
        bytes.set(message.key, at)
        at += 32
      }
      bytes.set(message.bytes, at)
      const fields = [at, message.bytes.length, key, this.#output + 32 * i]
      for (const [field, value] of fields.entries()) {
        words.setUint32(this.#table + 16 * i + 4 * field, value, true)
      }
      at += message.bytes.length
    }
    kernel.hashMany(messages.length, this.#table)
    return this.#hashesAt(this.#output, messages.length)
  }

  /** The hashes of the last so many bytes of `bytes`, which lie as far back in memory as messages may. */
  hashTails(bytes: Uint8Array, lengths: readonly number[]): readonly string[] {
    const { kernel, memory } = this.#parts
    const end = memory.bytes.length - unusedBytes
    memory.bytes.set(bytes, end - bytes.length)
    for (const [i, length] of lengths.entries()) {
      const fields = [end - length, length, 0, this.#output + 32 * i]
      for (const [field, value] of fields.entries()) {
        memory.words.setUint32(this.#table + 16 * i + 4 * field, value, true)
      }
    }
    kernel.hashMany(lengths.length, this.#table)
    return this.#hashesAt(this.#output, lengths.length)
  }

  /** The hash of every 64 bytes. */
  hashNodes(nodes: Uint8Array, key: Uint8Array): readonly string[] {
    return this.#hashNodes(nodes, key, this.#output)
  }

  /** As {@link hashNodes}, where the hashes are written over the nodes. */
  hashNodesInPlace(nodes: Uint8Array, key: Uint8Array): readonly string[] {
    return this.#hashNodes(nodes, key, this.#arena + 32)
  }

  #hashNodes(nodes: Uint8Array, key: Uint8Array, output: number): readonly string[] {
    const { kernel, memory } = this.#parts
    const count = nodes.length / 64
    memory.bytes.set(key, this.#arena)
    memory.bytes.set(nodes, this.#arena + 32)
    kernel.hashNodes(count, this.#arena + 32, output, this.#arena)
    return this.#hashesAt(output, count)
  }

  #hashesAt(at: number, count: number): readonly string[] {
    const { bytes } = this.#parts.memory
    return Array.from({ length: count }, (_, i) =>
      toHex(bytes.subarray(at + 32 * i, at + 32 * (i + 1))),
    )
  }
}
