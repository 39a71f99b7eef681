/** Hashes in batches are those of the protocol, whatever the number and the lengths of the messages. */
import { expect, test } from 'vitest'
import { AssertionError } from '../../../src/base/assert.ts'
import { toHex } from '../../../src/base/bytes.ts'
import { domainKey, hashOf } from '../../../src/protocol/hash.ts'
import { BatchHash, hashedBytesMax } from '../../../src/validation/batch-hash.ts'
import { testParts } from '../../support/validation/run-parts.ts'
import { testBytes } from '../../support/validation/runs.ts'

const { kernel, memory } = testParts()
const hash = new BatchHash(kernel, memory)
const bytes = testBytes(hashedBytesMax + 1)
const key = domainKey('trie')

function expectHashes(messages: readonly Uint8Array[]): void {
  const hashes = hash.hashMany(messages, key).map(toHex)
  expect(hashes).toEqual(messages.map((message) => hashOf('trie', message)))
}

test('none, one, and some of all sorts', () => {
  expectHashes([])
  expectHashes([bytes.subarray(0, 0)])
  expectHashes([300, 0, 64, 1_024, 5_000, 1, 64].map((length) => bytes.subarray(9, 9 + length)))
})

test('more messages, and more bytes, than are hashed together', () => {
  expectHashes(Array.from({ length: 4_097 }, (_, i) => bytes.subarray(i, i + (i % 40))))
  const long = bytes.subarray(0, hashedBytesMax)
  expectHashes([bytes.subarray(0, 10), long, bytes.subarray(0, 20), bytes.subarray(1)])
})

test('hashes are copies, and a key makes all the difference', () => {
  const [first] = hash.hashMany([bytes.subarray(0, 10)], key)
  const [second] = hash.hashMany([bytes.subarray(0, 10)], domainKey('node'))
  expect(toHex(first ?? bytes)).toBe(hashOf('trie', bytes.subarray(0, 10)))
  expect(toHex(second ?? bytes)).toBe(hashOf('node', bytes.subarray(0, 10)))
})

test('a message that is too long, or a key of another length, is a fault of the caller', () => {
  expect(() => hash.hashMany([bytes], key)).toThrow(AssertionError)
  expect(() => hash.hashMany([], key.subarray(1))).toThrow(AssertionError)
})
