/**
 * Batches of Ed25519 signatures, judged by one equation (D. J. Bernstein, N. Duif, T. Lange, P. Schwabe, B.-Y. Yang,
 * "High-speed high-security signatures", 2011, section 5), with the cofactor as ZIP-215 wants it:
 *
 *   8·(Σ zᵢ·Rᵢ + Σ over keys A of (Σ zᵢ·kᵢ)·A - (Σ zᵢ·Sᵢ)·B) = 0,   kᵢ = SHA-512(Rᵢ ‖ A ‖ Mᵢ)
 *
 * with random zᵢ of 128 bits: if one signature is wrong, at most one zᵢ in 2^128 hides it. Of a single signature zᵢ is
 * 1, and the equation is that of ZIP-215 itself. Terms of the same key are one.
 *
 * The caller lays out the tables, fills in entries and random factors, and asks. There is one batch to an instance.
 */
import { decompressTwo, isTorsion, shiftAddend, signedBytes } from './curve'
import { addProduct, columnCount, isCanonical, negateScalar, reduceColumns } from './scalar'
import { hashSigned } from './sha512'
import { addNarrowTerm, addWideTerm, clearTerms, placeSum, sumBytes, sumTerms } from './sum'

const signatureBytes: usize = 64
/** An entry: the number of the key, the pointer to the message, and its length; each of 32 bits. */
const entryBytes: usize = 12
const factorBytes: usize = 16
const hashBytes: usize = 64

// A key: its encoding, what it is, whether a sum has met it, the columns of its scalar, the scalar; then its addend,
// and that of 2^128 times it.
const keyKindAt: usize = 32
const keyTouchedAt: usize = 36
const keyColumnsAt: usize = 48
const keyScalarAt: usize = 224
const keyAddendAt: usize = 256
const keyShiftedAt: usize = keyAddendAt + signedBytes
const keyBytes: usize = keyShiftedAt + signedBytes
/** No point; a point; a point of which the multiple is there too, so that its scalar makes two narrow terms. */
const noPoint: u32 = 0
const plainPoint: u32 = 1
const shiftedPoint: u32 = 2

/** The base point, y = 4/5, in a table of its own: of the size of the larger arithmetic. */
const base = memory.data(1536, 16)
const baseEncoding = memory.data<u64>(
  [0x6666666666666658, 0x6666666666666666, 0x6666666666666666, 0x6666666666666666],
  16,
)
const one = memory.data<u64>([1, 0], 16)
const scratch = memory.data(640, 16)
const total = memory.data(320, 16)

let signatures: usize = 0
let entries: usize = 0
let factors: usize = 0
let hashes: usize = 0
let formed: usize = 0
let touched: usize = 0
let keys: usize = 0
let points: usize = 0
let touchedCount: u32 = 0

/** Bytes that the tables take, for so many signatures and keys. */
export function batchBytes(signaturesMax: u32, keysMax: u32): usize {
  const signatureRow = signatureBytes + entryBytes + factorBytes + hashBytes + 1 + signedBytes
  const sums = sumBytes(termsMax(signaturesMax, keysMax))
  return <usize>signaturesMax * signatureRow + <usize>keysMax * (keyBytes + 4) + sums + 16 * 8
}

/** Lays out the tables from `at` on, and prepares the base point. */
export function openBatch(at: usize, signaturesMax: u32, keysMax: u32): void {
  const count = <usize>signaturesMax
  points = aligned(at)
  keys = aligned(points + count * signedBytes)
  hashes = aligned(keys + <usize>keysMax * keyBytes)
  signatures = aligned(hashes + count * hashBytes)
  factors = aligned(signatures + count * signatureBytes)
  entries = aligned(factors + count * factorBytes)
  touched = aligned(entries + count * entryBytes)
  formed = aligned(touched + <usize>keysMax * 4)
  placeSum(aligned(formed + count), termsMax(signaturesMax, keysMax))
  memory.fill(keys, 0, <usize>keysMax * keyBytes)
  memory.copy(base, baseEncoding, 32)
  preparePair(base, base, true)
}

function aligned(at: usize): usize {
  return (at + 15) & ~15
}

function termsMax(signaturesMax: u32, keysMax: u32): u32 {
  return signaturesMax + 2 * keysMax + 2
}

/** Where signature `i` belongs: 64 bytes, R and then S. */
export function signatureAt(i: u32): usize {
  return signatures + signatureBytes * <usize>i
}

/** Where entry `i` belongs: the number of the key, the pointer to the message and its length, in words of 32 bits. */
export function entryAt(i: u32): usize {
  return entries + entryBytes * <usize>i
}

/** Where the random factor of signature `i` belongs: 16 bytes. */
export function factorAt(i: u32): usize {
  return factors + factorBytes * <usize>i
}

/** Where the 32 bytes of key `i` belong. */
export function keyAt(i: u32): usize {
  return keys + keyBytes * <usize>i
}

/**
 * Reads keys `from` to `to`. With `isLasting` some more is computed (some 25 µs a key), which makes every later use
 * cheaper. A key that is no point makes its signatures ill-formed.
 */
