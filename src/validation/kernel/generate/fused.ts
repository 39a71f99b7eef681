/**
 * GF(2^255 - 19) in doubles: five limbs of 51 bits, balanced around zero, and exact products by fused multiply-add.
 *
 * A product of two limbs has up to 102 bits, a double holds 53. With c = 3·2^102, `high = fma(a, b, c)` rounds a·b to a
 * multiple of 2^51, because that is the unit in the last place of numbers from 2^103 to 2^104. Then `low = fma(a, b, (c
 * + 3·2^51) - high)` is what rounding took away, plus 3·2^51, with a unit of 1, hence exact. Both need |a·b| < 2^102,
 * which is asserted of every product. Seen as 64-bit integers, the bits of `high` are those of c plus the quotient, the
 * bits of `low` those of 3·2^51 plus the remainder: so integer additions of the bits sum up a column of products, and
 * the constants are taken away once, at the end.
 *
 * N. Emmart, J. Luitjens, C. Weems, C. Woolley, "Optimizing Modular Multiplication for NVIDIA's Maxwell GPUs", 2016,
 * and N. Emmart, "Faster Modular Exponentiation Using Double Precision Floating Point Arithmetic on the GPU", 2018.
 *
 * Right only where `relaxed_madd` is fused: the kernel tries that before it is used.
 */
import { assert, present } from '../../../base/assert.ts'
import type { Arithmetic, Pair } from './arithmetic.ts'
import { doubleBits, type Emitter, type Lanes } from './emitter.ts'
import {
  exactly,
  holds,
  hull,
  type Interval,
  magnitude,
  minus,
  plus,
  rounded,
  shifted,
  times,
  within,
} from './interval.ts'

const limbs = 5
const limbBits = 51n
const unit = 1n << limbBits
const productBound = 1n << 102n
const splitHigh = 3 * 2 ** 102
const splitLow = 3 * 2 ** 51

/** Makes a column positive, so that a logical shift divides it; and rounds the quotient to the nearest. */
const lift = (1n << 60n) + unit / 2n
const liftedCarry = lift >> limbBits

/** Limbs of at most half a unit, and a carry of at most 2^8 to each; to the lowest 19 times as much. */
const carried: readonly Interval[] = Array.from({ length: limbs }, (_, limb) =>
  within(unit / 2n + (limb === 0 ? 19n : 1n) * 256n),
)

/** A column of products: the sum of biased integers that have the same weight. */
type Columns = (Lanes | undefined)[]

/** The arithmetic for processors that fuse. */
export const fused: Arithmetic = {
  limbs,
  kind: 'double',
  carried,
  words: (value) => balanced(value).map((limb) => doubleBits(Number(limb))),
  multiply,
  square,
  add,
  subtract,
  negate,
  carry,
}

// The order of the products makes no difference to the result. In these, engines with sixteen registers keep the most
// values in them: it is worth some five percent.

function multiply(emitter: Emitter, a: Pair, b: Pair): Pair {
  const columns: Columns = []
  for (let weight = 2 * (limbs - 1); weight >= 0; weight -= 1) {
    for (let i = Math.max(0, weight - limbs + 1); i <= Math.min(weight, limbs - 1); i += 1) {
      addProduct(emitter, columns, weight, [limbOf(a, i), limbOf(b, weight - i)])
    }
  }
  return reduce(emitter, columns)
}

/** Fifteen products instead of 25: those of two different limbs are taken once, with one of the two doubled. */
function square(emitter: Emitter, a: Pair): Pair {
  const doubled = a.map((limb) => sum(emitter, limb, limb))
  const columns: Columns = []
  for (let i = limbs - 1; i >= 0; i -= 1) {
    for (let j = limbs - 1; j >= i; j -= 1) {
      addProduct(emitter, columns, i + j, [limbOf(i === j ? a : doubled, i), limbOf(a, j)])
    }
  }
  return reduce(emitter, columns)
}

function addProduct(
  emitter: Emitter,
  columns: Columns,
  weight: number,
  [a, b]: readonly [Lanes, Lanes],
): void {
  const product = times(a.range, b.range)
  assert(magnitude(product) < productBound, `|${a.name}·${b.name}| < 2^102`)
  const factors = `${a.name}, ${b.name}`
  const high = emitter.integer(
    `f64x2.relaxed_madd(${factors}, ${emitter.constantDouble(splitHigh)})`,
    rounded(product, limbBits),
    doubleBits(splitHigh),
  )
  const rest = `f64x2.sub(${emitter.constantDouble(splitHigh + splitLow)}, ${high.name})`
  const low = emitter.integer(
    `f64x2.relaxed_madd(${factors}, ${rest})`,
    within(unit / 2n),
    doubleBits(splitLow),
  )
  columns[weight] = addIntegers(emitter, columns[weight], low)
  columns[weight + 1] = addIntegers(emitter, columns[weight + 1], high)
}

function addIntegers(emitter: Emitter, a: Lanes | undefined, b: Lanes): Lanes {
  if (a === undefined) return b
  const range = plus(a.range, b.range)
  return emitter.integer(`i64x2.add(${a.name}, ${b.name})`, range, a.bias + b.bias)
}

/** 2^255 is 19. */
function nineteenfold(emitter: Emitter, a: Lanes): Lanes {
  const sixteen = `i64x2.shl(${a.name}, 4)`
  const two = `i64x2.shl(${a.name}, 1)`
  return emitter.integer(
    `i64x2.add(i64x2.add(${sixteen}, ${two}), ${a.name})`,
    times(a.range, exactly(19n)),
    19n * a.bias,
  )
}

