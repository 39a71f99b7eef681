import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keys } from '../../../../src/actors/storage/keys.ts'
import {
  decodeHeight,
  decodeVoteRecord,
  encodeHeight,
  encodeVoteRecord,
  laterRecord,
  openRecord,
  readRecord,
  sealRecord,
} from '../../../../src/actors/storage/record.ts'
import { ok } from '../../../../src/base/result.ts'
import { emptyRecord, type VoteRecord } from '../../../../src/protocol/consensus/record.ts'

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
})
const slot = fc.nat({ max: 2 ** 31 })
const mark = fc.record({ slot, block: hash })
const voteRecord: fc.Arbitrary<VoteRecord> = fc.record({
  epoch: fc.nat({ max: 2 ** 31 }),
  notarised: mark,
  finalised: mark,
  nullifiedTo: slot,
  proposed: mark,
  floor: slot,
})
const bytes = fc.uint8Array({ maxLength: 200 })

describe('a sealed record', () => {
  test('opens under its key to what was sealed', () => {
    const opens = fc.property(fc.string({ maxLength: 40 }), bytes, (key, value) => {
      expect(openRecord(key, sealRecord(key, value))).toEqual(value)
    })
    fc.assert(opens, { seed: 1, numRuns: 200 })
  })

  test('does not open with any one bit flipped', () => {
    const sealed = sealRecord('block/1', Uint8Array.of(1, 2, 3, 4, 5))
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = sealed.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(openRecord('block/1', flipped)).toBeUndefined()
    }
  })

  test('does not open cut short anywhere, nor with a byte more', () => {
    const sealed = sealRecord('block/1', Uint8Array.of(1, 2, 3, 4, 5))
    for (let length = 0; length < sealed.length; length += 1) {
      expect(openRecord('block/1', sealed.slice(0, length))).toBeUndefined()
    }
    expect(openRecord('block/1', Uint8Array.of(...sealed, 0))).toBeUndefined()
  })

  test("does not open under another's key", () => {
    const sealed = sealRecord('block/1', Uint8Array.of(7))
    expect(openRecord('block/2', sealed)).toBeUndefined()
    // The key and the bytes are apart: what is moved from one to the other is noticed.
    expect(openRecord('block/', sealRecord('block/1', new Uint8Array(0)))).toBeUndefined()
  })

  test('says which key is corrupt, and why', () => {
    const value = sealRecord('height/x', Uint8Array.of(1))
    expect(readRecord({ key: 'height/y', value }, (found) => ok(found))).toEqual({
      ok: false,
      fault: { code: 'corrupt', detail: 'checksum differs', key: 'height/y' },
    })
    expect(readRecord({ key: 'height/x', value }, decodeHeight)).toEqual({
      ok: false,
      fault: { code: 'corrupt', detail: 'height needs 8 bytes, 1 are left', key: 'height/x' },
    })
  })
})

describe('a vote record', () => {
  test('is read as it was written, in 141 bytes', () => {
    const isSame = fc.property(voteRecord, (record) => {
      const encoded = encodeVoteRecord(record)
      expect(encoded).toHaveLength(141)
      expect(decodeVoteRecord(encoded)).toEqual({ ok: true, value: record })
    })
    fc.assert(isSame, { seed: 1, numRuns: 100 })
  })

  test('of another version, or of another length, is not read', () => {
    const encoded = encodeVoteRecord(emptyRecord(0))
    expect(decodeVoteRecord(Uint8Array.of(2, ...encoded.slice(1)))).toMatchObject({
      ok: false,
      fault: { code: 'unknown-kind', field: 'version' },
    })
    expect(decodeVoteRecord(encoded.slice(1)).ok).toBe(false)
    expect(decodeVoteRecord(Uint8Array.of(...encoded, 0)).ok).toBe(false)
  })

  test.each<[string, Partial<VoteRecord>]>([
    ['notarised', { notarised: { slot: 5, block: 'aa' } }],
    ['finalised', { finalised: { slot: 5, block: 'aa' } }],
    ['proposed', { proposed: { slot: 5, block: 'aa' } }],
    ['nullified', { nullifiedTo: 5 }],
    ['floored', { floor: 5 }],
  ])('is the later of two if it has %s further', (_what, change) => {
    const old = emptyRecord(0)
    const later = { ...old, ...change }
    expect(laterRecord(old, later)).toBe(later)
    expect(laterRecord(later, old)).toBe(later)
  })

  test('that is missing gives way to the other', () => {
    const record = emptyRecord(0)
    expect(laterRecord(undefined, record)).toBe(record)
    expect(laterRecord(record, undefined)).toBe(record)
    expect(laterRecord(undefined, undefined)).toBeUndefined()
  })
})

describe('keys', () => {
  test('of heights and slots sort as the numbers do', () => {
    const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    const sorts = fc.property(number, number, (a, b) => {
      expect(keys.blockAt(a) < keys.blockAt(b)).toBe(a < b)
      expect(keys.finalisationAt(a) < keys.finalisationAt(b)).toBe(a < b)
      expect(keys.notarisationAt(a) < keys.notarisationAt(b)).toBe(a < b)
    })
    fc.assert(sorts, { seed: 1, numRuns: 200 })
  })

  test('fit a store, which takes 200 characters', () => {
    expect(keys.openBlock(Number.MAX_SAFE_INTEGER, 'f'.repeat(64)).length).toBeLessThan(200)
  })
})

test('a height is read as it was written', () => {
  for (const height of [0, 1, 255, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    expect(decodeHeight(encodeHeight(height))).toEqual({ ok: true, value: height })
  }
})
