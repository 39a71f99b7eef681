import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import {
  placeInRun,
  positiveDuration,
  reseedOf,
  seedNumber,
  shardOf,
  wholeNumber,
} from '../../../src/cli/argument.ts'

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

describe('a place in a run', () => {
  test.each([
    ['12.4s', { ms: 12_400 }],
    ['#0', { event: 0 }],
    ['#1234', { event: 1_234 }],
  ])('%s', (text, place) => {
    expect(placeInRun(text)).toEqual(place)
  })

  test.each(['12', '0s', '#', '#-1', '#1.5', '1234', 'now'])('not "%s"', (text) => {
    expect(() => placeInRun(text)).toThrow('Expected a virtual time, such as 12.4s, or an event')
  })
})

test('a seed is any whole number that is exact', () => {
  expect(seedNumber('0')).toBe(0)
  expect(seedNumber('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
  expect(() => seedNumber('9007199254740992')).toThrow(InvalidArgumentError)
})

describe('later seeds', () => {
  test('are a virtual time and a seed each, in ascending order', () => {
    expect(reseedOf('12.4s:77')).toEqual([{ atMs: 12_400, seed: 77 }])
    const one = reseedOf('1ms:0')
    expect(reseedOf('1.001ms:0', one)).toEqual([
      { atMs: 1, seed: 0 },
      { atMs: 1.001, seed: 0 },
    ])
    expect(() => reseedOf('1ms:5', one)).toThrow('Expected a later time than 0.001s before it.')
  })

  test.each(['12.4s', '12.4:77', ':77', '1s:', '1s:-1', '1s:1:1', '1s:9007199254740992'])(
    'not "%s"',
    (text) => {
      expect(() => reseedOf(text)).toThrow('Expected a virtual time and a seed')
    },
  )
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
