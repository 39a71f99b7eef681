/**
 * Sums of many multiples of points: Σ s·P, by buckets (N. Pippenger, "On the evaluation of powers and monomials", 1980;
 * D. J. Bernstein, J. Doumen, T. Lange, J.-J. Oosterwijk, "Faster batch forgery identification", 2012, section 4).
 *
 * Scalars are cut into windows of c bits, with digits from -2^(c-1) to 2^(c-1). For each window every point is added
 * to, or subtracted from, the bucket of its digit's magnitude; buckets are summed up with their weights; and the sum so
 * far is doubled c times before the next window. *Narrow* terms have scalars of 128 bits. *Wide* ones have 253 bits,
 * and are the only ones that the upper windows look at.
 *
 * Nothing here is secret, so time may depend on the scalars.
 */

import { doubleTimes, pointBytes, setNeutral, signedBytes } from './curve'
import { addendOfPoint, addPoint, negativeAddend, pointOfAddend } from './variant/field'

/** A term: the pointer to an addend with its negative, and that to the scalar. */
const termBytes: usize = 8
const narrowBits: u32 = 128
const wideBits: u32 = 253
/** So many terms are few. A signature alone makes five. */
const fewMax: u32 = 32
const fewBits: u32 = 4
/** Digits are from -8 to 8. */
const fewDigits: usize = 8
const windowBitsMin: u32 = 4
const windowBitsMax: u32 = 9
/** Of the smallest windows, for wide terms. */
const windowsMax: usize = 64

/** A byte for each bucket: whether there is anything in it. As many buckets as the largest window asks for. */
const filled = memory.data(256, 16)
const buckets = memory.data(256 * 320, 16)
/** Eight multiples of each of 32 points, with their negatives. */
const multiples = memory.data(256 * 640, 16)
const running = memory.data(320, 16)
const runningAddend = memory.data(320, 16)
const windowSum = memory.data(320, 16)
const sumAddend = memory.data(320, 16)

let terms: usize = 0
let digits: usize = 0
let termsMax: u32 = 0
let termCount: u32 = 0
let wideCount: u32 = 0

/** Bytes of the tables for so many terms. */
export function sumBytes(count: u32): usize {
  return <usize>count * (termBytes + 2 * windowsMax)
}

/** Where the tables are, from now on. */
export function placeSum(at: usize, count: u32): void {
  terms = at
  digits = at + termBytes * <usize>count
  termsMax = count
}

/** Begins a new sum. */
export function clearTerms(): void {
  termCount = 0
  wideCount = 0
}

/** Adds a term with a scalar below L. All wide terms come before the first narrow one. */
export function addWideTerm(addend: usize, scalar: usize): void {
  addNarrowTerm(addend, scalar)
  wideCount += 1
}

/** Adds a term with a scalar of 128 bits. */
export function addNarrowTerm(addend: usize, scalar: usize): void {
  if (termCount >= termsMax) unreachable()
  const term = terms + termBytes * <usize>termCount
  store<u32>(term, <u32>addend)
  store<u32>(term, <u32>scalar, 4)
  termCount += 1
}

/** Writes the sum of all terms, as a point. */
export function sumTerms(to: usize): void {
  if (termCount <= fewMax) sumFew(to)
  else sumMany(to)
}

/**
 * Few terms: the multiples of each point up to the highest digit are computed once, and one of them is added in each
 * window (E. G. Straus, "Addition chains of vectors", 1964).
 */
function sumFew(to: usize): void {
  const narrowWindows = windowsOf(narrowBits, fewBits)
  const windows = wideCount > 0 ? windowsOf(wideBits, fewBits) : narrowWindows
  writeDigits(fewBits, windows, narrowWindows)
  for (let i: usize = 0; i < <usize>termCount; i += 1) writeMultiples(i)
  setNeutral(to)
  for (let window = windows; window > 0; window -= 1) {
    if (window < windows) doubleTimes(to, fewBits)
    const count = window > narrowWindows ? wideCount : termCount
    const row = digits + 2 * <usize>(window - 1) * <usize>termCount
    for (let i: usize = 0; i < <usize>count; i += 1) {
      const digit = <i32>load<i16>(row + 2 * i)
      if (digit === 0) continue
      addPoint(to, to, multipleOf(i, abs(digit)) + (digit < 0 ? pointBytes : 0))
    }
  }
}

/** The addend, with its negative, of `multiple` times the point of term `i`. */
function multipleOf(i: usize, multiple: usize): usize {
  return multiples + signedBytes * (fewDigits * i + multiple - 1)
}

function writeMultiples(i: usize): void {
  const addend = load<u32>(terms + termBytes * i)
  memory.copy(multipleOf(i, 1), addend, signedBytes)
  pointOfAddend(running, addend)
  for (let multiple: usize = 2; multiple <= fewDigits; multiple += 1) {
    addPoint(running, running, addend)
    addendOfPoint(multipleOf(i, multiple), running)
    negativeAddend(multipleOf(i, multiple) + pointBytes, multipleOf(i, multiple))
  }
}

