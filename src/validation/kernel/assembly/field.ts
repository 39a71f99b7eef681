/**
 * GF(2^255 - 19), two elements at a time: what is built on the generated operations, and the way from bytes to limbs
 * and back. An element is one lane of a pair; its limbs are seen here as five of 51 bits, however they are kept.
 *
 * Carried and loose limbs: see `generate/arithmetic.ts`.
 */
import { limbAt, roundsOnce, setLimb } from './variant/element'
import { dBoth, knownProducts, limbs, multiply, rootBoth, squareTimes } from './variant/field'

/** Bytes of a pair. */
export const pairBytes: usize = 16 * limbs

const limbMask: i64 = 0x7ffffffffffff
const words = memory.data(32, 16)
const scratch = memory.data(3 * 160, 16)

/** The lower 255 bits at `bytes`, which need not be less than the prime, as one element of a loose pair. */
export function loadElement(to: usize, lane: usize, bytes: usize): void {
  const word0 = load<u64>(bytes)
  const word1 = load<u64>(bytes, 8)
  const word2 = load<u64>(bytes, 16)
  const word3 = load<u64>(bytes, 24)
  const mask = <u64>limbMask
  setLimb(to, lane, 0, word0 & mask)
  setLimb(to, lane, 1, ((word0 >> 51) | (word1 << 13)) & mask)
  setLimb(to, lane, 2, ((word1 >> 38) | (word2 << 26)) & mask)
  setLimb(to, lane, 3, ((word2 >> 25) | (word3 << 39)) & mask)
  setLimb(to, lane, 4, (word3 >> 12) & mask)
}

/** The one number below the prime that a loose element stands for, as 32 bytes. */
export function storeElement(to: usize, pair: usize, lane: usize): void {
  let limb0 = limbAt(pair, lane, 0)
  let limb1 = limbAt(pair, lane, 1)
  let limb2 = limbAt(pair, lane, 2)
  let limb3 = limbAt(pair, lane, 3)
  let limb4 = limbAt(pair, lane, 4)
  // What goes around is at most 3 in magnitude, as no limb is beyond ±2^53: so the first time leaves a number that is
  // less than 2^6 away from the range of 0 to 2^255, and the second time one that is inside.
  for (let i = 0; i < 2; i += 1) {
    limb1 += limb0 >> 51
    limb2 += limb1 >> 51
    limb3 += limb2 >> 51
    limb4 += limb3 >> 51
    limb0 = (limb0 & limbMask) + 19 * (limb4 >> 51)
    limb1 &= limbMask
    limb2 &= limbMask
    limb3 &= limbMask
    limb4 &= limbMask
  }
  // It is the prime or more just if 19 more reaches 2^255.
  let carry = (limb0 + 19) >> 51
  carry = (limb1 + carry) >> 51
  carry = (limb2 + carry) >> 51
  carry = (limb3 + carry) >> 51
  carry = (limb4 + carry) >> 51
  limb0 += 19 * carry
  limb1 += limb0 >> 51
  limb2 += limb1 >> 51
  limb3 += limb2 >> 51
  limb4 += limb3 >> 51
  limb0 &= limbMask
  limb1 &= limbMask
  limb2 &= limbMask
  limb3 &= limbMask
  limb4 &= limbMask
  store<i64>(to, limb0 | (limb1 << 51))
  store<i64>(to, (limb1 >> 13) | (limb2 << 38), 8)
  store<i64>(to, (limb2 >> 26) | (limb3 << 25), 16)
  store<i64>(to, (limb3 >> 39) | (limb4 << 12), 24)
}

/** Whether a loose element is zero. */
export function isZero(pair: usize, lane: usize): bool {
  storeElement(words, pair, lane)
  return !v128.any_true(v128.or(v128.load(words), v128.load(words, 16)))
}

/** Whether the one number below the prime is odd. */
export function isOdd(pair: usize, lane: usize): bool {
  storeElement(words, pair, lane)
  return (load<u8>(words) & 1) === 1
}

/**
 * a^((p - 5)/8) = a^(2^252 - 3), for square roots. The names are the exponents: `ones10` is a^(2^10 - 1), which has ten
 * binary ones. 251 squarings and 11 multiplications, the chain of D. J. Bernstein's "ref10".
 */
export function powerForRoot(to: usize, a: usize): void {
  const x = scratch
  const y = scratch + pairBytes
  const z = scratch + 2 * pairBytes
  squareTimes(x, a, 1) // 2
  squareTimes(y, x, 2) // 8
  multiply(y, a, y) // 9
  multiply(x, x, y) // 11
  squareTimes(x, x, 1) // 22
  multiply(x, y, x) // ones5
  squareTimes(y, x, 5)
  multiply(x, y, x) // ones10
  squareTimes(y, x, 10)
  multiply(y, y, x) // ones20
  squareTimes(z, y, 20)
  multiply(y, z, y) // ones40
  squareTimes(y, y, 10)
  multiply(x, y, x) // ones50
  squareTimes(y, x, 50)
  multiply(y, y, x) // ones100
  squareTimes(z, y, 100)
  multiply(y, z, y) // ones200
  squareTimes(y, y, 50)
  multiply(x, y, x) // ones250
  squareTimes(x, x, 2)
  multiply(to, x, a)
}

/**
 * Whether the arithmetic of this machine is the one that this kernel was built for: products are as exact as they have
 * to be. The standard leaves it to the engine whether `relaxed_madd` is fused, but for good, so asking once is enough.
 */
export function isFused(): bool {
  if (!roundsOnce()) return false
  const product = scratch
  const expected = scratch + 160
  multiply(product, dBoth, rootBoth)
  for (let lane: usize = 0; lane < 2; lane += 1) {
    storeElement(expected, knownProducts, lane)
    storeElement(expected + 32, product, lane)
    const low = v128.xor(v128.load(expected), v128.load(expected, 32))
    const high = v128.xor(v128.load(expected, 16), v128.load(expected, 48))
    if (v128.any_true(v128.or(low, high))) return false
  }
  return true
}
