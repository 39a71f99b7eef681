/**
 * GF(2^255 - 19) in integers: ten limbs of 26 and 25 bits in turn, balanced around zero, and products of 32 bits by 32
 * bits. Every instruction has one result that the standard lays down; it takes two to three times as long as
 * `fused.ts`.
 *
 * D. J. Bernstein, "Curve25519: new Diffie-Hellman speed records", 2006, section 4; and the "ref10" code of the same
 * author, whose order of carries this is.
 */
import { assert, present } from '../../../base/assert.ts'
import type { Arithmetic, Pair } from './arithmetic.ts'
import type { Emitter, Lanes } from './emitter.ts'
import {
  exactly,
  holds,
  hull,
  type Interval,
  minus,
  plus,
  rounded,
  times,
  within,
} from './interval.ts'

const limbs = 10
const factorBound = within(2n ** 31n - 1n)
const sumBound = within(2n ** 63n - 1n)

/** Two chains of carries, one from limb 0 and one from limb 4, and at the end the little that came around. */
const carryOrder: readonly number[] = [0, 4, 1, 5, 2, 6, 3, 7, 4, 8, 9, 0]

const carried: readonly Interval[] = Array.from({ length: limbs }, (_, limb) =>
  within(half(limb) + 2n ** 14n),
)

/** The arithmetic for any processor. */
export const exact: Arithmetic = {
  limbs,
  kind: 'integer',
  carried,
  words: (value) => balanced(value).map((limb) => BigInt.asUintN(64, limb)),
  multiply,
  square,
  add: (emitter, a, b) => a.map((limb, i) => sum(emitter, limb, limbOf(b, i))),
  subtract: (emitter, a, b) => a.map((limb, i) => difference(emitter, limb, limbOf(b, i))),
  negate,
  carry: propagate,
}

/** Bits of a limb: limb i has the weight 2^⌈25.5·i⌉. */
function bitsOf(limb: number): bigint {
  return limb % 2 === 0 ? 26n : 25n
}

function half(limb: number): bigint {
  return 2n ** (bitsOf(limb) - 1n)
}

function multiply(emitter: Emitter, a: Pair, b: Pair): Pair {
  const left = new Factors(emitter, a)
  const right = new Factors(emitter, b)
  const columns: (Lanes | undefined)[] = []
  for (let i = 0; i < limbs; i += 1) {
    for (let j = 0; j < limbs; j += 1) {
      const product = multiplyFactors(
        emitter,
        left.scaled(i, doubling(i, j)),
        right.scaled(j, wrapping(i + j)),
      )
      addToColumn(emitter, columns, (i + j) % limbs, product)
    }
  }
  return propagate(
    emitter,
    columns.map((column) => present(column, 'a column')),
  )
}

/** 55 products instead of 100: those of two different limbs are taken once, and doubled. */
function square(emitter: Emitter, a: Pair): Pair {
  const factors = new Factors(emitter, a)
  const columns: (Lanes | undefined)[] = []
  for (let i = 0; i < limbs; i += 1) {
    for (let j = i; j < limbs; j += 1) {
      const twice = i === j ? 1n : 2n
      const product = multiplyFactors(
        emitter,
        factors.scaled(i, twice * doubling(i, j)),
        factors.scaled(j, wrapping(i + j)),
      )
      addToColumn(emitter, columns, (i + j) % limbs, product)
    }
  }
  return propagate(
    emitter,
    columns.map((column) => present(column, 'a column')),
  )
}

/** Two odd limbs weigh twice as much as the limb that their product goes to. */
function doubling(i: number, j: number): bigint {
  return i % 2 === 1 && j % 2 === 1 ? 2n : 1n
}

/** 2^255 is 19. */
function wrapping(weight: number): bigint {
  return weight >= limbs ? 19n : 1n
}

/** A limb, times a small number, with its two lanes moved together to where the multiplication takes them from. */
interface Factor {
  readonly name: string
  readonly range: Interval
}

/** The factors that an element gives, each made once. */
class Factors {
  readonly #made = new Map<string, Factor>()
  readonly #emitter: Emitter
  readonly #element: Pair

  constructor(emitter: Emitter, element: Pair) {
    this.#emitter = emitter
    this.#element = element
  }

