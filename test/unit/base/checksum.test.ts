import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from '../../../src/base/bytes.ts'
import { checksumBytes, checksumOf } from '../../../src/base/checksum.ts'

const name = 'block/00000007'
const content = fc.uint8Array({ minLength: 1, maxLength: 200 })

function sumOf(key: string, bytes: Uint8Array): string {
  return toHex(checksumOf(key, bytes))
}

test('a checksum is what it was in the versions before: records on disks stay readable', () => {
  const bytes = Uint8Array.from({ length: 21 }, (_, i) => 7 * i)
  expect(checksumOf(name, bytes).length).toBe(checksumBytes)
  expect(sumOf(name, bytes)).toBe('c7cd6856a70b495c')
  expect(sumOf('', new Uint8Array(0))).toBe('fee5e0029207a106')
})

test('damage within four bytes in a row is always found', () => {
  const isFound = fc.property(
    content,
    fc.nat(),
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    (bytes, place, noise) => {
      const at = (place % bytes.length) & ~3
      const damaged = bytes.slice()
      damaged.set(noise.subarray(0, Math.min(4, bytes.length - at)), at)
      const isSame = toHex(damaged) === toHex(bytes)
      expect(sumOf(name, damaged) === sumOf(name, bytes)).toBe(isSame)
    },
  )
  fc.assert(isFound, { seed: 1, numRuns: 500 })
})

test('a write that was cut short or filled up with zeros is found', () => {
  const isFound = fc.property(content, fc.nat(), (bytes, place) => {
    const cut = bytes.slice(0, place % bytes.length)
    const filled = bytes.slice().fill(0, cut.length)
    const longer = Uint8Array.of(...bytes, 0)
    expect(sumOf(name, cut)).not.toBe(sumOf(name, bytes))
    expect(sumOf(name, longer)).not.toBe(sumOf(name, bytes))
    expect(sumOf(name, filled) === sumOf(name, bytes)).toBe(toHex(filled) === toHex(bytes))
  })
  fc.assert(isFound, { seed: 1, numRuns: 500 })
})

test('content under another name, or cut from its name elsewhere, is found', () => {
  const isFound = fc.property(content, fc.string({ maxLength: 20 }), (bytes, other) => {
    fc.pre(other !== name)
    expect(sumOf(other, bytes)).not.toBe(sumOf(name, bytes))
  })
  fc.assert(isFound, { seed: 1, numRuns: 200 })
  expect(sumOf('ab', Uint8Array.of(0x63))).not.toBe(sumOf('abc', new Uint8Array(0)))
})

test('similar contents have sums of which neither half is like another', () => {
  const lows = new Set<string>()
  const highs = new Set<string>()
  for (let i = 0; i < 20_000; i += 1) {
    const sum = sumOf(name, Uint8Array.of(i & 255, i >> 8, 0, 0, 0, 0, 0, 0))
    lows.add(sum.slice(0, 8))
    highs.add(sum.slice(8))
  }
  // Of so many random words of 32 bits, about 20,000²/2³³ = 0.05 are equal to an earlier one.
  expect(lows.size).toBeGreaterThanOrEqual(19_998)
  expect(highs.size).toBeGreaterThanOrEqual(19_998)
})
