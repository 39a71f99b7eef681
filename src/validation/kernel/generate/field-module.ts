/**
 * The generated module of the kernel: field arithmetic on pairs, and the formulas of the curve that are made of it
 * without a detour by memory. One text for each arithmetic, with the same functions.
 *
 * What is written by hand around it (`assembly/curve.ts`) passes pointers to pairs of `limbs` vectors.
 */
import { type Arithmetic, join, load, type Pair, store, swap } from './arithmetic.ts'
import { Constants, checks, Emitter, hex } from './emitter.ts'
import { type Interval, plus, within } from './interval.ts'

const prime = 2n ** 255n - 19n
const d = modulo(-121_665n * power(121_666n, prime - 2n))
const rootOfMinusOne = power(2n, (prime - 1n) / 4n)

/** Pairs of numbers that the formulas need, by name. */
const pairs: Readonly<Record<string, readonly [bigint, bigint]>> = {
  zeroOne: [0n, 1n],
  ones: [1n, 1n],
  twos: [2n, 2n],
  dBoth: [d, d],
  twoDBoth: [2n * d, 2n * d],
  twoDAndTwo: [2n * d, 2n],
  rootFirst: [rootOfMinusOne, 1n],
  rootSecond: [1n, rootOfMinusOne],
  rootBoth: [rootOfMinusOne, rootOfMinusOne],
  knownProducts: [d * rootOfMinusOne, d * rootOfMinusOne],
}

/** The text of the module. With `isChecked`, every value is compared with its interval when it is computed. */
export function fieldModule(arithmetic: Arithmetic, isChecked: boolean): string {
  const constants = new Constants()
  const writer = { arithmetic, start: () => new Emitter(constants, isChecked) }
  const field = [multiplication, squaring, addition, subtraction, carrying]
  const curve = [pointAddition, pointOfAddend, addendOfPoint, negativeAddend]
  const functions = [...field, ...curve].map((write) => write(writer))
  const size = `/** Vectors of 16 bytes in a pair. */\nexport const limbs: usize = ${arithmetic.limbs}\n`
  const numbers = Object.entries(pairs).map(([name, pair]) => pairText(arithmetic, name, pair))
  const text = [size, ...numbers, constants.text, ...functions]
  return (isChecked ? [...text, checks] : text).join('\n')
}

interface Writer {
  readonly arithmetic: Arithmetic
  readonly start: () => Emitter
}

function pairText({ words }: Arithmetic, name: string, pair: readonly [bigint, bigint]): string {
  const [first, second] = pair.map((value) => words(modulo(value)))
  const lanes = (first ?? []).flatMap((word, limb) => [hex(word), hex(second?.[limb] ?? 0n)])
  return `export const ${name} = memory.data<u64>([${lanes.join(', ')}], 16)`
}

// ----- the field -----

function multiplication({ arithmetic, start }: Writer): string {
  const emitter = start()
  const a = load(emitter, arithmetic, 'a', looseOf(arithmetic))
  const b = load(emitter, arithmetic, 'b', arithmetic.carried)
  store(emitter, 'to', arithmetic.multiply(emitter, a, b))
  const comment = 'The products of two pairs. `a` is loose, `b` carried, the result carried.'
  return emitter.finish(comment, 'multiply(to: usize, a: usize, b: usize)')
}

function squaring({ arithmetic, start }: Writer): string {
  const emitter = start()
  const { carried, kind } = arithmetic
  const a = carried.map((range, limb) => ({ name: `a${limb}`, range, kind, bias: 0n }))
  for (const [limb, { name }] of a.entries()) {
    emitter.line(`let ${name} = v128.load(a, ${16 * limb})`)
  }
  emitter.line('for (let i: u32 = 0; i < times; i += 1) {')
  for (const limb of a) emitter.check(limb)
  for (const [limb, { name }] of arithmetic.square(emitter, a).entries()) {
    emitter.line(`a${limb} = ${name}`)
  }
  emitter.line('}')
  store(emitter, 'to', a)
  const comment = 'Squares a pair again and again: a^(2^times). It is carried before and after.'
  return emitter.finish(comment, 'squareTimes(to: usize, a: usize, times: u32)')
}

function addition({ arithmetic, start }: Writer): string {
  const emitter = start()
  const a = load(emitter, arithmetic, 'a', arithmetic.carried)
  const b = load(emitter, arithmetic, 'b', arithmetic.carried)
  store(emitter, 'to', arithmetic.add(emitter, a, b))
  const comment = 'The sums of two carried pairs, loose.'
  return emitter.finish(comment, 'add(to: usize, a: usize, b: usize)')
}

function subtraction({ arithmetic, start }: Writer): string {
  const emitter = start()
  const a = load(emitter, arithmetic, 'a', arithmetic.carried)
  const b = load(emitter, arithmetic, 'b', arithmetic.carried)
  store(emitter, 'to', arithmetic.subtract(emitter, a, b))
  const comment = 'The differences of two carried pairs, loose.'
  return emitter.finish(comment, 'subtract(to: usize, a: usize, b: usize)')
}

function carrying({ arithmetic, start }: Writer): string {
  const emitter = start()
  const a = load(emitter, arithmetic, 'a', looseOf(arithmetic))
  store(emitter, 'to', arithmetic.carry(emitter, a))
  const comment = 'The same numbers, carried. `a` is loose.'
  return emitter.finish(comment, 'carry(to: usize, a: usize)')
}

// ----- the curve -----
// A point is the pair (X, Y), then the pair (T, Z), both carried, with x = X/Z, y = Y/Z, T = XY/Z. An addend is what
// addition asks of a second point, computed once: (Y - X, 2dT), then (Y + X, 2Z).