/** Many terms: by buckets. */
function sumMany(to: usize): void {
  const bits = bestWindowBits()
  const narrowWindows = windowsOf(narrowBits, bits)
  const windows = wideCount > 0 ? windowsOf(wideBits, bits) : narrowWindows
  writeDigits(bits, windows, narrowWindows)
  setNeutral(to)
  for (let window = windows; window > 0; window -= 1) {
    if (window < windows) doubleTimes(to, bits)
    const count = window > narrowWindows ? wideCount : termCount
    if (!fillBuckets(window - 1, count, bits)) continue
    sumBuckets((<usize>1) << (bits - 1))
    addendOfPoint(sumAddend, windowSum)
    addPoint(to, to, sumAddend)
  }
}

/** One bit more than the scalar has, because the highest digit may pass a carry on. */
function windowsOf(scalarBits: u32, bits: u32): u32 {
  return (scalarBits + bits) / bits
}

/** The size of windows that takes the fewest additions: one for each term, and in effect 7/4 for each bucket. */
function bestWindowBits(): u32 {
  let best = windowBitsMin
  let bestCost = u32.MAX_VALUE
  for (let bits = windowBitsMin; bits <= windowBitsMax; bits += 1) {
    const bucketCost: u32 = 7 << (bits - 1)
    const narrowWindows = windowsOf(narrowBits, bits)
    const upperWindows = wideCount > 0 ? windowsOf(wideBits, bits) - narrowWindows : 0
    const cost =
      narrowWindows * (4 * termCount + bucketCost) + upperWindows * (4 * wideCount + bucketCost)
    if (cost < bestCost) {
      best = bits
      bestCost = cost
    }
  }
  return best
}

/** Signed digits, window by window. A digit above 2^(c-1) becomes negative, and the next one is one more. */
function writeDigits(bits: u32, windows: u32, narrowWindows: u32): void {
  const radix: i32 = 1 << bits
  const half = radix >> 1
  const stride: usize = 2 * <usize>termCount
  for (let i: u32 = 0; i < termCount; i += 1) {
    const scalar = load<u32>(terms + termBytes * <usize>i, 4)
    const isWide = i < wideCount
    const count = isWide ? windows : narrowWindows
    let at = digits + 2 * <usize>i
    let carry: i32 = 0
    for (let window: u32 = 0; window < count; window += 1) {
      let digit = carry + (<i32>bitsAt(scalar, isWide ? 256 : 128, window * bits) % radix)
      carry = digit > half ? 1 : 0
      digit -= carry << bits
      store<i16>(at, <i16>digit)
      at += stride
    }
  }
}

/** At least nine bits of a scalar from bit `from` on. Above its end there are zeros. */
function bitsAt(scalar: usize, length: u32, from: u32): u32 {
  if (from >= length) return 0
  const at = scalar + <usize>(from >> 5) * 4
  const low = load<u32>(at) >> (from & 31)
  const isLast = (from | 31) + 1 >= length
  if (isLast || (from & 31) === 0) return low & 0x7fffffff
  return (low | (load<u32>(at, 4) << (32 - (from & 31)))) & 0x7fffffff
}

/** Adds the first `count` points to the buckets of their digits. Whether there was a digit other than zero. */
function fillBuckets(window: u32, count: u32, bits: u32): bool {
  memory.fill(filled, 0, (<usize>1) << (bits - 1))
  let any = false
  const row = digits + 2 * <usize>window * <usize>termCount
  for (let i: usize = 0; i < <usize>count; i += 1) {
    const digit = <i32>load<i16>(row + 2 * i)
    if (digit === 0) continue
    any = true
    const index = <usize>abs(digit) - 1
    const signed = <usize>load<u32>(terms + termBytes * i) + (digit < 0 ? pointBytes : 0)
    const bucket = buckets + pointBytes * index
    if (load<u8>(filled + index) === 0) {
      store<u8>(filled + index, 1)
      pointOfAddend(bucket, signed)
    } else addPoint(bucket, bucket, signed)
  }
  return any
}

/**
 * Σ b·bucket(b), from the highest bucket down: what has been met so far is added once more at every step. The running
 * sum is kept as an addend too, as it is both what buckets are added to and what is added to the sum.
 */
function sumBuckets(count: usize): void {
  let isRunning = false
  for (let index = count; index > 0; index -= 1) {
    const bucket = buckets + pointBytes * (index - 1)
    const isFilled = load<u8>(filled + index - 1) !== 0
    if (!isRunning) {
      if (!isFilled) continue
      memory.copy(windowSum, bucket, pointBytes)
      addendOfPoint(runningAddend, bucket)
      isRunning = true
      continue
    }
    if (isFilled) {
      addPoint(running, bucket, runningAddend)
      addendOfPoint(runningAddend, running)
    }
    addPoint(windowSum, windowSum, runningAddend)
  }
}
