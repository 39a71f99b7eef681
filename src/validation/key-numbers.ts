/**
 * The numbers that keys have in a kernel's table: a map from 32 bytes, for a few hundred nanoseconds less than one from
 * texts takes.
 *
 * Keys come from anybody. So their hash is drawn too: a sum of words times random multipliers, of which nobody can know
 * two keys that collide (J. L. Carter, M. N. Wegman, "Universal classes of hash functions", 1979).
 */
import { equalBytes } from '../base/bytes.ts'

const keyWords = 8

interface Numbered {
  readonly key: Uint8Array
  readonly number: number
}

export class KeyNumbers {
  readonly #multipliers = new Int32Array(keyWords)
  readonly #numbered = new Map<number, Numbered[]>()
  #size = 0

  /** `entropy` fills bytes that nobody can foretell. */
  constructor(entropy: (into: Uint8Array) => void) {
    entropy(new Uint8Array(this.#multipliers.buffer))
  }

  /** How many keys have a number. */
  get size(): number {
    return this.#size
  }

  /** The number of a key of 32 bytes, if it has one. */
  get(key: Uint8Array): number | undefined {
    const sameHash = this.#numbered.get(this.#hash(key))
    return sameHash?.find((each) => equalBytes(each.key, key))?.number
  }

  /** Gives a number to a key that has none. The bytes are copied. */
  set(key: Uint8Array, number: number): void {
    const hash = this.#hash(key)
    const numbered = { key: key.slice(), number }
    const sameHash = this.#numbered.get(hash)
    if (sameHash === undefined) this.#numbered.set(hash, [numbered])
    else sameHash.push(numbered)
    this.#size += 1
  }

  /** Takes all numbers away. */
  clear(): void {
    this.#numbered.clear()
    this.#size = 0
  }

  #hash(key: Uint8Array): number {
    let hash = 0
    for (let word = 0; word < keyWords; word += 1) {
      const at = 4 * word
      const low = (key[at] ?? 0) | ((key[at + 1] ?? 0) << 8)
      const high = (key[at + 2] ?? 0) | ((key[at + 3] ?? 0) << 8)
      // The middle bits depend on all bits of the word.
      const product = Math.imul(low | (high << 16), this.#multipliers[word] ?? 0)
      hash = (hash + (product ^ (product >>> 16))) | 0
    }
    return hash
  }
}
