/**
 * What was seen of each seed: a mark of the result, and where it was. A million seeds take 50 MB: a table with
 * open addressing in flat arrays, as a map of objects would take several times as much.
 */

export interface SeedEntry {
  /** A whole number that follows from the result: the same for the same. */
  readonly mark: number
  /** Where the result was first seen. */
  readonly place: number
}

const sizeMin = 64
const absent = -1

export class SeedTable {
  #seeds = new Float64Array(sizeMin).fill(absent)
  #marks = new Float64Array(sizeMin)
  #places = new Float64Array(sizeMin)
  #count = 0

  /** What was seen of a seed before; otherwise it is put in, and the result is undefined. */
  add(seed: number, mark: number, place: number): SeedEntry | undefined {
    const slot = this.#slotOf(seed)
    if (this.#seeds[slot] === seed) {
      return { mark: this.#marks[slot] ?? 0, place: this.#places[slot] ?? 0 }
    }
    this.#put(slot, seed, { mark, place })
    this.#count += 1
    if (this.#count * 2 > this.#seeds.length) this.#grow()
    return undefined
  }

  /** Where a seed was first seen; undefined if it was not. */
  placeOf(seed: number): number | undefined {
    const slot = this.#slotOf(seed)
    return this.#seeds[slot] === seed ? this.#places[slot] : undefined
  }

  #put(slot: number, seed: number, { mark, place }: SeedEntry): void {
    this.#seeds[slot] = seed
    this.#marks[slot] = mark
    this.#places[slot] = place
  }

  /** The slot of the seed, or the free one where it belongs. */
  #slotOf(seed: number): number {
    const mask = this.#seeds.length - 1
    // Both halves, as seeds of commits differ in the upper one.
    const low = seed % 0x1_0000_0000
    const high = Math.floor(seed / 0x1_0000_0000)
    const mixed = Math.imul(low ^ Math.imul(high, 0x85eb_ca6b), 0x9e37_79b1)
    let slot = (mixed ^ (mixed >>> 15)) & mask
    while (this.#seeds[slot] !== seed && this.#seeds[slot] !== absent) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const [seeds, marks, places] = [this.#seeds, this.#marks, this.#places]
    const size = seeds.length * 2
    this.#seeds = new Float64Array(size).fill(absent)
    this.#marks = new Float64Array(size)
    this.#places = new Float64Array(size)
    for (const [slot, seed] of seeds.entries()) {
      if (seed === absent) continue
      this.#put(this.#slotOf(seed), seed, { mark: marks[slot] ?? 0, place: places[slot] ?? 0 })
    }
  }
}
