/** Where lanes and bars of faults lie. */
import { expect, test } from 'vitest'
import { packed, rowsBetween, rowsFor } from '../../../../src/viewer/draw/rows.ts'

test('lanes share the room, but are never too low to be read', () => {
  expect(rowsFor(5, new Set(), 500).rows.map(({ topPx }) => topPx)).toEqual([0, 100, 200, 300, 400])
  expect(rowsFor(2, new Set(), 5_000).heightPx).toBeLessThan(500)
  const many = rowsFor(100, new Set(), 500)
  expect(many.heightPx).toBe(3_000)
  expect(rowsBetween(many, 300, 400).map(({ lane }) => lane)).toEqual([10, 11, 12, 13])
})

test('a hidden lane leaves its room to the others', () => {
  const { rows, rowOf } = rowsFor(4, new Set([1]), 300)
  expect(rows.map(({ lane, topPx }) => [lane, topPx])).toEqual([
    [0, 0],
    [2, 100],
    [3, 200],
  ])
  expect(rowOf).toEqual([0, -1, 1, 2, -1])
})

test('bars lie in the first row that is free, and beyond the last in it', () => {
  const spans = [
    { fromUs: 0, toUs: 100 },
    { fromUs: 50, toUs: 80 },
    { fromUs: 60, toUs: 70 },
    { fromUs: 90, toUs: 95 },
    { fromUs: 130, toUs: 130 },
  ]
  expect(packed(spans, 10, 9)).toEqual([0, 1, 2, 1, 0])
  expect(packed(spans, 10, 2)).toEqual([0, 1, 1, 1, 0])
})
