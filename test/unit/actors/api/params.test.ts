import { describe, expect, test } from 'vitest'
import { readBlockId, readBytes, readParams } from '../../../../src/actors/api/params.ts'
import { ok } from '../../../../src/base/result.ts'

const hash = 'ab'.repeat(32)

function message(text: string) {
  return { ok: false, fault: { message: text } }
}

describe('the list of parameters', () => {
  test.each([
    [undefined, 0, []],
    [null, 0, []],
    [[], 0, []],
    [[1, 'a'], 2, [1, 'a']],
  ])('%j with %i expected is taken', (params, count, list) => {
    expect(readParams(params, count)).toEqual(ok(list))
  })

  test.each([
    [{}, 1, 'params is {}, expected an array'],
    ['a', 1, 'params is "a", expected an array'],
    [undefined, 1, 'params is 0 values, expected 1 value'],
    [[1], 2, 'params is 1 values, expected 2 values'],
    [[1, 2], 0, 'params is 2 values, expected 0 values'],
  ])('%j with %i expected is refused: %s', (params, count, text) => {
    expect(readParams(params, count)).toEqual(message(text))
  })
})

describe('bytes', () => {
  const two = { min: 2, max: 2 }

  test.each(['0x0aFF', '0aFF', '0AFF'])('%s are taken', (text) => {
    expect(readBytes(text, 'x', two)).toEqual(ok(Uint8Array.of(10, 255)))
  })

  test.each<[unknown, string]>([
    [7, 'x is 7, expected hexadecimal bytes'],
    [undefined, 'x is undefined, expected hexadecimal bytes'],
    ['0xabc', 'x is "0xabc", expected hexadecimal bytes'],
    ['zz', 'x is "zz", expected hexadecimal bytes'],
    ['0x', 'x is 0 bytes, expected 2 bytes'],
    ['aabbcc', 'x is 3 bytes, expected 2 bytes'],
    ['z'.repeat(500), `x is "${'z'.repeat(79)}…, expected hexadecimal bytes`],
  ])('%j are refused: %s', (value, text) => {
    expect(readBytes(value, 'x', two)).toEqual(message(text))
  })

  test('of any length within bounds name the bounds', () => {
    expect(readBytes('aabbcc', 'x', { min: 1, max: 2 })).toEqual(
      message('x is 3 bytes, expected 1 to 2 bytes'),
    )
  })
})

describe('a block', () => {
  test.each([
    [0, { height: 0 }],
    [9_007_199_254_740_991, { height: 9_007_199_254_740_991 }],
    [hash, { hash }],
    [`0x${hash.toUpperCase()}`, { hash }],
  ])('%s is taken', (value, by) => {
    expect(readBlockId(value, 'block')).toEqual(ok(by))
  })

  test.each([
    [-1, 'block is -1, expected a height: a whole number from 0'],
    [1.5, 'block is 1.5, expected a height: a whole number from 0'],
    [2 ** 53, 'block is 9007199254740992, expected a height: a whole number from 0'],
    ['latest', 'block is "latest", expected a block hash of 32 bytes, or a height'],
    [null, 'block is null, expected a block hash of 32 bytes, or a height'],
    ['abcd', 'block is "abcd", expected a block hash of 32 bytes, or a height'],
  ])('%s is refused: %s', (value, text) => {
    expect(readBlockId(value, 'block')).toEqual(message(text))
  })
})
