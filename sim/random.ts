/**
 * Random streams that depend on their name alone. A stream's key is the text of all labels from the
 * root down, and its state is a hash of that key: never of the parent's state. So one more draw in one
 * component, or a component more, changes no other stream, and a run stays comparable with its neighbours.
 *
 * The generator is xor128 (Marsaglia, Journal of Statistical Software 8/14, 2003) of `seedrandom`. It is linear,
 * and so is its own way of taking in a text: the streams of `n0` and `n1` would differ by the same
 * pattern as those of `n2` and `n3`. Hence the state is set from a hash that is not linear.
 *
 * Numbers are whole. What is not an integer is no business of a decision that must be repeatable.
 */
import seedrandom from 'seedrandom'
import { assert } from '../src/base/assert.ts'
import type { Random } from '../src/kernel/environment.ts'
import type { StreamBook, StreamUse } from './stream-book.ts'

const words = 2 ** 32

/** Whatever numbers can be drawn from. */
export interface Draws {
  /** A whole number in [0, 2^32). */
  u32(): number
  /** A whole number in [0, bound), for 1 ≤ bound ≤ 2^32. */
  below(bound: number): number
  /** A whole number from `min` to `max`, both included, at most 2^32 values. */
  between(min: number, max: number): number
  /** True in `numerator` of `denominator` cases. */
  chance(numerator: number, denominator: number): boolean
}

/** What all streams below one root share: as of which seed they go on. */
interface Family {
  /** How often they were re-seeded. */
  generation: number
  /** Stands before the key of each stream. Empty until they are re-seeded. */
  prefix: string
  /** Where the use of streams is noted, if anybody wants to know. */
  readonly book?: StreamBook
}

/** The generation of a stream that nobody has drawn from. */
const unborn = -1

export class SimRandom implements Random, Draws {
  /** All labels from the root down, joined by slashes. */
  readonly key: string
  readonly #family: Family
  /** The family's generation when the generator was made. */
  #generation = unborn
  /** Made when first drawn from: most streams of a world never are. */
  #next: () => number = () => 0

  /** The stream named `key`, a root of its own if no family is given. Equal keys give equal streams. */
  constructor(key: string, family: Family = { generation: 0, prefix: '' }) {
    this.key = key
    this.#family = family
  }

  /** A root stream whose use, and that of all its children, is noted in a book. What they give is the same. */
  static noted(key: string, book: StreamBook): SimRandom {
    return new SimRandom(key, { generation: 0, prefix: '', book })
  }

  /** The book in which the streams of this root are noted, if there is one. */
  get book(): StreamBook | undefined {
    return this.#family.book
  }

  /** How often the streams of this root were re-seeded. */
  get generation(): number {
    return this.#family.generation
  }

  /**
   * From now on this stream and all others of its root, those already drawn from and those still to be forked, go on
   * as they would in a world of another seed. What was drawn so far is what it was.
   */
  reseed(seed: number): void {
    const family = this.#family
    family.generation += 1
    family.prefix = `${family.generation}:${seed}/`
  }

  /** The text that the state of the child named `label` follows from, at present. */
  originOf(label: string): string {
    return `${this.#family.prefix}${this.key}/${label}`
  }

  u32(): number {
    if (this.#generation !== this.#family.generation) this.#begin()
    return this.#next() >>> 0
  }

  below(bound: number): number {
    return scaled(this.u32(), bound)
  }

  between(min: number, max: number): number {
    return min + scaled(this.u32(), max - min + 1)
  }

  chance(numerator: number, denominator: number): boolean {
    return scaled(this.u32(), denominator) < numerator
  }

  /** One item of a list that is not empty. */
  pick<Item>(items: readonly Item[]): Item {
    assert(items.length > 0, 'something to pick from')
    return items[this.below(items.length)] as Item
  }

  /** The same items in a random order (Fisher and Yates). */
  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items]
    for (let left = shuffled.length - 1; left > 0; left -= 1) {
      const other = this.below(left + 1)
      const item = shuffled[left] as Item
      shuffled[left] = shuffled[other] as Item
      shuffled[other] = item
    }
    return shuffled
  }

  fork(label: string): SimRandom {
    return new SimRandom(`${this.key}/${label}`, this.#family)
  }

  #begin(): void {
    const { generation, prefix, book } = this.#family
    this.#generation = generation
    const label = prefix + this.key
    const next = seedrandom.xor128('', { state: stateOf(label) }).int32
    this.#next = book === undefined ? next : book.counted(label, next)
  }
}

