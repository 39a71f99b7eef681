/**
 * What the downloads may hold: bytes and blocks that are in flight, being validated, waiting for
 * import or being imported. It is reserved before a request is sent, since an answer cannot be refused.
 *
 * A part is kept for the lowest block that is missing. Without it what lies above could take all of the memory and wait for
 * a block that there is no room to ask for.
 */
import { assert } from '../../../base/assert.ts'

export class Memory {
  readonly #bytesMax: number
  readonly #blocksMax: number
  readonly #headBytes: number
  readonly #headBlocks: number
  #bytes = 0
  #blocks = 0

  /** `headBytes` is the largest answer that there can be. */
  constructor(bytesMax: number, blocksMax: number, headBytes: number) {
    assert(bytesMax >= 2 * headBytes, 'memory for two answers')
    this.#bytesMax = bytesMax
    this.#blocksMax = blocksMax
    this.#headBytes = headBytes
    this.#headBlocks = Math.max(1, blocksMax >> 4)
  }

  get bytes(): number {
    return this.#bytes
  }

  get blocks(): number {
    return this.#blocks
  }

  /** Bytes that may still be reserved. The lowest block that is missing may have what is kept for it. */
  bytesLeft(isHead: boolean): number {
    return this.#bytesMax - (isHead ? 0 : this.#headBytes) - this.#bytes
  }

  blocksLeft(isHead: boolean): number {
    return this.#blocksMax - (isHead ? 0 : this.#headBlocks) - this.#blocks
  }

  reserve(bytes: number, blocks: number): void {
    this.#bytes += bytes
    this.#blocks += blocks
  }

  release(bytes: number, blocks: number): void {
    this.#bytes -= bytes
    this.#blocks -= blocks
    assert(this.#bytes >= 0 && this.#blocks >= 0, 'no more is released than was reserved')
  }
}
