/** Each part of the kernel against numbers of any size, and against noble; with all bounds checked on the way. */
import { createHash } from 'node:crypto'
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import seedrandom from 'seedrandom'
import { beforeAll, describe, expect, test } from 'vitest'
import { present } from '../../../../src/base/assert.ts'
import { variants } from '../../../../src/validation/kernel/build.ts'
import { Forger, smallOrderEncodings } from '../../../support/validation/forgeries.ts'
import { batchOn } from '../../../support/validation/kernel.ts'
import { Bench } from '../../../support/validation/kernel-parts.ts'
import { littleEndian, modulo, number, order, prime } from '../../../support/validation/numbers.ts'

const { Point } = ed25519
const random = seedrandom('kernel')
const below = (bound: number): number => Math.floor(random() * bound)
const randomBytes = (count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => below(256))
const randomNumber = (bytes = 32): bigint => number(randomBytes(bytes))

/** Numbers around everything that is special in the field. */
const edges = [0n, 1n, 2n, 19n, 2n ** 51n, 2n ** 254n, (prime - 1n) / 2n, prime - 19n, prime - 1n]

const torsion = ED25519_TORSION_SUBGROUP.map((text) => Point.fromHex(text))
const points = [
  ...torsion,
  ...Array.from({ length: 6 }, () => Point.BASE.multiply(modulo(randomNumber(), order - 1n) + 1n)),
]