/**
 * Streams of two integers, for things of which there are tens of thousands, where the other kind would not
 * stay in the processor's cache: a counter with a step of its own, and an avalanche of each value
 * (the construction of SplitMix: Steele, Lea & Flood, OOPSLA 2014). The integers stand in an array that belongs to
 * whoever has the things, next to what else a draw is about; this is a window that is moved over them.
 */
export class SmallRandom implements Draws {
  readonly #words: Int32Array
  /** Index of the counter of the stream that is drawn from. Its step comes next. */
  #at = 0

  constructor(words: Int32Array) {
    this.#words = words
  }

  /** Writes the beginning of the stream that follows from `origin` to `at` and the place behind it. */
  seed(at: number, origin: string): void {
    const { x, y } = stateOf(origin)
    this.#words[at] = x
    this.#words[at + 1] = y | 1
  }

  /**
   * Reckons what is drawn from the stream at `at` from now on, out of its counter alone: whoever draws pays nothing for
   * it. `place` says where the stream is by then, as those who have the array may move it.
   */
  static meter(place: () => { readonly words: Int32Array; readonly at: number }): () => StreamUse {
    const counterOf = (): number => {
      const { words: counters, at } = place()
      return counters[at] ?? 0
    }
    const { words: steps, at } = place()
    const perStep = inverse(steps[at + 1] ?? 1)
    const begun = counterOf()
    return () => {
      const counter = counterOf()
      return {
        draws: Math.imul(counter - begun, perStep) >>> 0,
        checksum: avalanche(counter) >>> 0,
      }
    }
  }

  /** The stream at `at`, until this is called again. */
  stream(at: number): this {
    this.#at = at
    return this
  }

  u32(): number {
    const counter = ((this.#words[this.#at] ?? 0) + (this.#words[this.#at + 1] ?? 0)) | 0
    this.#words[this.#at] = counter
    return avalanche(counter) >>> 0
  }

  below(bound: number): number {
    return scaled(this.u32(), bound)
  }

  between(min: number, max: number): number {
    return min + scaled(this.u32(), max - min + 1)
  }

  chance(numerator: number, denominator: number): boolean {
    return scaled(this.u32(), denominator) < numerator
  }
}

/**
 * A word brought into [0, bound). The product is exact for bounds up to 2^20 and correctly rounded beyond; no
 * value is favoured by more than bound / 2^32.
 */
function scaled(word: number, bound: number): number {
  assert(bound >= 1 && bound <= words && Number.isInteger(bound), 'a bound from 1 to 2^32')
  return Math.floor((word / words) * bound)
}

/**
 * 128 bits of a text: four lanes of multiply and rotate that see each character and each other, then an
 * avalanche of each (the finaliser of MurmurHash3). Not cryptographic: nobody chooses labels to collide.
 */
function stateOf(key: string): { x: number; y: number; z: number; w: number } {
  let x = 0x243f6a88 ^ key.length
  let y = 0x85a308d3
  let z = 0x13198a2e
  let w = 0x03707344
  for (let i = 0; i < key.length; i += 1) {
    const unit = key.charCodeAt(i)
    x = y ^ Math.imul(x ^ unit, 0x9e3779b1)
    y = z ^ Math.imul(y ^ unit, 0x85ebca77)
    z = w ^ Math.imul(z ^ unit, 0xc2b2ae3d)
    w = rotate(x, 13) ^ Math.imul(w ^ unit, 0x27d4eb2f)
  }
  x = avalanche(x ^ y ^ z ^ w)
  y = avalanche(y ^ x)
  z = avalanche(z ^ y)
  w = avalanche(w ^ z)
  // All zero is the one state that xor128 never leaves.
  return { x, y, z, w: (x | y | z | w) === 0 ? 1 : w }
}

/** What an odd number is multiplied with to give 1, modulo 2^32: Newton's way, each step doubles the bits that are right. */
function inverse(odd: number): number {
  let found = odd
  for (let bits = 3; bits < 32; bits *= 2) found = Math.imul(found, 2 - Math.imul(odd, found))
  return found
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function avalanche(word: number): number {
  let mixed = word
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
