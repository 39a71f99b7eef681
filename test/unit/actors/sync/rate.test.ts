import { describe, expect, test } from 'vitest'
import { Rate } from '../../../../src/actors/sync/rate.ts'

function rateOf(samples: readonly (readonly [number, number])[]): number {
  const rate = new Rate()
  for (const [atMs, total] of samples) rate.observe(total, atMs)
  return rate.perSecond()
}

describe('a rate', () => {
  test.each<[string, readonly (readonly [number, number])[], number]>([
    ['of nothing', [], 0],
    ['of one sample', [[0, 5]], 0],
    [
      'of two at one time',
      [
        [0, 5],
        [0, 9],
      ],
      0,
    ],
    [
      'is the growth a second',
      [
        [0, 0],
        [2_000, 10],
      ],
      5,
    ],
    [
      'counts samples close together as one',
      [
        [0, 0],
        [1_000, 5],
        [1_100, 8],
        [1_200, 12],
      ],
      10,
    ],
    [
      'begins anew after a fall',
      [
        [0, 100],
        [5_000, 2],
        [6_000, 4],
      ],
      2,
    ],
    [
      'forgets what is older than ten seconds',
      [
        [0, 0],
        [10_000, 1_000],
        [11_000, 1_001],
        [20_500, 1_002],
        [21_500, 1_003],
      ],
      2 / 10.5,
    ],
  ])('%s', (_what, samples, expected) => {
    expect(rateOf(samples)).toBeCloseTo(expected, 9)
  })

  test('of steady growth is that growth', () => {
    const rate = new Rate()
    for (let ms = 0; ms < 1_000_000; ms += 100) rate.observe(ms, ms)
    expect(rate.perSecond()).toBe(1_000)
  })
})
