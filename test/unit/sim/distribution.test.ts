import { describe, expect, test } from 'vitest'
import {
  bimodal,
  constant,
  type Distribution,
  draw,
  exponential,
  uniform,
} from '../../../sim/distribution.ts'
import { SimRandom } from '../../../sim/random.ts'

function sample(distribution: Distribution, count: number): readonly number[] {
  const random = new SimRandom('1')
  return Array.from({ length: count }, () => draw(distribution, random))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

describe('distributions', () => {
  test('every value is a whole number within its bounds', () => {
    const laws = [constant(5), uniform(10, 20), exponential(3, 50, 200)]
    for (const law of [...laws, bimodal(uniform(1, 2), constant(9), 500_000)]) {
      const values = sample(law, 2_000)
      expect(values.every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true)
    }
    const values = sample(uniform(10, 20), 2_000)
    expect([Math.min(...values), Math.max(...values)]).toEqual([10, 20])
    const tail = sample(exponential(3, 50, 200), 20_000)
    expect([Math.min(...tail), Math.max(...tail)]).toEqual([3, 200])
  })

  test('the exponential law has its quantiles and its mean', () => {
    const values = sample(exponential(0, 100_000, 10_000_000), 40_000).toSorted((a, b) => a - b)
    const quantile = (share: number): number => (values[share * values.length] ?? 0) / 100_000
    expect(mean(values) / 100_000).toBeCloseTo(1, 1)
    expect(quantile(0.5)).toBeCloseTo(-Math.log(0.5), 1)
    expect(quantile(0.9)).toBeCloseTo(-Math.log(0.1), 1)
    expect(Math.abs(quantile(0.99) + Math.log(0.01))).toBeLessThan(0.25)
    expect(Math.abs(quantile(0.999) + Math.log(0.001))).toBeLessThan(0.7)
  })

  test('the bimodal law is rare as often as it says', () => {
    const values = sample(bimodal(constant(1), constant(1_000), 10_000), 50_000)
    const rare = values.filter((value) => value === 1_000).length
    expect(Math.abs(rare - 500)).toBeLessThan(100)
  })

  test('these values never change: they come from arithmetic that is the same everywhere', () => {
    expect(sample(exponential(20_000, 60_000, 300_000), 6)).toMatchInlineSnapshot(`
      [
        37887,
        27067,
        134378,
        77107,
        32403,
        80082,
      ]
    `)
  })

  test('fractions and negative times are faults of the code', () => {
    expect(() => constant(0.5)).toThrow('whole number')
    expect(() => uniform(5, 4)).toThrow('at most')
    expect(() => constant(-1)).toThrow('not negative')
  })
})