  /** Limb `limb` times `scale`, in 32 bits: asserted. */
  scaled(limb: number, scale: bigint): Factor {
    const key = `${limb}·${scale}`
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const factor = this.#make(limb, scale)
    this.#made.set(key, factor)
    return factor
  }

  #make(limb: number, scale: bigint): Factor {
    const { name, range } = limbOf(this.#element, limb)
    const scaledRange = times(range, exactly(scale))
    assert(holds(factorBound, scaledRange), `limb ${limb} times ${scale} has 32 bits`)
    if (scale === 1n) {
      return { name: this.#emitter.name(`i32x4.shuffle(${name}, ${name}, 0, 2, 0, 2)`), range }
    }
    const single = this.scaled(limb, 1n)
    const expression = `i32x4.mul(${single.name}, i32x4.splat(${scale}))`
    return { name: this.#emitter.name(expression), range: scaledRange }
  }
}

function multiplyFactors(emitter: Emitter, a: Factor, b: Factor): Lanes {
  const expression = `i64x2.extmul_low_i32x4_s(${a.name}, ${b.name})`
  return emitter.integer(expression, times(a.range, b.range))
}

function addToColumn(
  emitter: Emitter,
  columns: (Lanes | undefined)[],
  index: number,
  product: Lanes,
): void {
  const column = columns[index]
  columns[index] = column === undefined ? product : sum(emitter, column, product)
}

/** Passes on what a limb has more than its bits, rounded to the nearest, until all are carried. */
function propagate(emitter: Emitter, columns: Pair): Pair {
  const result = [...columns]
  for (const limb of carryOrder) {
    const bits = bitsOf(limb)
    const { name, range } = limbOf(result, limb)
    assert(holds(sumBound, plus(range, within(half(limb)))), 'a column of 64 bits')
    const middle = emitter.constant(half(limb))
    const quotient = emitter.integer(
      `i64x2.shr_s(i64x2.add(${name}, ${middle}), ${bits})`,
      rounded(range, bits),
    )
    const rest = `i64x2.sub(${name}, i64x2.shl(${quotient.name}, ${bits}))`
    const next = (limb + 1) % limbs
    const passed = next === 0 ? nineteenfold(emitter, quotient) : quotient
    const restRange = holds(within(half(limb)), range) ? range : within(half(limb))
    result[limb] = emitter.integer(rest, restRange)
    result[next] = sum(emitter, limbOf(result, next), passed)
  }
  for (const [limb, { range }] of result.entries()) {
    assert(holds(present(carried[limb], 'a bound'), range), `limb ${limb} is carried`)
  }
  return result
}

function nineteenfold(emitter: Emitter, { name, range }: Lanes): Lanes {
  const eighteen = `i64x2.add(i64x2.shl(${name}, 4), i64x2.shl(${name}, 1))`
  return emitter.integer(`i64x2.add(${eighteen}, ${name})`, times(range, exactly(19n)))
}

function sum(emitter: Emitter, a: Lanes, b: Lanes): Lanes {
  const range = plus(a.range, b.range)
  assert(holds(sumBound, range), 'a sum of 64 bits')
  return emitter.integer(`i64x2.add(${a.name}, ${b.name})`, range)
}

function difference(emitter: Emitter, a: Lanes, b: Lanes): Lanes {
  return emitter.integer(`i64x2.sub(${a.name}, ${b.name})`, minus(a.range, b.range))
}

/** -x is ~x + 1. */
function negate(emitter: Emitter, a: Pair, lane: 0 | 1): Pair {
  const ones = emitter.constantPair(lane === 0 ? [-1n, 0n] : [0n, -1n])
  return a.map(({ name, range }) => {
    const negated = hull(range, minus(exactly(0n), range))
    return emitter.integer(`i64x2.sub(v128.xor(${name}, ${ones}), ${ones})`, negated)
  })
}

function limbOf(lanes: Pair, limb: number): Lanes {
  return present(lanes[limb], `limb ${limb}`)
}

/** Limbs around zero; the last carry comes back times 19. */
function balanced(value: bigint): readonly bigint[] {
  const result: bigint[] = []
  let rest = value
  for (let limb = 0; limb < limbs; limb += 1) {
    const digit = BigInt.asIntN(Number(bitsOf(limb)), rest)
    result.push(digit)
    rest = (rest - digit) >> bitsOf(limb)
  }
  result[0] = (result[0] ?? 0n) + 19n * rest
  return result
}
