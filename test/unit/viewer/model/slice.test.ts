/** What led to a record, and what it led to. */
import { expect, test } from 'vitest'
import { chainOf, effectsOf } from '../../../../src/viewer/model/slice.ts'

/** 0 ← 1 ← 3 ← 4, 1 ← 5, and 2 by itself with 6 after it. */
const run = { count: 7, cause: Int32Array.of(-1, 0, -1, 1, 3, 1, 2) }

test('causes go back to a root, one behind the other', () => {
  expect(chainOf(run, 4)).toEqual([4, 3, 1, 0])
  expect(chainOf(run, 2)).toEqual([2])
})

test('causes that lead forward are not followed for ever', () => {
  expect(chainOf({ count: 2, cause: Int32Array.of(1, 0) }, 1)).toEqual([1, 0])
})

test('effects are counted with all that follows from them', () => {
  expect(effectsOf(run, 1, 9)).toEqual({ direct: [3, 5], directCount: 2, total: 3 })
  expect(effectsOf(run, 1, 1)).toEqual({ direct: [3], directCount: 2, total: 3 })
  expect(effectsOf(run, 4, 9)).toEqual({ direct: [], directCount: 0, total: 0 })
  expect(effectsOf(run, 0, 9).total).toBe(4)
})
