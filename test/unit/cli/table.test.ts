import { expect, test } from 'vitest'
import { formatCount, formatTable } from '../../../src/cli/table.ts'

test('columns are as wide as their widest cell: names to the left, figures to the right', () => {
  const rows = [
    ['name', 'n'],
    ['a', '1,000'],
    ['much longer', ''],
  ]
  expect(formatTable(rows)).toBe(
    ['name             n', 'a            1,000', 'much longer'].join('\n'),
  )
})

test('columns can be aligned otherwise', () => {
  const rows = [
    ['1', 'a', 'x'],
    ['10', 'bcd', 'y'],
  ]
  expect(formatTable(rows, ['end', 'start', 'start'])).toBe(' 1  a    x\n10  bcd  y')
})

test.each([
  [0, '0'],
  [999.6, '1,000'],
  [1_234_567, '1,234,567'],
  [123, '123'],
])('%d is written %s', (value, text) => {
  expect(formatCount(value)).toBe(text)
})
