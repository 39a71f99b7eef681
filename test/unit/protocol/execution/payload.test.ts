import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from '../../../../src/base/bytes.ts'
import {
  decodePayload,
  encodePayload,
  extraDataBytesMax,
  payloadBytesMax,
  sealPayload,
  transactionsRootOf,
} from '../../../../src/protocol/execution/payload.ts'
import {
  type Hash,
  hashBytes,
  hashOf,
  hashToBytes,
  zeroHash,
} from '../../../../src/protocol/hash.ts'

const anyBytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength })
const anyHash = anyBytes(32, 32).map(toHex)
const anyFields = fc.record({
  parentHash: anyHash,
  number: fc.maxSafeNat(),
  timestampMs: fc.maxSafeNat(),
  feeRecipient: anyBytes(20, 20),
  extraData: anyBytes(0, extraDataBytesMax),
  stateRoot: anyHash,
  transactionsRoot: anyHash,
})

const fields = {
  parentHash: zeroHash,
  number: 7,
  timestampMs: 1_700_000_000_000,
  feeRecipient: new Uint8Array(20).fill(2),
  extraData: Uint8Array.of(1, 2, 3),
  stateRoot: '11'.repeat(32),
  transactionsRoot: '22'.repeat(32),
}

test('decoding is the inverse of encoding, and derives the hash', () => {
  const property = fc.property(anyFields, (any) => {
    const bytes = encodePayload(any)
    expect(bytes.length).toBeLessThanOrEqual(payloadBytesMax)
    expect(decodePayload(bytes)).toEqual({ ok: true, value: sealPayload(any) })
  })
  fc.assert(property, { seed: 1, numRuns: 200 })
})

test('the hash covers every field', () => {
  const { blockHash } = sealPayload(fields)
  const changed = [
    { parentHash: '01'.repeat(32) },
    { number: 8 },
    { timestampMs: 1 },
    { feeRecipient: new Uint8Array(20) },
    { extraData: Uint8Array.of(1, 2) },
    { stateRoot: zeroHash },
    { transactionsRoot: zeroHash },
  ].map((change) => sealPayload({ ...fields, ...change }).blockHash)
  expect(new Set([blockHash, ...changed]).size).toBe(8)
  expect(blockHash).toBe(hashOf('payload', encodePayload(fields)))
})

test.each([
  ['another version', encodePayload(fields).with(0, 2), { code: 'unknown-kind' }],
  ['extra data that is too long', encodePayload(fields).with(133, 33), { code: 'too-long' }],
  ['a cut', encodePayload(fields).slice(0, -1), { code: 'too-short' }],
  ['one byte more', Uint8Array.of(...encodePayload(fields), 0), { code: 'too-long' }],
])('%s is refused', (_, bytes, fault) => {
  expect(decodePayload(bytes)).toMatchObject({ ok: false, fault })
})

test('the encoding does not change unnoticed', () => {
  expect(sealPayload(fields).blockHash).toMatchInlineSnapshot(
    `"01ee63ef9477042083b39282007114aeeaadbcc61ee668f647c7591725987702"`,
  )
})

/** RFC 6962, section 2.1, with this chain's hashes: splits at the largest power of two below n. */
function rootByDefinition(hashes: readonly Hash[]): Uint8Array {
  const [only] = hashes
  if (only !== undefined && hashes.length === 1) return hashToBytes(only)
  let split = 1
  while (2 * split < hashes.length) split *= 2
  const halves = [hashes.slice(0, split), hashes.slice(split)]
  return hashBytes('node', ...halves.map(rootByDefinition))
}

test('the transactions root is the tree of RFC 6962', () => {
  const hashes = Array.from({ length: 20 }, (_, i) => hashOf('transaction', Uint8Array.of(i)))
  for (let count = 1; count <= hashes.length; count += 1) {
    const some = hashes.slice(0, count)
    expect(transactionsRootOf(some)).toBe(toHex(rootByDefinition(some)))
  }
})

test('the root of no transactions is no other root', () => {
  expect(transactionsRootOf([])).toBe(hashOf('node'))
  expect(transactionsRootOf([zeroHash])).toBe(zeroHash)
})