/**
 * H. Hisil, K. Wong, G. Carter, E. Dawson, "Twisted Edwards Curves Revisited", 2008, section 3.1: eight multiplications
 * as four of pairs. It is complete: right for all points, equal, opposite and of small order among them.
 *
 * E and G are carried, as they and H and F are sums of two carried numbers, and each product is of one with another.
 */
function pointAddition({ arithmetic, start }: Writer): string {
  const emitter = start()
  const { left, right } = summands(emitter, arithmetic)
  const first = load(emitter, arithmetic, 'addend', arithmetic.carried)
  const ac = arithmetic.multiply(emitter, left, first)
  const second = load(emitter, arithmetic, `addend + ${pairBytes(arithmetic)}`, arithmetic.carried)
  const bd = arithmetic.multiply(emitter, right, second)
  completeAddition(emitter, arithmetic, ac, bd)
  const comment = 'The sum of a point and an addend. `to` may be the point.'
  return emitter.finish(comment, 'addPoint(to: usize, point: usize, addend: usize)')
}

/** (Y - X, T) and (Y + X, Z) of the point at `point`. */
function summands(emitter: Emitter, arithmetic: Arithmetic): { left: Pair; right: Pair } {
  const xy = load(emitter, arithmetic, 'point', arithmetic.carried)
  const tz = load(emitter, arithmetic, `point + ${pairBytes(arithmetic)}`, arithmetic.carried)
  const sums = arithmetic.add(emitter, swap(emitter, xy), arithmetic.negate(emitter, xy, 0))
  return { left: join(emitter, sums, tz, [0, 0]), right: join(emitter, sums, tz, [1, 1]) }
}

/** From A = (Y₁ - X₁)(Y₂ - X₂), B = (Y₁ + X₁)(Y₂ + X₂), C = 2dT₁T₂ and D = 2Z₁Z₂ to the sum. */
function completeAddition(emitter: Emitter, arithmetic: Arithmetic, ac: Pair, bd: Pair): void {
  const signed = arithmetic.negate(emitter, ac, 0)
  const eg = arithmetic.carry(emitter, arithmetic.add(emitter, bd, signed))
  const hf = arithmetic.subtract(emitter, bd, signed)
  store(emitter, `to + ${pairBytes(arithmetic)}`, arithmetic.multiply(emitter, hf, eg))
  store(emitter, 'to', arithmetic.multiply(emitter, swap(emitter, hf), eg))
}

/** What the addition to the neutral element comes to: there A = Y - X, B = Y + X, C = 0, D = 2Z of the addend. */
function pointOfAddend({ arithmetic, start }: Writer): string {
  const emitter = start()
  const first = load(emitter, arithmetic, 'addend', arithmetic.carried)
  const second = load(emitter, arithmetic, `addend + ${pairBytes(arithmetic)}`, arithmetic.carried)
  const zeros = first.map((limb) => ({ ...limb, name: 'zero', range: { low: 0n, high: 0n } }))
  emitter.line('const zero = i64x2.splat(0)')
  completeAddition(emitter, arithmetic, join(emitter, first, zeros, [0, 0]), second)
  const comment = 'The point of an addend.'
  return emitter.finish(comment, 'pointOfAddend(to: usize, addend: usize)')
}

function addendOfPoint({ arithmetic, start }: Writer): string {
  const emitter = start()
  const xy = load(emitter, arithmetic, 'point', arithmetic.carried)
  const tz = load(emitter, arithmetic, `point + ${pairBytes(arithmetic)}`, arithmetic.carried)
  const factors = load(emitter, arithmetic, 'twoDAndTwo', arithmetic.carried)
  const loose = arithmetic.add(emitter, swap(emitter, xy), arithmetic.negate(emitter, xy, 0))
  const sums = arithmetic.carry(emitter, loose)
  const scaled = arithmetic.multiply(emitter, tz, factors)
  store(emitter, 'to', join(emitter, sums, scaled, [0, 0]))
  store(emitter, `to + ${pairBytes(arithmetic)}`, join(emitter, sums, scaled, [1, 1]))
  const comment = 'The addend of a point. `to` is not the point.'
  return emitter.finish(comment, 'addendOfPoint(to: usize, point: usize)')
}

/** -(x, y) = (-x, y). */
function negativeAddend({ arithmetic, start }: Writer): string {
  const emitter = start()
  const first = load(emitter, arithmetic, 'addend', arithmetic.carried)
  const second = load(emitter, arithmetic, `addend + ${pairBytes(arithmetic)}`, arithmetic.carried)
  const negated = arithmetic.negate(emitter, first, 1)
  store(emitter, 'to', join(emitter, second, negated, [0, 1]))
  store(emitter, `to + ${pairBytes(arithmetic)}`, join(emitter, first, second, [0, 1]))
  const comment = 'The addend of the opposite point.'
  return emitter.finish(comment, 'negativeAddend(to: usize, addend: usize)')
}

function pairBytes({ limbs }: Arithmetic): number {
  return 16 * limbs
}

function looseOf({ carried }: Arithmetic): readonly Interval[] {
  return carried.map((range) => plus(range, within(-range.low)))
}

// ----- numbers -----

function modulo(value: bigint): bigint {
  const rest = value % prime
  return rest < 0n ? rest + prime : rest
}

function power(base: bigint, exponent: bigint): bigint {
  if (exponent === 0n) return 1n
  const root = power(modulo(base * base), exponent / 2n)
  return exponent % 2n === 0n ? root : modulo(root * base)
}
