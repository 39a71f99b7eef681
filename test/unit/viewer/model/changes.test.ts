/** Values that change, at any moment. */
import { expect, test } from 'vitest'
import { ChangeLog, lastBy, valueAt } from '../../../../src/viewer/model/changes.ts'

test('a value holds from its change to the next', () => {
  const log = new ChangeLog<string>()
  log.set(10, 'a')
  log.set(20, 'a')
  log.set(30, 'b')
  log.set(30, 'c')
  expect([9, 10, 29, 30, 99].map((us) => valueAt(log, us))).toEqual([
    ...[undefined, 'a', 'a', 'c', 'c'],
  ])
  // That it stayed the same is no change; of two at one moment the second is what it was after.
  expect(log.atUs).toEqual([10, 30])
})

test('the last of some times by a moment is found, or none', () => {
  expect([0, 1, 2, 5, 6].map((us) => lastBy([1, 5, 5], us))).toEqual([-1, 0, 0, 2, 2])
  expect(lastBy([], 7)).toBe(-1)
})
