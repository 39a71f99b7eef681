import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import { positiveDuration, seedNumber, shardOf, wholeNumber } from '../../../src/cli/argument.ts'

describe('a whole number', () => {
  const read = wholeNumber(1, 10)

  test.each([
    ['1', 1],
    ['10', 10],
    ['007', 7],
  ])('%s', (text, value) => {
    expect(read(text)).toBe(value)
  })

  test.each(['0', '11', '', ' 1', '1.0', '1e1', '0x1', '-1', '+1', 'one'])('not "%s"', (text) => {
    expect(() => read(text)).toThrow(InvalidArgumentError)
    expect(() => read(text)).toThrow('Expected a whole number from 1 to 10.')
  })
})

test('a seed is any whole number that is exact', () => {
  expect(seedNumber('0')).toBe(0)
  expect(seedNumber('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
  expect(() => seedNumber('9007199254740992')).toThrow(InvalidArgumentError)
})

describe('a shard', () => {
  test.each([
    ['1/1', 1, 1],
    ['2/4', 2, 4],
    ['10000/10000', 10_000, 10_000],
  ])('%s', (text, index, count) => {
    expect(shardOf(text)).toEqual({ index, count })
  })

  test.each(['', '1', '0/4', '5/4', '1/0', '1/10001', '-1/4', '1/4/2', '1 / 4'])(
    'not "%s"',
    (text) => {
      expect(() => shardOf(text)).toThrow('Expected i/n with i from 1 to n, such as 2/4.')
    },
  )
})

test('a budget of no time is no budget', () => {
  expect(positiveDuration('1ms')).toBe(1)
  expect(() => positiveDuration('0s')).toThrow('Expected more than nothing.')
  expect(() => positiveDuration('5')).toThrow('Expected a number and a unit')
})