describe.each(variants)('in the %s kernel', (variant) => {
  let bench: Bench
  /** Room for whatever a test has to write. */
  let a = 0
  let b = 0
  let to = 0
  let bytes = 0

  beforeAll(async () => {
    bench = await Bench.of(variant)
    a = bench.memory.take(1_280)
    b = bench.memory.take(1_280)
    to = bench.memory.take(1_280)
    bytes = bench.memory.take(1_280)
  }, 60_000)

  /** Limbs of up to `factor` times what carried ones are: the ends of the interval as often as what lies between. */
  function drawLimbs(factor: bigint): bigint[] {
    return bench.arithmetic.carried.map(({ low, high }) => {
      const span = factor * (high - low) + 1n
      const inside = factor * low + modulo(randomNumber(), span)
      return present([factor * low, factor * high, 0n, inside, inside][below(5)], 'a limb')
    })
  }

  /** Draws a pair to a pointer; returns what it stands for. */
  function drawPair(at: number, factor: bigint): readonly [bigint, bigint] {
    bench.setLimbs(at, drawLimbs(factor), drawLimbs(factor))
    return bench.pair(at)
  }

  function expectCarried(at: number): void {
    for (const lane of [0, 1] as const) {
      for (const [limb, value] of bench.limbs(at, lane).entries()) {
        const { low, high } = present(bench.arithmetic.carried[limb], 'a bound')
        expect(value >= low && value <= high).toBe(true)
      }
    }
  }

  test('sums, differences, products and squares are those of whole numbers, to the ends of the bounds', () => {
    const { parts } = bench
    for (let run = 0; run < 300; run += 1) {
      const [x, y] = drawPair(a, 2n)
      const [u, v] = drawPair(b, 1n)
      parts.multiply(to, a, b)
      expect(bench.pair(to)).toEqual([modulo(x * u), modulo(y * v)])
      expectCarried(to)
      parts.carry(to, a)
      expect(bench.pair(to)).toEqual([x, y])
      expectCarried(to)
      parts.add(to, to, b)
      expect(bench.pair(to)).toEqual([modulo(x + u), modulo(y + v)])
      parts.carry(to, to)
      parts.subtract(to, b, to)
      expect(bench.pair(to)).toEqual([modulo(-x), modulo(-y)])
      parts.squareTimes(to, b, 3)
      expect(bench.pair(to)).toEqual([modulo(u ** 8n), modulo(v ** 8n)])
      expectCarried(to)
    }
  })

  test('a result may be written where a factor was', () => {
    const [x, y] = drawPair(a, 1n)
    bench.parts.multiply(a, a, a)
    bench.parts.squareTimes(a, a, 1)
    expect(bench.pair(a)).toEqual([modulo(x ** 4n), modulo(y ** 4n)])
  })

  test('a limb that is out of its bounds traps in a checked build', () => {
    const within = bench.arithmetic.carried.map(({ high }) => 2n * high)
    const beyond = within.map((limb, i) => (i === 3 ? limb + 1n : limb))
    bench.setLimbs(b, [1n], [1n])
    bench.setLimbs(a, within, within)
    expect(() => bench.parts.multiply(to, a, b)).not.toThrow()
    bench.setLimbs(a, within, beyond)
    expect(() => bench.parts.multiply(to, a, b)).toThrow('unreachable')
    expect(() => bench.parts.carry(to, a)).toThrow('unreachable')
  })

  test('numbers go in from 255 bits, and come out as the one below the prime', () => {
    const { parts } = bench
    const beyond = Array.from({ length: 19 }, (_, i) => prime + BigInt(i))
    const drawn = Array.from({ length: 50 }, () => randomNumber() % 2n ** 255n)
    for (const value of [...edges, ...beyond, ...drawn]) {
      bench.memory.bytes.set(littleEndian(value | (2n ** 255n)), bytes)
      parts.loadElement(a, 0, bytes)
      bench.memory.bytes.set(littleEndian(modulo(-value)), bytes)
      parts.loadElement(a, 1, bytes)
      expect(bench.pair(a)).toEqual([modulo(value), modulo(-value)])
      for (const lane of [0, 1] as const) {
        parts.storeElement(bytes, a, lane)
        const expected = modulo(lane === 0 ? value : -value)
        expect(bench.scalarAt(bytes)).toBe(expected)
        expect(parts.isZero(a, lane) !== 0).toBe(expected === 0n)
        expect(parts.isOdd(a, lane) !== 0).toBe(expected % 2n === 1n)
      }
    }
  })

  test('loose limbs come out as the one number below the prime too', () => {
    for (let run = 0; run < 200; run += 1) {
      const pair = drawPair(a, 2n)
      for (const lane of [0, 1] as const) {
        bench.parts.storeElement(bytes, a, lane)
        expect(bench.scalarAt(bytes)).toBe(pair[lane])
      }
    }
  })

  test('encodings of points are read as ZIP-215 has it, two at a time', () => {
    const drawn = Array.from({ length: 60 }, () => randomBytes(32))
    const encodings = [...smallOrderEncodings, ...points.map((point) => point.toBytes()), ...drawn]
    let refused = 0
    for (const [i, first] of encodings.entries()) {
      const second = present(encodings[(i + 7) % encodings.length], 'another')
      const { pairBytes } = bench
      bench.memory.bytes.set(first, a)
      bench.memory.bytes.set(second, b)
      const good = bench.parts.decompressTwo(a, b, to, to + 4 * pairBytes)
      for (const [lane, encoding] of [first, second].entries()) {
        const expected = decoded(encoding)
        expect((good >> lane) & 1).toBe(expected === undefined ? 0 : 1)
        if (expected === undefined) refused += 1
        else {
          const addend = to + 4 * pairBytes * lane
          bench.parts.pointOfAddend(bytes, addend)
          expect(bench.point(bytes).equals(expected)).toBe(true)
          bench.parts.pointOfAddend(bytes, addend + 2 * pairBytes)
          expect(bench.point(bytes).equals(expected.negate())).toBe(true)
        }
      }
    }
    expect(refused).toBeGreaterThan(30)
  })

  test('any two points have their sum, equal, opposite and of small order among them', () => {
    for (const first of points) {
      bench.parts.pointOfAddend(a, bench.addend(first))
      for (const second of [first, first.negate(), ...points]) {
        bench.parts.addPoint(to, a, bench.addend(second))
        expect(bench.point(to).equals(first.add(second))).toBe(true)
        bench.parts.addendOfPoint(b, to)
        bench.parts.addPoint(to, a, b)
        expect(bench.point(to).equals(first.double().add(second))).toBe(true)
      }
    }
  })

  test('multiples by powers of two, and which points have no part in the group of prime order', () => {
    for (const point of points) {
      bench.parts.pointOfAddend(a, bench.addend(point))
      expect(bench.parts.isTorsion(a) !== 0).toBe(torsion.some((each) => each.equals(point)))
      bench.parts.doubleTimes(a, 5)
      expect(bench.point(a).equals(point.multiplyUnsafe(32n))).toBe(true)
      bench.parts.shiftAddend(b, bench.addend(point))
      bench.parts.pointOfAddend(a, b)
      expect(bench.point(a).equals(point.multiplyUnsafe(2n ** 128n))).toBe(true)
    }
    bench.parts.setNeutral(a)
    expect(bench.point(a).equals(Point.ZERO)).toBe(true)
  })

  test('sums of products modulo the order, from small ones to the largest', () => {
    const { parts } = bench
    const columns = bench.memory.take(8 * 24)
    const factors = [0n, 1n, 2n ** 128n - 1n, randomNumber(16), randomNumber(16)]
    const wholes = [0n, 1n, order - 1n, order, 2n ** 252n, 2n ** 256n - 1n, randomNumber()]
    for (const factor of factors) {
      for (const whole of wholes) {
        for (const times of [1, 3]) {
          bench.memory.bytes.fill(0, columns, columns + 8 * 24)
          bench.memory.bytes.set(littleEndian(factor).slice(0, 16), a)
          bench.memory.bytes.set(littleEndian(whole), b)
          bench.memory.bytes.set(littleEndian(whole), b + 32)
          for (let i = 0; i < times; i += 1) parts.addProduct(columns, a, b, 16)
          parts.addProduct(columns, a, b, 8)
          const sum = BigInt(times) * factor * (whole + whole * 2n ** 256n) + factor * whole
          parts.reduceColumns(to, columns)
          expect(bench.scalarAt(to)).toBe(sum % order)
          parts.negateScalar(to)
          expect(bench.scalarAt(to)).toBe(order - (sum % order))
        }
      }
    }
  })

  test('columns hold the products of many thousand signatures', () => {
    const columns = bench.memory.take(8 * 24)
    bench.memory.bytes.fill(255, a, a + 16)
    bench.memory.bytes.fill(255, b, b + 64)
    for (let i = 0; i < 5_000; i += 1) bench.parts.addProduct(columns, a, b, 16)
    bench.parts.reduceColumns(to, columns)
    const sum = 5_000n * (2n ** 128n - 1n) * (2n ** 512n - 1n)
    expect(bench.scalarAt(to)).toBe(sum % order)
  })

  test('a scalar is canonical below the order, and not from there on', () => {
    const high = 2n ** 252n
    const numbers = [0n, order - 1n, order, order + 1n, high - 1n, high, high * 2n, 2n ** 256n - 1n]
    const word = 2n ** 64n
    for (const value of [
      ...numbers,
      order - word,
      order + word,
      order - word ** 2n,
      randomNumber(),
    ]) {
      bench.memory.bytes.set(littleEndian(value), a)
      expect([value, bench.parts.isCanonical(a) !== 0]).toEqual([value, value < order])
    }
  })

  test('the hash is SHA-512 for messages of every length around the ends of blocks', () => {
    const r = randomBytes(32)
    const key = randomBytes(32)
    bench.memory.bytes.set(r, a)
    bench.memory.bytes.set(key, b)
    for (let length = 0; length <= 330; length += 1) {
      const message = randomBytes(length)
      bench.memory.bytes.set(message, bytes)
      bench.parts.hashSigned(to, a, b, bytes, length)
      const expected = createHash('sha512').update(r).update(key).update(message).digest('hex')
      expect(Buffer.from(bench.get(to, 64)).toString('hex')).toBe(expected)
    }
  })

  test('sums of multiples of points are right for every size of windows, and scalars at both ends', () => {
    const { parts } = bench
    const known = Array.from({ length: 16 }, () => modulo(randomNumber(), order - 1n) + 1n)
    const addends = known.map((multiple) => bench.addend(Point.BASE.multiply(multiple)))
    const narrow = [0n, 1n, 2n ** 127n, 2n ** 128n - 1n, 0x8040_8040_8040_8040n * 2n ** 64n]
    const wide = [0n, 1n, order - 1n, 2n ** 128n, 2n ** 252n - 1n]
    for (const [wideCount, narrowCount] of [
      [0, 1],
      [1, 0],
      [3, 30],
      [0, 200],
      [60, 100],
      [0, 2_500],
      [1, 5],
    ] as const) {
      parts.placeSum(
        bench.memory.take(parts.sumBytes(wideCount + narrowCount)),
        wideCount + narrowCount,
      )
      parts.clearTerms()
      let expected = 0n
      for (let i = 0; i < wideCount + narrowCount; i += 1) {
        const isWide = i < wideCount
        const scalar = isWide
          ? (wide[i] ?? randomNumber() % order)
          : (narrow[i - wideCount] ?? randomNumber(16))
        expected += scalar * present(known[i % 16], 'a multiple')
        const addend = present(addends[i % 16], 'an addend')
        if (isWide) parts.addWideTerm(addend, bench.scalar(scalar))
        else parts.addNarrowTerm(addend, bench.scalar(scalar))
      }
      parts.sumTerms(a)
      const sum = Point.BASE.multiplyUnsafe(expected % order)
      expect([wideCount, narrowCount, bench.point(a).equals(sum)]).toEqual([
        wideCount,
        narrowCount,
        true,
      ])
    }
  })

  test('a batch of forgeries keeps to the bounds all the way', () => {
    const forger = new Forger(2)
    const checks = Forger.kinds.map((kind) => forger.forge(kind))
    const honest = Array.from({ length: 40 }, () => forger.honest())
    const verdicts = batchOn(bench.parts).verify([...honest, ...checks])
    expect(verdicts.slice(0, honest.length)).not.toContain(false)
    expect(verdicts).toContain(false)
  })
})

/** What ZIP-215 takes an encoding for. */
function decoded(encoding: Uint8Array): typeof Point.BASE | undefined {
  try {
    return Point.fromBytes(encoding, true)
  } catch {
    return undefined
  }
}
