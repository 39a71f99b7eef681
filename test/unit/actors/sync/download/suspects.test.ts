import { expect, test } from 'vitest'
import { Suspects } from '../../../../../src/actors/sync/download/suspects.ts'

test('who gave something else is known when the truth is, and only for those heights', () => {
  const suspects = new Suspects()
  suspects.note('bodies', 10, 'liar')
  suspects.note('bodies', 10, 'other liar')
  suspects.note('bodies', 20, 'third')
  suspects.note('headers', 10, 'fourth')
  expect(suspects.at(10)).toBe(3)
  expect(suspects.resolve('bodies', 11, 20)).toEqual([])
  expect(suspects.resolve('bodies', 5, 20)).toEqual(['liar', 'other liar'])
  expect(suspects.resolve('bodies', 5, 20)).toEqual([])
  expect(suspects.resolve('headers', 1, 11)).toEqual(['fourth'])
})

test('suspicions are bounded: the oldest goes', () => {
  const suspects = new Suspects()
  for (let height = 0; height < 300; height += 1) suspects.note('bodies', height, `peer ${height}`)
  expect(suspects.resolve('bodies', 0, 44)).toEqual([])
  expect(suspects.resolve('bodies', 0, 300)).toHaveLength(256)
})