export function prepareKeys(from: u32, to: u32, isLasting: bool): void {
  for (let i = from; i < to; i += 2) preparePair(keyAt(i), keyAt(min(i + 1, to - 1)), isLasting)
}

function preparePair(first: usize, second: usize, isLasting: bool): void {
  const good = decompressTwo(first, second, first + keyAddendAt, second + keyAddendAt)
  finishKey(first, (good & 1) !== 0, isLasting)
  if (second !== first) finishKey(second, (good & 2) !== 0, isLasting)
}

function finishKey(key: usize, isPoint: bool, isLasting: bool): void {
  if (isPoint && isLasting) shiftAddend(key + keyShiftedAt, key + keyAddendAt)
  store<u32>(key, isPoint ? (isLasting ? shiftedPoint : plainPoint) : noPoint, keyKindAt)
}

/** Whether key `i` is the encoding of a point. */
export function isKeyGood(i: u32): bool {
  return load<u32>(keyAt(i), keyKindAt) !== noPoint
}

/**
 * Reads the first `count` signatures: R, the order of S, the hash. Returns how many are well-formed: R and the key are
 * points, and S is less than L. The others are false, and are left out of every equation.
 */
export function prepareSignatures(count: u32): u32 {
  let good: u32 = 0
  for (let i: u32 = 0; i < count; i += 2) {
    const next = min(i + 1, count - 1)
    const unused = next === i ? scratch : pointOf(next)
    const arePoints = decompressTwo(signatureAt(i), signatureAt(next), pointOf(i), unused)
    good += prepareOne(i, (arePoints & 1) !== 0)
    if (next !== i) good += prepareOne(next, (arePoints & 2) !== 0)
  }
  return good
}

function pointOf(i: u32): usize {
  return points + signedBytes * <usize>i
}

function prepareOne(i: u32, isPoint: bool): u32 {
  const signature = signatureAt(i)
  const entry = entryAt(i)
  const key = keyAt(load<u32>(entry))
  const isFormed = isPoint && load<u32>(key, keyKindAt) !== noPoint && isCanonical(signature + 32)
  store<u8>(formed + <usize>i, isFormed ? 1 : 0)
  if (!isFormed) return 0
  const hash = hashes + hashBytes * <usize>i
  hashSigned(hash, signature, key, load<u32>(entry, 4), load<u32>(entry, 8))
  return 1
}

/** Whether signature `i` is well-formed, after {@link prepareSignatures}. */
export function isFormed(i: u32): bool {
  return load<u8>(formed + <usize>i) !== 0
}

/** Whether all well-formed signatures from `from` to before `to` hold. */
export function hold(from: u32, to: u32): bool {
  memory.fill(base + keyColumnsAt, 0, 8 * columnCount)
  touchedCount = 0
  const isSingle = to - from === 1
  for (let i = from; i < to; i += 1) if (isFormed(i)) addScalars(i, isSingle ? one : factorAt(i))
  clearTerms()
  addKeyTerms()
  for (let i = from; i < to; i += 1) {
    if (isFormed(i)) addNarrowTerm(pointOf(i), isSingle ? one : factorAt(i))
  }
  sumTerms(total)
  return isTorsion(total)
}

/** Adds z·k to the scalar of the key, and z·S to that of the base point. */
function addScalars(i: u32, factor: usize): void {
  const number = load<u32>(entryAt(i))
  const key = keyAt(number)
  if (load<u32>(key, keyTouchedAt) === 0) {
    store<u32>(key, 1, keyTouchedAt)
    memory.fill(key + keyColumnsAt, 0, 8 * columnCount)
    store<u32>(touched + 4 * <usize>touchedCount, number)
    touchedCount += 1
  }
  addProduct(key + keyColumnsAt, factor, hashes + hashBytes * <usize>i, 16)
  addProduct(base + keyColumnsAt, factor, signatureAt(i) + 32, 8)
}

/** The terms of the keys that were met, wide ones first, and those of the base point. */
function addKeyTerms(): void {
  for (let i: u32 = 0; i < touchedCount; i += 1) {
    const key = keyAt(load<u32>(touched + 4 * <usize>i))
    store<u32>(key, 0, keyTouchedAt)
    reduceColumns(key + keyScalarAt, key + keyColumnsAt)
    if (load<u32>(key, keyKindAt) === plainPoint) addWideTerm(key + keyAddendAt, key + keyScalarAt)
  }
  for (let i: u32 = 0; i < touchedCount; i += 1) {
    const key = keyAt(load<u32>(touched + 4 * <usize>i))
    if (load<u32>(key, keyKindAt) === shiftedPoint) addTwoTerms(key)
  }
  reduceColumns(base + keyScalarAt, base + keyColumnsAt)
  negateScalar(base + keyScalarAt)
  addTwoTerms(base)
}

function addTwoTerms(key: usize): void {
  addNarrowTerm(key + keyAddendAt, key + keyScalarAt)
  addNarrowTerm(key + keyShiftedAt, key + keyScalarAt + 16)
}
