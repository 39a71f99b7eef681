import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../../src/base/duration.ts'

describe('a duration that people write', () => {
  test.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1.5s', 1_500],
    ['0.25m', 15_000],
    ['0s', 0],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ms })
  })

  test.each(['', '5', 's', '-5s', '5 s', '5S', '1e3s', '.5s', '5.s', '5d', '1m30s', 'NaNs'])(
    '"%s" is refused, with an example',
    (text) => {
      const fault = 'expected a number and a unit, such as 500ms, 90s or 5m'
      expect(parseDuration(text)).toEqual({ ok: false, fault })
    },
  )

  test('is ten years at most', () => {
    expect(parseDuration('87600h').ok).toBe(true)
    expect(parseDuration('87601h')).toEqual({ ok: false, fault: 'expected at most ten years' })
    expect(parseDuration(`${'9'.repeat(400)}h`).ok).toBe(false)
  })

  test('in whole milliseconds is read exactly', () => {
    const milliseconds = fc.integer({ min: 0, max: 1_000_000_000 })
    const isExact = (ms: number): boolean => {
      const parsed = parseDuration(`${ms}ms`)
      return parsed.ok && parsed.value === ms
    }
    fc.assert(fc.property(milliseconds, isExact), { seed: 1, numRuns: 100 })
  })
})

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1.0 s'],
  [59_900, '59.9 s'],
  [61_000, '1 min 1 s'],
  [3_599_400, '59 min 59 s'],
  [3_600_000, '1 h 0 min'],
  [5_430_000, '1 h 30 min'],
])('%d ms is shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})
