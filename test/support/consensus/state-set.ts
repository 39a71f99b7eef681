/**
 * The states seen so far, exactly: a state is a tuple of small numbers packed into one double without
 * loss, kept in the order in which it was found, and found again by an open-addressed table of places.
 * Costs 8 bytes a state and 4 a table cell; 14 million states fit in 250 MB.
 */
import { assert } from '../../../src/base/assert.ts'

export class StateSet {
  readonly #width: number
  readonly #base: number
  #order = new Float64Array(1 << 12)
  #table = new Int32Array(1 << 13)
  #size = 0

  /** `width`: numbers in a tuple, 1 to 7. Each is at least 0 and below {@link base}. */
  constructor(width: number) {
    assert(width >= 1 && width <= 7, 'one to seven numbers')
    this.#width = width
    this.#base = 2 ** Math.min(26, Math.floor(53 / width))
  }

  get size(): number {
    return this.#size
  }

  get base(): number {
    return this.#base
  }

  /** Whether the tuple is new. */
  add(tuple: Int32Array): boolean {
    let key = 0
    for (let i = 0; i < this.#width; i += 1) key = key * this.#base + (tuple[i] ?? 0)
    const mask = this.#table.length - 1
    for (let cell = hashOf(tuple) & mask; ; cell = (cell + 1) & mask) {
      const place = this.#table[cell] ?? 0
      if (place === 0) {
        this.#table[cell] = this.#append(key)
        if (this.#size * 5 > this.#table.length * 3) this.#rehash()
        return true
      }
      if (this.#order[place - 1] === key) return false
    }
  }

  /** Writes the tuple that was added as number `index` into `tuple`. */
  read(index: number, tuple: Int32Array): void {
    let key = this.#order[index] ?? 0
    for (let i = this.#width - 1; i >= 0; i -= 1) {
      const rest = Math.floor(key / this.#base)
      tuple[i] = key - rest * this.#base
      key = rest
    }
  }

  /** Returns the new place, counted from 1: 0 marks an empty cell. */
  #append(key: number): number {
    if (this.#size === this.#order.length) {
      const larger = new Float64Array(2 * this.#size)
      larger.set(this.#order)
      this.#order = larger
    }
    this.#order[this.#size] = key
    this.#size += 1
    return this.#size
  }

  #rehash(): void {
    this.#table = new Int32Array(2 * this.#table.length)
    const mask = this.#table.length - 1
    const tuple = new Int32Array(this.#width)
    for (let index = 0; index < this.#size; index += 1) {
      this.read(index, tuple)
      let cell = hashOf(tuple) & mask
      while (this.#table[cell] !== 0) cell = (cell + 1) & mask
      this.#table[cell] = index + 1
    }
  }
}

function hashOf(tuple: Int32Array): number {
  let hash = 0
  for (let i = 0; i < tuple.length; i += 1) {
    hash = Math.imul(hash ^ (tuple[i] ?? 0), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash
}
