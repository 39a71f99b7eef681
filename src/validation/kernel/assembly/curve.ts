/**
 * Points of edwards25519, -x² + y² = 1 + d·x²·y²: from their encodings, and what is asked of a sum of them. Points and
 * addends are those of `generate/field-module.ts`; each takes two pairs.
 *
 * Encodings follow ZIP-215: y may be the prime or more, and x = 0 may come with either sign.
 */

import { isOdd, isZero, loadElement, pairBytes, powerForRoot } from './field'
import { negateElement } from './variant/element'
import {
  add,
  addendOfPoint,
  addPoint,
  carry,
  dBoth,
  multiply,
  negativeAddend,
  ones,
  pointOfAddend,
  rootBoth,
  rootFirst,
  rootSecond,
  squareTimes,
  subtract,
  twoDBoth,
  twos,
  zeroOne,
} from './variant/field'

/** Bytes of a point, and of an addend. */
export const pointBytes: usize = 2 * pairBytes

/** An addend and then its negative, so that a subtraction is an addition. */
export const signedBytes: usize = 2 * pointBytes

const scratch = memory.data(12 * 160, 16)
const x = scratch
const y = scratch + pairBytes
const ySquare = scratch + 2 * pairBytes
const u = scratch + 3 * pairBytes
const v = scratch + 4 * pairBytes
const vCube = scratch + 5 * pairBytes
const power = scratch + 6 * pairBytes
const difference = scratch + 7 * pairBytes
const total = scratch + 8 * pairBytes
const doubled = scratch + 10 * pairBytes

/**
 * Reads two encodings of 32 bytes, and writes two addends with their negatives to `toFirst` and `toSecond`. Bit i of
 * the result says whether encoding i is that of a point; what is written for another is not to be used.
 */
export function decompressTwo(first: usize, second: usize, toFirst: usize, toSecond: usize): u32 {
  loadElement(y, 0, first)
  loadElement(y, 1, second)
  carry(y, y)
  const good = solveForX()
  const isFirstOdd = load<u8>(first, 31) >> 7 === 1
  const isSecondOdd = load<u8>(second, 31) >> 7 === 1
  if (isOdd(x, 0) !== isFirstOdd) negateElement(x, 0)
  if (isOdd(x, 1) !== isSecondOdd) negateElement(x, 1)
  writeAddends(toFirst, toSecond)
  return good
}

/**
 * x² = u/v with u = y² - 1 and v = d·y² + 1. As p is 5 modulo 8, a candidate is u·v³·(u·v⁷)^((p - 5)/8): if v·x² is u
 * it is a root; if v·x² is -u it is one after multiplication by a root of -1; else there is none (RFC 8032, section
 * 5.1.3).
 */
function solveForX(): u32 {
  squareTimes(ySquare, y, 1)
  subtract(u, ySquare, ones)
  carry(u, u)
  multiply(v, ySquare, dBoth)
  add(v, v, ones)
  carry(v, v)
  squareTimes(vCube, v, 1)
  multiply(vCube, vCube, v)
  squareTimes(power, vCube, 1)
  multiply(power, power, v)
  multiply(power, power, u)
  powerForRoot(power, power)
  multiply(x, vCube, u)
  multiply(x, x, power)
  squareTimes(power, x, 1)
  multiply(power, power, v)
  subtract(difference, power, u)
  add(total, power, u)
  let good: u32 = 0
  let turned: u32 = 0
  for (let lane: usize = 0; lane < 2; lane += 1) {
    const bit: u32 = 1 << (<u32>lane)
    if (isZero(difference, lane)) good |= bit
    else if (isZero(total, lane)) {
      good |= bit
      turned |= bit
    }
  }
  if (turned !== 0) multiply(x, x, turned === 3 ? rootBoth : turned === 1 ? rootFirst : rootSecond)
  return good
}

/** The addends of the two points (x, y) with Z = 1: (y - x, 2d·x·y), then (y + x, 2). */
function writeAddends(toFirst: usize, toSecond: usize): void {
  const product = power
  multiply(product, x, y)
  multiply(product, product, twoDBoth)
  subtract(difference, y, x)
  carry(difference, difference)
  add(total, y, x)
  carry(total, total)
  for (let at: usize = 0; at < pairBytes; at += 16) {
    const minus = v128.load(difference + at)
    const plus = v128.load(total + at)
    const t = v128.load(product + at)
    const two = v128.load(twos + at)
    v128.store(toFirst + at, i64x2.shuffle(minus, t, 0, 2))
    v128.store(toSecond + at, i64x2.shuffle(minus, t, 1, 3))
    v128.store(toFirst + pairBytes + at, i64x2.shuffle(plus, two, 0, 2))
    v128.store(toSecond + pairBytes + at, i64x2.shuffle(plus, two, 1, 3))
  }
  negativeAddend(toFirst + pointBytes, toFirst)
  negativeAddend(toSecond + pointBytes, toSecond)
}

/** The neutral element (0, 1). */
export function setNeutral(point: usize): void {
  memory.copy(point, zeroOne, pairBytes)
  memory.copy(point + pairBytes, zeroOne, pairBytes)
}

/** Doubles a point in place, `times` times. */
export function doubleTimes(point: usize, times: u32): void {
  for (let i: u32 = 0; i < times; i += 1) {
    addendOfPoint(doubled, point)
    addPoint(point, point, doubled)
  }
}

/** Writes 2^128 times the point of an addend, as an addend with its negative. */
export function shiftAddend(to: usize, addend: usize): void {
  const point = scratch
  pointOfAddend(point, addend)
  doubleTimes(point, 128)
  addendOfPoint(to, point)
  negativeAddend(to + pointBytes, to)
}

/** Whether eight times the point is the neutral element: it then has no part in the group of prime order. */
export function isTorsion(point: usize): bool {
  const multiple = scratch
  memory.copy(multiple, point, pointBytes)
  doubleTimes(multiple, 3)
  // X = 0 and Y = Z; both pairs have what is compared in their second lane.
  if (!isZero(multiple, 0)) return false
  subtract(difference, multiple, multiple + pairBytes)
  return isZero(difference, 1)
}
