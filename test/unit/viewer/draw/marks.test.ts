/** Where single records are drawn. */
import { expect, test } from 'vitest'
import { marksOf } from '../../../../src/viewer/draw/marks.ts'

const row = { lane: 0, topPx: 0, heightPx: 60, basePx: 44 }
const window = { fromUs: 0, toUs: 1_000, widthPx: 1_000 }

test('what happens at one moment is stacked, and what is too much stands for several', () => {
  const atUs = Float64Array.from([100, 100, 100, 400, ...Array.from({ length: 30 }, () => 700)])
  const marks = marksOf({ atUs }, Uint32Array.from(atUs.keys()), row, window)
  const at = (xPx: number) => marks.filter((mark) => mark.xPx === xPx)
  expect(at(100).map(({ yPx }) => yPx)).toEqual([38, 33, 28])
  expect(at(400).map(({ yPx }) => yPx)).toEqual([38])
  expect(at(700).reduce((sum, { stands }) => sum + stands, 0)).toBe(30)
  expect(at(700).every(({ yPx }) => yPx > row.topPx)).toBe(true)
})
