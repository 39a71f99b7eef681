/**
 * Blocks that were read for their headers, for whoever asks for their bodies: a peer that downloads the chain wants the
 * one soon after the other, and thirty peers want both. Reading them twice would be a third of what serving costs.
 *
 * Committed blocks do not change, so none is ever out of date. The oldest are forgotten first, whether they were asked
 * for or not: which bodies come next is up to peers.
 */

export class RecentBlocks {
  readonly #bytesMax: number
  /** As they are stored, without their seals. In the order in which they were read. */
  readonly #records = new Map<number, Uint8Array>()
  #bytes = 0

  /** Keeps as many as have so many bytes together. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  at(height: number): Uint8Array | undefined {
    return this.#records.get(height)
  }

  /** Keeps a block that was just read and found whole. One that is too large by itself is not kept. */
  keep(height: number, record: Uint8Array): void {
    if (this.#records.has(height)) return
    this.#records.set(height, record)
    this.#bytes += record.length
    for (const [oldest, { length }] of this.#records) {
      if (this.#bytes <= this.#bytesMax) return
      this.#records.delete(oldest)
      this.#bytes -= length
    }
  }
}
