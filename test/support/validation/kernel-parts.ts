/**
 * The inside of the kernel, built for tests: its parts as exports, and every value of the generated arithmetic compared
 * with its interval, so that a test which passes has also shown no bound to be wrong.
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { assert } from '../../../src/base/assert.ts'
import { buildKernel, type Variant } from '../../../src/validation/kernel/build.ts'
import type { Arithmetic } from '../../../src/validation/kernel/generate/arithmetic.ts'
import { exact } from '../../../src/validation/kernel/generate/exact.ts'
import { fused } from '../../../src/validation/kernel/generate/fused.ts'
import type { SignatureKernel } from '../../../src/validation/kernel-exports.ts'
import { KernelMemory } from '../../../src/validation/kernel-memory.ts'
import { instanceOf } from './kernel.ts'
import { littleEndian, modulo, number } from './numbers.ts'

const exported = `
export * from './main'
export { add, addendOfPoint, addPoint, carry, multiply, pointOfAddend, squareTimes, subtract } from './variant/field'
export { isOdd, isZero, loadElement, storeElement } from './field'
export { decompressTwo, doubleTimes, isTorsion, setNeutral, shiftAddend } from './curve'
export { addProduct, isCanonical, negateScalar, reduceColumns } from './scalar'
export { hashSigned } from './sha512'
export { addNarrowTerm, addWideTerm, clearTerms, placeSum, sumBytes, sumTerms } from './sum'
`

/** Functions of pointers, and some counts. What each does is said where it is defined, in `kernel/assembly`. */
export interface KernelParts extends SignatureKernel {
  add(to: number, a: number, b: number): void
  subtract(to: number, a: number, b: number): void
  multiply(to: number, a: number, b: number): void
  squareTimes(to: number, a: number, times: number): void
  carry(to: number, a: number): void
  isOdd(pair: number, lane: number): number
  isZero(pair: number, lane: number): number
  loadElement(to: number, lane: number, bytes: number): void
  storeElement(to: number, pair: number, lane: number): void
  addPoint(to: number, point: number, addend: number): void
  addendOfPoint(to: number, point: number): void
  pointOfAddend(to: number, addend: number): void
  decompressTwo(first: number, second: number, toFirst: number, toSecond: number): number
  doubleTimes(point: number, times: number): void
  isTorsion(point: number): number
  setNeutral(point: number): void
  shiftAddend(to: number, addend: number): void
  addProduct(columns: number, factor: number, scalar: number, wordCount: number): void
  isCanonical(scalar: number): number
  negateScalar(scalar: number): void
  reduceColumns(to: number, columns: number): void
  hashSigned(to: number, r: number, key: number, message: number, length: number): void
  sumBytes(count: number): number
  placeSum(at: number, count: number): void
  clearTerms(): void
  addWideTerm(addend: number, scalar: number): void
  addNarrowTerm(addend: number, scalar: number): void
  sumTerms(to: number): void
}

/** The parts of one kernel, with ways to write numbers into its memory and to read them out of it. */
export class Bench {
  readonly parts: KernelParts
  readonly memory: KernelMemory
  readonly arithmetic: Arithmetic

  private constructor(variant: Variant, parts: KernelParts) {
    this.parts = parts
    this.memory = new KernelMemory(parts)
    this.arithmetic = variant === 'fma' ? fused : exact
  }

  static async of(variant: Variant): Promise<Bench> {
    const binary = await buildKernel({ variant, checked: true, entry: exported })
    return new Bench(variant, instanceOf<KernelParts>(binary))
  }

  get pairBytes(): number {
    return 16 * this.arithmetic.limbs
  }

  /** Bytes in memory of their own. */
  put(bytes: Uint8Array): number {
    const at = this.memory.take(bytes.length)
    this.memory.bytes.set(bytes, at)
    return at
  }

  get(at: number, count: number): Uint8Array {
    return this.memory.bytes.slice(at, at + count)
  }

  /** Writes a pair of elements, limb by limb. */
  setLimbs(at: number, first: readonly bigint[], second: readonly bigint[]): void {
    for (let limb = 0; limb < this.arithmetic.limbs; limb += 1) {
      this.#setWord(at + 16 * limb, first[limb] ?? 0n)
      this.#setWord(at + 16 * limb + 8, second[limb] ?? 0n)
    }
  }

  #setWord(at: number, value: bigint): void {
    if (this.arithmetic.kind === 'double') this.memory.words.setFloat64(at, Number(value), true)
    else this.memory.words.setBigInt64(at, value, true)
  }

  limbs(at: number, lane: 0 | 1): readonly bigint[] {
    return Array.from({ length: this.arithmetic.limbs }, (_, limb) => {
      const place = at + 16 * limb + 8 * lane
      return this.arithmetic.kind === 'double'
        ? BigInt(this.memory.words.getFloat64(place, true))
        : this.memory.words.getBigInt64(place, true)
    })
  }

  /** What limbs stand for, not reduced. */
  valueOf(limbs: readonly bigint[]): bigint {
    const { limbs: count } = this.arithmetic
    return limbs.reduce(
      (sum, limb, i) => sum + limb * 2n ** BigInt(Math.ceil((255 * i) / count)),
      0n,
    )
  }

  /** The two elements at a pointer, modulo the prime. */
  pair(at: number): readonly [bigint, bigint] {
    const [first, second] = ([0, 1] as const).map((lane) =>
      modulo(this.valueOf(this.limbs(at, lane))),
    )
    return [first ?? 0n, second ?? 0n]
  }

  /** The point at a pointer. Asserts that its four coordinates belong together. */
  point(at: number): typeof ed25519.Point.BASE {
    const [x, y] = this.pair(at)
    const [t, z] = this.pair(at + this.pairBytes)
    assert(modulo(x * y) === modulo(t * z), 'xy = tz')
    const point = new ed25519.Point(x, y, z, t)
    // It does not think the neutral element valid.
    if (!point.is0()) point.assertValidity()
    return point
  }

  /** The addend of a point, with its negative; made from its encoding. */
  addend(point: typeof ed25519.Point.BASE): number {
    const encoding = this.put(point.toBytes())
    const to = this.memory.take(4 * this.pairBytes)
    assert(this.parts.decompressTwo(encoding, encoding, to, to) === 3, 'a point')
    return to
  }

  /** A number of 256 bits in memory of its own. */
  scalar(value: bigint): number {
    return this.put(littleEndian(value))
  }

  /** The number of 256 bits at a pointer. */
  scalarAt(at: number): bigint {
    return number(this.get(at, 32))
  }
}
