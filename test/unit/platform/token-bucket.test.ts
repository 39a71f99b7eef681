import { expect, test } from 'vitest'
import { tokenBuckets } from '../../../src/platform/token-bucket.ts'

test('an address may take a second’s worth at once, and then no more', () => {
  const take = tokenBuckets(5)
  const taken = Array.from({ length: 7 }, () => take('a', 1, 1_000))
  expect(taken).toEqual([true, true, true, true, true, false, false])
})

test('tokens come back with time, up to a second’s worth', () => {
  const take = tokenBuckets(10)
  expect(take('a', 10, 0)).toBe(true)
  expect(take('a', 1, 99)).toBe(false)
  expect(take('a', 1, 100)).toBe(true)
  expect(take('a', 1, 100)).toBe(false)
  expect(take('a', 11, 60_000)).toBe(false)
  expect(take('a', 10, 60_000)).toBe(true)
})

test('who asks for too many loses none', () => {
  const take = tokenBuckets(3)
  expect(take('a', 4, 0)).toBe(false)
  expect(take('a', 3, 0)).toBe(true)
})

test('addresses do not pay for each other', () => {
  const take = tokenBuckets(1)
  expect(take('a', 1, 0)).toBe(true)
  expect(take('b', 1, 0)).toBe(true)
  expect(take('a', 1, 0)).toBe(false)
})

test('time that goes backwards gives nothing', () => {
  const take = tokenBuckets(2)
  expect(take('a', 2, 1_000)).toBe(true)
  expect(take('a', 1, 0)).toBe(false)
  expect(take('a', 1, 500)).toBe(true)
})

test('a flood of addresses costs no memory: the one not seen for longest is forgotten', () => {
  const take = tokenBuckets(1)
  take('first', 1, 0)
  take('second', 1, 0)
  for (let i = 0; i < 4_094; i += 1) take(`${i}`, 1, 0)
  // 4096 are remembered. One that is seen again is not the oldest any more.
  expect(take('first', 1, 0)).toBe(false)
  take('one more', 1, 0)
  expect(take('first', 1, 0)).toBe(false)
  expect(take('second', 1, 0)).toBe(true)
})
