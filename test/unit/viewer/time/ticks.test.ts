/** The axis has marks that people can count by, at any scale, and times are written as people read them. */
import { expect, test } from 'vitest'
import { durationText, secondsText, ticksOf } from '../../../../src/viewer/time/ticks.ts'

const labels = (fromUs: number, toUs: number): readonly string[] =>
  ticksOf({ fromUs, toUs, widthPx: 600 })
    .map(({ label }) => label)
    .filter((label) => label !== '')

test.each([
  [
    0,
    60,
    ['0.00000 s', '0.00001 s', '0.00002 s', '0.00003 s', '0.00004 s', '0.00005 s', '0.00006 s'],
  ],
  [0, 3_000_000, ['0.0 s', '0.5 s', '1.0 s', '1.5 s', '2.0 s', '2.5 s', '3.0 s']],
  [0, 60_000_000, ['0 s', '10 s', '20 s', '30 s', '40 s', '50 s', '60 s']],
  [59_800_000, 60_400_000, ['59.8 s', '59.9 s', '60.0 s', '60.1 s', '60.2 s', '60.3 s', '60.4 s']],
  [0, 7_200_000_000, ['0 s', '2000 s', '4000 s', '6000 s']],
  [-10, 30, ['−0.00001 s', '0.00000 s', '0.00001 s', '0.00002 s', '0.00003 s']],
])('from %d to %d the axis says %j', (fromUs, toUs, expected) => {
  expect(labels(fromUs, toUs)).toEqual(expected)
})

test('marks are round and ascend, and names are not crowded, at any scale', () => {
  for (let spanUs = 40; spanUs < 1e13; spanUs *= 1.7) {
    const ticks = ticksOf({ fromUs: spanUs / 3, toUs: spanUs * (4 / 3), widthPx: 960 })
    const named = ticks.filter(({ label }) => label !== '')
    expect(named.length).toBeLessThanOrEqual(11)
    expect(ticks.length).toBeGreaterThan(0)
    expect(ticks.length).toBeLessThan(100)
    for (const [n, { us }] of ticks.entries()) expect(us).toBeGreaterThan(ticks[n - 1]?.us ?? -1)
  }
})

test.each([
  [0, 6, '0.000000 s'],
  [12_418_233, 3, '12.418 s'],
  [59_999_999, 0, '60 s'],
  [187_500_000, 1, '187.5 s'],
  [-1_500_000, 1, '−1.5 s'],
  [-1, 1, '0.0 s'],
])('%d µs with %d digits is %s', (us, digits, text) => {
  expect(secondsText(us, digits)).toBe(text)
})

test.each([
  [40, '40 µs'],
  [12_420, '12.4 ms'],
  [999_700, '1 s'],
  [3_250_000, '3.25 s'],
  [125_000_000, '2 min 5 s'],
  [7_260_000_000, '2 h 1 min'],
])('%d µs lasts %s', (us, text) => {
  expect(durationText(us)).toBe(text)
})
