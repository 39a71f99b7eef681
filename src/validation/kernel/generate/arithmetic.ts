/**
 * What the formulas of the curve ask of an arithmetic of GF(2^255 - 19). A pair is two field elements side by side, one
 * in each lane of as many vectors as an element has limbs; every operation works on both.
 *
 * Limbs are *carried* if they are as small as a multiplication leaves them, and *loose* if they are sums or differences
 * of two carried ones. Each arithmetic asserts the bounds it needs when it emits an operation.
 */
import type { Emitter, Lanes } from './emitter.ts'
import { hull, type Interval } from './interval.ts'

/** Two field elements, lowest limbs first. */
export type Pair = readonly Lanes[]

/** An arithmetic: how two elements lie in memory, and the code of each operation on them. */
export interface Arithmetic {
  /** Vectors of 16 bytes for a pair. */
  readonly limbs: number
  readonly kind: Lanes['kind']
  /** What each limb of a carried element can be. Every operation that carries asserts that it keeps to this. */
  readonly carried: readonly Interval[]
  /** The 64-bit words of the limbs of a number modulo 2^255 - 19. */
  words(value: bigint): readonly bigint[]
  /** `a` loose, `b` carried; or both carried. The result is carried. */
  multiply(emitter: Emitter, a: Pair, b: Pair): Pair
  /** `a` and the result are carried. */
  square(emitter: Emitter, a: Pair): Pair
  /** Without a carry. */
  add(emitter: Emitter, a: Pair, b: Pair): Pair
  /** Without a carry. */
  subtract(emitter: Emitter, a: Pair, b: Pair): Pair
  /** Negates one lane. */
  negate(emitter: Emitter, a: Pair, lane: 0 | 1): Pair
  /** The same numbers, carried. `a` is loose, or any 255 bits cut into limbs. */
  carry(emitter: Emitter, a: Pair): Pair
}

/** The pair at a pointer, with limbs of which `range` is known. */
export function load(
  emitter: Emitter,
  arithmetic: Arithmetic,
  pointer: string,
  ranges: readonly Interval[],
): Pair {
  return ranges.map((range, limb) => {
    const expression = `v128.load(${pointer}, ${16 * limb})`
    return arithmetic.kind === 'double'
      ? emitter.double(expression, range)
      : emitter.integer(expression, range)
  })
}

/** Writes a pair to a pointer. */
export function store(emitter: Emitter, pointer: string, pair: Pair): void {
  for (const [limb, { name }] of pair.entries()) {
    emitter.line(`v128.store(${pointer}, ${name}, ${16 * limb})`)
  }
}

/** One lane of `a`, then one lane of `b`. */
export function join(
  emitter: Emitter,
  a: Pair,
  b: Pair,
  [from, to]: readonly [0 | 1, 0 | 1],
): Pair {
  return a.map((first, limb) => {
    const second = b[limb] ?? first
    const expression = `i64x2.shuffle(${first.name}, ${second.name}, ${from}, ${to + 2})`
    const range = hull(first.range, second.range)
    return first.kind === 'double'
      ? emitter.double(expression, range)
      : emitter.integer(expression, range)
  })
}

/** The two elements the other way round. */
export function swap(emitter: Emitter, a: Pair): Pair {
  return join(emitter, a, a, [1, 0])
}
