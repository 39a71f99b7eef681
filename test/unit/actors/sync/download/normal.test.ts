import { expect, test } from 'vitest'
import { SimRandom } from '../../../../../sim/random.ts'
import { expOf, normalOf } from '../../../../../src/actors/sync/download/normal.ts'

test('the sum of four uniform variables has mean zero and variance one, and is bounded', () => {
  const random = new SimRandom('normal')
  const drawn = Array.from({ length: 100_000 }, () => normalOf(random))
  const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length
  const variance = drawn.reduce((sum, x) => sum + x * x, 0) / drawn.length
  expect(Math.abs(mean)).toBeLessThan(0.01)
  expect(Math.abs(variance - 1)).toBeLessThan(0.01)
  expect(Math.max(...drawn.map(Math.abs).slice(0, 10_000))).toBeLessThanOrEqual(2 * Math.sqrt(3))
})

test('growth is within a thousandth', () => {
  for (let x = -2.5; x <= 2.5; x += 0.01) expect(expOf(x) / Math.exp(x)).toBeCloseTo(1, 2.9)
})
