import { expect, test } from 'vitest'
import { clopperPearson, noneIn, untilKth } from '../../../src/cli/interval.ts'

/** As `binom.test` of R gives them. */
test.each([
  [0, 10, 0, 0.3084971],
  [1, 10, 0.0025286, 0.4450161],
  [5, 10, 0.187086, 0.812914],
  [10, 10, 0.6915029, 1],
  [3, 200, 0.0031043, 0.0432083],
  [0, 10_000, 0, 0.0003688],
])('%i of %i is a chance from %d to %d', (k, n, low, high) => {
  const interval = clopperPearson(k, n)
  expect(interval.low).toBeCloseTo(low, 6)
  expect(interval.high).toBeCloseTo(high, 6)
})

/** The bounds of the beta law, as `qbeta(c(0.025, 0.975), c(k, k), c(n - k + 1, n - k))` of R gives them. */
test.each([
  [1, 1, 0.025, 1],
  [1, 10, 0.0025286, 0.3362671],
  [20, 20, 0.8315665, 1],
])('the %i-th at the %i-th try is a chance from %d to %d', (k, n, low, high) => {
  const interval = untilKth(k, n)
  expect(interval.low).toBeCloseTo(low, 6)
  expect(interval.high).toBeCloseTo(high, 6)
})

test('nothing tried says nothing', () => {
  expect(clopperPearson(0, 0)).toEqual({ low: 0, high: 1 })
  expect(noneIn(0)).toBe(1)
})

test('nothing seen bounds the chance by three in as many', () => {
  expect(noneIn(200) * 200).toBeGreaterThan(2.9)
  expect(noneIn(200) * 200).toBeLessThan(3)
})
