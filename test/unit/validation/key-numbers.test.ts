/** Numbers of keys: as a map has them, whatever the keys are and however the hash is drawn. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyNumbers } from '../../../src/validation/key-numbers.ts'
import { systemEntropy } from '../../support/validation/kernel.ts'

/** Keys of few different bytes, so that many are alike. */
const key = fc.uint8Array({ minLength: 32, maxLength: 32, max: 1 })

/** With these multipliers all keys have the same hash. */
const noEntropy = (into: Uint8Array): Uint8Array => into.fill(0)

test.each([
  ['drawn', systemEntropy],
  ['the same for all keys', noEntropy],
] as const)('every key has the number that it was given, if the hash is %s', (_, entropy) => {
  const isSame = fc.property(fc.array(key, { maxLength: 40 }), key, (keys, another) => {
    const numbers = new KeyNumbers(entropy)
    const expected = new Map<string, number>()
    for (const each of keys) {
      expect(numbers.get(each)).toBe(expected.get(each.join()))
      if (expected.has(each.join())) continue
      numbers.set(each, expected.size)
      expected.set(each.join(), expected.size)
    }
    expect(numbers.size).toBe(expected.size)
    for (const each of [...keys, another]) {
      expect(numbers.get(each)).toBe(expected.get(each.join()))
    }
  })
  fc.assert(isSame, { seed: 1, numRuns: 200 })
})

test('a number stays that of the key as it was when it was given', () => {
  const numbers = new KeyNumbers(systemEntropy)
  const bytes = new Uint8Array(32)
  numbers.set(bytes, 7)
  bytes[0] = 1
  expect(numbers.get(bytes)).toBeUndefined()
  expect(numbers.get(new Uint8Array(32))).toBe(7)
})

test('numbers can be taken away', () => {
  const numbers = new KeyNumbers(systemEntropy)
  numbers.set(new Uint8Array(32), 7)
  numbers.clear()
  expect(numbers.size).toBe(0)
  expect(numbers.get(new Uint8Array(32))).toBeUndefined()
})