/**
 * Columns that weigh 2^255 and more come back to the lower ones, times 19; then each limb passes on what it has too
 * much.
 */
function reduce(emitter: Emitter, columns: Columns): Pair {
  const lifted = Array.from({ length: limbs }, (_, limb) => {
    const upper = nineteenfold(emitter, present(columns[limb + limbs], 'an upper column'))
    return liftColumn(emitter, addIntegers(emitter, columns[limb], upper))
  })
  const carries = lifted.map(({ name, range }) =>
    emitter.integer(`i64x2.shr_u(${name}, ${limbBits})`, shifted(range, limbBits)),
  )
  const wrapped = nineteenfold(emitter, limbOf(carries, limbs - 1))
  return lifted.map((column, limb) => {
    const incoming = limb === 0 ? wrapped : limbOf(carries, limb - 1)
    const rest = emitter.integer(`v128.and(${column.name}, ${emitter.constant(unit - 1n)})`, {
      low: 0n,
      high: unit - 1n,
    })
    return centred(emitter, addIntegers(emitter, rest, incoming), limb)
  })
}

/** Takes the bias of the splitting away, and adds `lift` instead. */
function liftColumn(emitter: Emitter, column: Lanes): Lanes {
  const range = plus(column.range, exactly(lift))
  assert(range.low >= 0n && range.high < 1n << 62n, 'a lifted column is positive')
  const constant = emitter.constant(BigInt.asUintN(64, lift - column.bias))
  return emitter.integer(`i64x2.add(${column.name}, ${constant})`, range)
}

/** The limb as a double, without what `lift` has left in it. 2^52 + n has the bits of n as its fraction. */
function centred(emitter: Emitter, whole: Lanes, limb: number): Lanes {
  assert(whole.range.low >= 0n && whole.range.high < 1n << 52n, 'the fraction of a double holds it')
  const centre = unit / 2n + (limb === 0 ? 19n : 1n) * liftedCarry
  const range = minus(whole.range, exactly(centre))
  assertCarried(range, limb)
  const twoTo52 = 2 ** 52
  const double = `v128.or(${whole.name}, ${emitter.constantDouble(twoTo52)})`
  return emitter.double(
    `f64x2.sub(${double}, ${emitter.constantDouble(twoTo52 + Number(centre))})`,
    range,
  )
}

/** One step in parallel: c = 3·2^102 added and taken away again rounds to a multiple of 2^51. */
function carry(emitter: Emitter, a: Pair): Pair {
  const shift = emitter.constantDouble(splitHigh)
  const outgoing = a.map(({ name, range }) => {
    assert(magnitude(range) < productBound, 'what the rounding by addition allows')
    const quotient = rounded(range, limbBits)
    const multiple = times(quotient, exactly(unit))
    return emitter.double(`f64x2.sub(f64x2.add(${name}, ${shift}), ${shift})`, multiple)
  })
  return a.map(({ name, range }, limb) => {
    const own = limbOf(outgoing, limb)
    const incoming = limbOf(outgoing, (limb + limbs - 1) % limbs)
    const factor = limb === 0 ? 19 : 1
    const scaled = `f64x2.mul(${incoming.name}, ${emitter.constantDouble(factor / 2 ** 51)})`
    // What rounding leaves is at most half a unit, and no more than there was.
    const rest = magnitude(range) < unit / 2n ? range : within(unit / 2n)
    const passed = times(shifted(incoming.range, limbBits), exactly(BigInt(factor)))
    const result = plus(rest, passed)
    assertCarried(result, limb)
    return emitter.double(`f64x2.add(f64x2.sub(${name}, ${own.name}), ${scaled})`, result)
  })
}

function add(emitter: Emitter, a: Pair, b: Pair): Pair {
  return a.map((limb, i) => sum(emitter, limb, limbOf(b, i)))
}

function sum(emitter: Emitter, a: Lanes, b: Lanes): Lanes {
  return emitter.double(`f64x2.add(${a.name}, ${b.name})`, plus(a.range, b.range))
}

function subtract(emitter: Emitter, a: Pair, b: Pair): Pair {
  return a.map(({ name, range }, i) => {
    const other = limbOf(b, i)
    return emitter.double(`f64x2.sub(${name}, ${other.name})`, minus(range, other.range))
  })
}

/** The sign of a double is its highest bit. */
function negate(emitter: Emitter, a: Pair, lane: 0 | 1): Pair {
  const sign = emitter.constantPair(lane === 0 ? [1n << 63n, 0n] : [0n, 1n << 63n])
  return a.map(({ name, range }) =>
    emitter.double(`v128.xor(${name}, ${sign})`, hull(range, minus(exactly(0n), range))),
  )
}

function limbOf(lanes: readonly Lanes[], limb: number): Lanes {
  return present(lanes[limb], `limb ${limb}`)
}

function assertCarried(range: Interval, limb: number): void {
  const allowed = present(carried[limb], `limb ${limb}`)
  assert(holds(allowed, range), `limb ${limb} is carried`)
}

/** Limbs around zero. The last carry comes back times 19, so the lowest limb may be a little more than half a unit. */
function balanced(value: bigint): readonly bigint[] {
  const result: bigint[] = []
  let rest = value
  for (let limb = 0; limb < limbs; limb += 1) {
    const digit = BigInt.asIntN(Number(limbBits), rest)
    result.push(digit)
    rest = (rest - digit) >> limbBits
  }
  result[0] = (result[0] ?? 0n) + 19n * rest
  return result
}
