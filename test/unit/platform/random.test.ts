import { describe, expect, test } from 'vitest'
import { openRandom } from '../../../src/platform/random.ts'

describe('words', () => {
  test('are unsigned, of 32 bits, and use all of them', () => {
    const random = openRandom()
    let ones = 0
    let zeros = 0
    // More than one block, so that the seam between two is crossed.
    for (let i = 0; i < 1_000; i += 1) {
      const word = random.u32()
      expect(Number.isInteger(word) && word >= 0 && word < 2 ** 32).toBe(true)
      ones |= word
      zeros |= ~word
    }
    expect([ones >>> 0, zeros >>> 0]).toEqual([2 ** 32 - 1, 2 ** 32 - 1])
  })

  test('do not repeat, in one stream or in its forks', () => {
    const random = openRandom()
    const streams = [random, random.fork('a'), random.fork('a'), openRandom()]
    const words = streams.flatMap((stream) => Array.from({ length: 300 }, () => stream.u32()))
    // Among 1200 random words a repetition has a chance of 1 in 6000, twice over of 1 in 70 million.
    expect(new Set(words).size).toBeGreaterThanOrEqual(words.length - 1)
  })
})

describe('integers below a bound', () => {
  test('are all drawn, about equally often', () => {
    const random = openRandom()
    const counts = new Array<number>(10).fill(0)
    for (let i = 0; i < 10_000; i += 1) {
      const drawn = random.below(10)
      counts[drawn] = (counts[drawn] ?? 0) + 1
    }
    // 1000 ± 30 is expected; eight standard deviations never happen.
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(240)
  })

  test('reach from 0 to the bound, which is at least 1 and at most 2^20', () => {
    const random = openRandom()
    expect(random.below(1)).toBe(0)
    const drawn = Array.from({ length: 100 }, () => random.below(2 ** 20))
    expect(drawn.every((value) => value >= 0 && value < 2 ** 20)).toBe(true)
    expect(Math.max(...drawn)).toBeGreaterThan(2 ** 19)
    for (const bound of [0, -1, 1.5, 2 ** 20 + 1, Number.NaN]) {
      expect(() => random.below(bound)).toThrow('2^20')
    }
  })
})
