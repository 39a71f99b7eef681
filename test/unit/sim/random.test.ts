import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SimRandom } from '../../../sim/random.ts'

function words(random: SimRandom, count: number): readonly number[] {
  return Array.from({ length: count }, () => random.u32())
}

/** How far counts are from equal: the chi-squared statistic. Its mean is the number of cells less one. */
function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

describe('streams by name', () => {
  test('the same name gives the same stream, another another', () => {
    expect(words(new SimRandom('7'), 20)).toEqual(words(new SimRandom('7'), 20))
    expect(words(new SimRandom('7'), 20)).not.toEqual(words(new SimRandom('8'), 20))
  })

  test('these values never change: recorded runs depend on them', () => {
    const stream = new SimRandom('1').fork('host/n0')
    expect(words(stream, 4)).toMatchInlineSnapshot(`
      [
        1017547031,
        1164192544,
        2479633395,
        2039360894,
      ]
    `)
  })

  test('an extra draw in one stream changes no other', () => {
    const [plain, disturbed] = [false, true].map((isDisturbed) => {
      const root = new SimRandom('42')
      const first = root.fork('first')
      if (isDisturbed) {
        root.u32()
        first.u32()
      }
      const second = root.fork('second')
      return [words(second, 5), words(second.fork('child'), 5), words(first.fork('child'), 5)]
    })
    expect(disturbed).toEqual(plain)
  })

  test('siblings with similar names are unlike each other', () => {
    const root = new SimRandom('1')
    const siblings = Array.from({ length: 1_001 }, (_, i) => words(root.fork(`n${i}`), 2))
    for (const draw of [0, 1]) {
      const column = siblings.map((pair) => pair[draw] ?? 0)
      expect(new Set(column).size).toBe(column.length)
      // 32 cells of the high and of the low bits: 99.99 % of fair streams stay below 70.
      for (const shift of [27, 13, 0]) {
        const counts = new Array<number>(32).fill(0)
        for (const word of column) {
          const cell = (word >>> shift) & 31
          counts[cell] = (counts[cell] ?? 0) + 1
        }
        expect(chiSquared(counts)).toBeLessThan(70)
      }
      // Neighbours differ in half of their bits on average.
      const flips = column.slice(1).map((word, i) => bitCount(word ^ (column[i] ?? 0)))
      const mean = flips.reduce((sum, count) => sum + count, 0) / flips.length
      expect(Math.abs(mean - 16)).toBeLessThan(0.5)
    }
  })

  test('differences of siblings do not repeat, as those of a linear seeding would', () => {
    const root = new SimRandom('1')
    const difference = (a: string, b: string): number => root.fork(a).u32() ^ root.fork(b).u32()
    expect(difference('n0', 'n1')).not.toBe(difference('n2', 'n3'))
    expect(difference('n0', 'n1')).not.toBe(difference('m0', 'm1'))
  })
})

describe('re-seeding', () => {
  const drawn = (seeds: readonly number[]): readonly (readonly number[])[] => {
    const root = new SimRandom('42')
    const old = root.fork('old')
    const before = words(old, 3)
    for (const seed of seeds) root.fork('any').reseed(seed)
    return [before, words(old, 3), words(root.fork('late').fork('child'), 3)]
  }

  test('changes what follows, in streams drawn from before and in those forked later', () => {
    const [plain, one, same, other] = [drawn([]), drawn([1]), drawn([1]), drawn([2])]
    expect(same).toEqual(one)
    for (const [a, b] of [
      [plain, one],
      [one, other],
    ]) {
      expect(a?.[0]).toEqual(b?.[0])
      expect(a?.[1]).not.toEqual(b?.[1])
      expect(a?.[2]).not.toEqual(b?.[2])
    }
  })

  test('a second time with the same seed does not begin the same streams again', () => {
    expect(drawn([1, 1])[1]).not.toEqual(drawn([1])[1])
  })

  test('is of one root alone', () => {
    const other = new SimRandom('42')
    new SimRandom('42').reseed(1)
    expect(words(other, 3)).toEqual(words(new SimRandom('42'), 3))
  })
})

describe('draws', () => {
  test('below stays below, for every bound up to 2^32', () => {
    const property = fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.nat(), (bound, seed) => {
      const value = new SimRandom(`${seed}`).below(bound)
      return Number.isInteger(value) && value >= 0 && value < bound
    })
    fc.assert(property, { seed: 1, numRuns: 500 })
  })

  test('every value is as likely as the others', () => {
    const random = new SimRandom('1')
    const counts = new Array<number>(10).fill(0)
    for (let i = 0; i < 20_000; i += 1) {
      const value = random.below(10)
      counts[value] = (counts[value] ?? 0) + 1
    }
    // 9 degrees of freedom: 99.99 % below 34.
    expect(chiSquared(counts)).toBeLessThan(34)
  })

  test('between includes both ends', () => {
    const random = new SimRandom('1')
    const seen = new Set(Array.from({ length: 200 }, () => random.between(-1, 2)))
    expect([...seen].toSorted((a, b) => a - b)).toEqual([-1, 0, 1, 2])
  })

  test('chance keeps its ratio, and is sure at its ends', () => {
    const random = new SimRandom('1')
    const hits = Array.from({ length: 10_000 }, () => random.chance(3, 10)).filter(Boolean).length
    expect(Math.abs(hits - 3_000)).toBeLessThan(200)
    expect(random.chance(0, 5)).toBe(false)
    expect(random.chance(5, 5)).toBe(true)
  })

  test('shuffle keeps the items, leaves its argument alone and reaches every order', () => {
    const random = new SimRandom('1')
    const items = ['a', 'b', 'c']
    const orders = new Set(Array.from({ length: 200 }, () => random.shuffle(items).join('')))
    expect(orders).toEqual(new Set(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']))
    expect(items).toEqual(['a', 'b', 'c'])
    expect(['a', 'b', 'c']).toContain(random.pick(items))
  })

  test('a bound of zero, and a pick from nothing, are faults of the code', () => {
    const random = new SimRandom('1')
    expect(() => random.below(0)).toThrow('a bound')
    expect(() => random.below(1.5)).toThrow('a bound')
    expect(() => random.pick([])).toThrow('something to pick')
  })
})

function bitCount(word: number): number {
  let count = 0
  for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count += 1
  return count
}
