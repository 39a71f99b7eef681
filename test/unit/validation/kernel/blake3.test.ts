/** The kernel's BLAKE3 against another implementation: every length of a chunk, long messages, any four together. */
import { blake3 } from '@noble/hashes/blake3.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from '../../../../src/base/bytes.ts'
import { KernelHasher } from '../../../support/validation/kernel-hasher.ts'
import { testParts } from '../../../support/validation/run-parts.ts'
import { testBytes } from '../../../support/validation/runs.ts'

const parts = testParts()
const hasher = new KernelHasher(parts)
const keys = [undefined, testBytes(32, 1), testBytes(32, 2)]
const message = testBytes(1_048_576)

function referenceHash(bytes: Uint8Array, key?: Uint8Array): string {
  return toHex(key === undefined ? blake3(bytes) : blake3(bytes, { key }))
}

test('every length from 0 to 1,025 has the hash of the reference, among equals and among others', () => {
  const lengths = Array.from({ length: 1_026 }, (_, length) => length)
  // A step that is coprime to the number of lengths: neighbours are of very different lengths.
  const mixed = lengths.map((i) => (i * 385) % lengths.length)
  expect(new Set(mixed).size).toBe(lengths.length)
  const expected = lengths.map((length) => referenceHash(message.subarray(0, length), keys[1]))
  for (const order of [lengths, mixed, lengths.toReversed()]) {
    const hashes = hasher.hashAll(
      order.map((length) => ({ bytes: message.subarray(0, length), key: keys[1] })),
    )
    for (const [i, length] of order.entries()) {
      expect(hashes[i], `${length} bytes`).toBe(expected[length])
    }
  }
})

test('lengths at the edges of blocks and chunks, alone and together, with a key and without', () => {
  const lengths = [0, 1, 63, 64, 65, 128, 1_023, 1_024, 1_025, 2_048, 2_049, 3_072, 3_073, 5_120]
  lengths.push(7_168, 7_169, 8_192, 8_193, 16_384, 31_744, 102_400, 1_048_575, 1_048_576)
  const messages = lengths.flatMap((length) =>
    keys.map((key) => ({ bytes: message.subarray(0, length), key })),
  )
  const expected = messages.map(({ bytes, key }) => referenceHash(bytes, key))
  expect(hasher.hashAll(messages)).toEqual(expected)
  expect(messages.flatMap((each) => hasher.hashAll([each]))).toEqual(expected)
})

test('any batch of any lengths and keys, whatever lies behind the messages', () => {
  const length = fc.oneof(
    { weight: 6, arbitrary: fc.nat(300) },
    { weight: 2, arbitrary: fc.nat(1_100) },
    { weight: 1, arbitrary: fc.nat(9_000) },
  )
  const item = fc.record({ length, key: fc.nat(2), salt: fc.nat(255) })
  const batch = fc.array(item, { minLength: 1, maxLength: 40 })
  const isEqual = fc.property(batch, (items) => {
    const messages = items.map((each) => ({
      bytes: testBytes(each.length, each.salt),
      key: keys[each.key],
    }))
    const expected = messages.map(({ bytes, key }) => referenceHash(bytes, key))
    expect(hasher.hashAll(messages)).toEqual(expected)
  })
  fc.assert(isEqual, { seed: 1, numRuns: 150 })
})

test('more messages than are held at once', () => {
  const messages = Array.from({ length: 9_001 }, (_, i) => ({
    bytes: message.subarray(i, i + (i % 131)),
    key: keys[i % 3],
  }))
  messages.splice(4_000, 0, { bytes: message, key: keys[1] })
  const hashes = hasher.hashAll(messages)
  for (const i of [0, 1, 2, 3_999, 4_000, 4_001, 8_190, 8_191, 8_192, 8_193, 9_001]) {
    const { bytes, key } = messages[i] ?? { bytes: message }
    expect(hashes[i], `message ${i}`).toBe(referenceHash(bytes, key))
  }
})

test('a message that is longer than the tables are large is a trap, before anything is written', () => {
  const table = parts.memory.take(16)
  for (const [field, value] of [table, 8 * 1_048_576 + 1, 0, table].entries()) {
    parts.memory.words.setUint32(table + 4 * field, value, true)
  }
  expect(() => parts.kernel.hashMany(1, table)).toThrow(/unreachable/)
  expect(() => parts.kernel.judgeBlocks(513, table)).toThrow(/unreachable/)
  expect(hasher.hashAll([{ bytes: message, key: keys[1] }])).toEqual([
    referenceHash(message, keys[1]),
  ])
})

test('behind a message 64 bytes are read at most, even if others in its company are longer', () => {
  const lengths = [1, 64, 65, 128, 1_024, 0, 700, 1_025, 3_000, 2, 1, 63]
  const bytes = message.subarray(0, 3_000)
  const expected = lengths.map((length) => referenceHash(bytes.subarray(3_000 - length)))
  expect(hasher.hashTails(bytes, lengths)).toEqual(expected)
  for (const [i, length] of lengths.entries()) {
    expect(hasher.hashTails(bytes, [length]), `${length} bytes`).toEqual([expected[i]])
  }
})

test('inner nodes, as many as there are, elsewhere or in their own place', () => {
  for (const count of [1, 2, 3, 4, 5, 17, 4_095, 4_096, 4_097, 9_000]) {
    const nodes = message.subarray(7, 7 + 64 * count)
    const hashes = hasher.hashNodes(nodes, testBytes(32, 1))
    expect(hasher.hashNodesInPlace(nodes, testBytes(32, 1))).toEqual(hashes)
    for (const i of new Set([0, count >> 1, count - 1])) {
      const expected = referenceHash(nodes.subarray(64 * i, 64 * (i + 1)), keys[1])
      expect(hashes[i], `node ${i} of ${count}`).toBe(expected)
    }
  }
})
