import { describe, expect, test } from 'vitest'
import {
  evenly,
  halfOf,
  isClear,
  middleOf,
  type Point,
  type Stretch,
  steepest,
} from '../../../../src/cli/likelihood/curve.ts'

const point = (atMs: number, failed: number, tries = 10): Point => ({ atMs, failed, tries })
const stretch = (from: Point, to: Point): Stretch => ({ from, to })

test('points are evenly apart, to the microsecond, both ends included', () => {
  expect(evenly(10_000, 3)).toEqual([0, 5_000, 10_000])
  expect(evenly(1_000.001, 4)).toEqual([0, 333.334, 666.667, 1_000.001])
})

describe('the steepest stretch', () => {
  test('is where the share rises most, the first of such', () => {
    const points = [point(0, 1), point(1, 3), point(2, 8), point(3, 4), point(4, 9)]
    expect(steepest(points)).toEqual(stretch(point(1, 3), point(2, 8)))
  })

  test('is none where it only falls, and none next to what was not tried', () => {
    expect(steepest([point(0, 5), point(1, 5), point(2, 4)])).toBeUndefined()
    expect(steepest([point(0, 0), point(1, 0, 0), point(2, 10)])).toBeUndefined()
    expect(steepest([])).toBeUndefined()
  })
})

describe('a closer look', () => {
  test('is taken in the middle, and goes on in the half that rises more', () => {
    const whole = stretch(point(1_000, 2), point(2_000, 9))
    expect(middleOf(whole)).toBe(1_500)
    expect(halfOf(whole, point(1_500, 8))).toEqual(stretch(point(1_000, 2), point(1_500, 8)))
    expect(halfOf(whole, point(1_500, 3))).toEqual(stretch(point(1_500, 3), point(2_000, 9)))
  })

  test('is not taken of what is too short, or rises too little to be seen', () => {
    expect(middleOf(stretch(point(1_000, 0), point(1_001, 10)))).toBeUndefined()
    const little = stretch(point(1_000, 5), point(2_000, 7))
    expect(isClear(little)).toBe(false)
    expect(middleOf(little)).toBeUndefined()
    const few = stretch(point(1_000, 1, 2), point(2_000, 2, 2))
    expect(isClear(few)).toBe(false)
    expect(isClear(stretch(point(1_000, 15, 30), point(2_000, 30, 30)))).toBe(true)
  })
})
