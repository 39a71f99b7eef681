import { expect, test } from 'vitest'
import { type Figure, meetsFloor, resultOf } from '../../bench/report.ts'

const figure: Figure = { name: 'a', value: 5.432_198, unit: 'MB', boundBy: 'the disk' }

test('a floor is the least, or the most where less is better', () => {
  expect(meetsFloor(figure)).toBe(true)
  expect(meetsFloor({ ...figure, floor: 5 })).toBe(true)
  expect(meetsFloor({ ...figure, floor: 6 })).toBe(false)
  expect(meetsFloor({ ...figure, floor: 5, isLessBetter: true })).toBe(false)
  expect(meetsFloor({ ...figure, floor: 6, isLessBetter: true })).toBe(true)
})

test('what is written has the figures to four digits, and nothing that is only for people', () => {
  const written = resultOf({ ...figure, size: 40, baseline: 'b', ratio: 0.123_456, floor: 1 })
  expect(written).toEqual({
    name: 'a',
    value: 5.432,
    unit: 'MB',
    size: 40,
    baseline: 'b',
    ratio: 0.123_5,
  })
  expect(Object.keys(resultOf(figure))).toEqual(['name', 'value', 'unit'])
})
