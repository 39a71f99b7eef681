import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, storeHex, toHex } from '../../../src/base/bytes.ts'

describe('hexadecimal text', () => {
  test('is read as it was written, in either case, with or without a prefix', () => {
    const isSame = fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = toHex(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('hex'))
      for (const written of [text, text.toUpperCase(), `0x${text}`]) {
        expect(fromHex(written)).toEqual(bytes)
      }
    })
    fc.assert(isSame, { seed: 1, numRuns: 200 })
  })

  test.each([
    '0',
    'abc',
    'zz',
    '0g',
    'g0',
    '0x0',
    '0X00',
    ' 00',
    '0 ',
    'é0',
    '0İ',
    '٠٠',
    '+1',
    '0.',
  ])('is refused if it is "%s"', (text) => {
    expect(fromHex(text)).toBe(undefined)
  })

  test('is stored where it was asked to, in lower case only', () => {
    const bytes = new Uint8Array(4)
    expect(storeHex('beef', bytes, 1)).toBe(true)
    expect(bytes).toEqual(Uint8Array.of(0, 0xbe, 0xef, 0))
    expect(storeHex('BEEF', bytes, 1)).toBe(false)
  })
})
