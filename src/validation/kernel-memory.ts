/**
 * The memory of a kernel, shared out: each user takes what it needs once, from the front to the back, and nothing is
 * ever given back. Memory grows as it is taken.
 *
 * Does not know what is in it. Views are not to be kept: growth detaches them, so ask for them each time.
 */
import { assert } from '../base/assert.ts'
import type { KernelMemoryObject } from './kernel-exports.ts'

const pageBytes = 65_536
/** Every piece begins at a cache line, which is more than any vector asks for. */
const alignment = 64

export class KernelMemory {
  readonly #memory: KernelMemoryObject
  #free: number
  #bytes: Uint8Array
  #words: DataView

  /** The memory from `heapBase` on. */
  constructor(kernel: { readonly memory: KernelMemoryObject; heapBase(): number }) {
    this.#memory = kernel.memory
    this.#free = kernel.heapBase()
    this.#bytes = new Uint8Array(kernel.memory.buffer)
    this.#words = new DataView(kernel.memory.buffer)
  }

  /** Takes `count` bytes; returns the pointer to the first. Asserts that there is so much memory. */
  take(count: number): number {
    assert(Number.isSafeInteger(count) && count >= 0, `bytes: ${count}`)
    const at = Math.ceil(this.#free / alignment) * alignment
    const missing = at + count - this.#memory.buffer.byteLength
    if (missing > 0) {
      const before = this.#memory.grow(Math.ceil(missing / pageBytes))
      assert(before >= 0, `memory for ${count} bytes more`)
    }
    this.#free = at + count
    return at
  }

  /** All of the memory, as bytes. */
  get bytes(): Uint8Array {
    this.#renew()
    return this.#bytes
  }

  /** All of the memory, for numbers. They are little-endian in it. */
  get words(): DataView {
    this.#renew()
    return this.#words
  }

  #renew(): void {
    const { buffer } = this.#memory
    if (this.#bytes.buffer === buffer) return
    this.#bytes = new Uint8Array(buffer)
    this.#words = new DataView(buffer)
  }
}
