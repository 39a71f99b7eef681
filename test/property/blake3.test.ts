/** BLAKE3 of one chunk against an implementation of its own, at every length, in any portions. */
import { blake3 } from '@noble/hashes/blake3.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AssertionError } from '../../src/base/assert.ts'
import { asciiBytes, toHex } from '../../src/base/bytes.ts'
import { ChunkHash, chunkBytesMax, type HashWords, keyWords } from '../../src/protocol/blake3.ts'
import { domainKey, hashBytes, hashOfWords } from '../../src/protocol/hash.ts'
import { published } from '../vectors/published.ts'

interface OfficialVectors {
  readonly key: string
  readonly cases: readonly {
    readonly input_len: number
    readonly hash: string
    readonly keyed_hash: string
  }[]
}

function ramp(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i % 251)
}

function hashOfParts(...parts: readonly Uint8Array[]): string {
  const hash = new ChunkHash()
  for (const part of parts) hash.update(part)
  return toHex(hash.digest())
}

test('every length of a chunk has the hash of the reference', () => {
  for (let length = 0; length <= chunkBytesMax; length += 1) {
    const input = ramp(length)
    expect(hashOfParts(input), `${length} bytes`).toBe(toHex(blake3(input)))
  }
})

test('one object makes one hash after another, whatever was added before', () => {
  const hash = new ChunkHash()
  for (const length of [100, 0, 1_024, 64, 3]) {
    hash.begin(keyWords(ramp(32))).update(ramp(77))
    expect(toHex(hash.begin().update(ramp(length)).digest())).toBe(toHex(blake3(ramp(length))))
  }
})

test('so it has with a key, and each key gives another hash', () => {
  const key = ramp(32)
  for (const length of [0, 1, 63, 64, 65, 128, 1_000, chunkBytesMax]) {
    const input = ramp(length)
    const keyed = toHex(new ChunkHash(keyWords(key)).update(input).digest())
    expect(keyed, `${length} bytes`).toBe(toHex(blake3(input, { key })))
    expect(keyed).not.toBe(hashOfParts(input))
  }
  expect(() => keyWords(ramp(31))).toThrow(AssertionError)
})

test('how the input is cut into portions makes no difference', () => {
  const input = fc.uint8Array({ maxLength: chunkBytesMax })
  const cuts = fc.array(fc.nat(chunkBytesMax), { maxLength: 6 })
  const isEqual = fc.property(input, cuts, (bytes, places) => {
    const ends = [...places.toSorted((a, b) => a - b), bytes.length]
    const parts = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end))
    expect(hashOfParts(...parts)).toBe(toHex(blake3(bytes)))
  })
  fc.assert(isEqual, { seed: 1, numRuns: 500 })
})

test('words are what their bytes are, in and out', () => {
  const hashes = fc.uint8Array({ minLength: 64, maxLength: 64 })
  const isEqual = fc.property(hashes, fc.integer(), fc.nat(5), (bytes, word, words) => {
    const wordsOf = (part: Uint8Array): HashWords => {
      const [w0 = 0, w1 = 0, w2 = 0, w3 = 0, w4 = 0, w5 = 0, w6 = 0, w7 = 0] = keyWords(part)
      return { w0, w1, w2, w3, w4, w5, w6, w7 }
    }
    const left = wordsOf(bytes.subarray(0, 32))
    const right = wordsOf(bytes.subarray(32))
    const key = ramp(32)
    const pair = new ChunkHash(keyWords(key)).pair(left, right)
    expect(hashOfWords(pair.digestWords())).toBe(toHex(blake3(bytes, { key })))
    const before = bytes.subarray(0, 4 * words)
    const mixed = new ChunkHash().update(before).word(word)
    const input = Uint8Array.of(...before, word, word >> 8, word >> 16, word >> 24)
    expect(toHex(mixed.digest())).toBe(toHex(blake3(input)))
  })
  fc.assert(isEqual, { seed: 1, numRuns: 300 })
  expect(() => new ChunkHash().update(ramp(3)).word(1)).toThrow(AssertionError)
  const none = { w0: 0, w1: 0, w2: 0, w3: 0, w4: 0, w5: 0, w6: 0, w7: 0 }
  expect(() => new ChunkHash().word(1).pair(none, none)).toThrow(AssertionError)
})

test('one bit more or less is another hash', () => {
  const input = fc.uint8Array({ minLength: 1, maxLength: chunkBytesMax })
  const differs = fc.property(input, fc.nat(), fc.nat(7), (bytes, place, bit) => {
    const changed = bytes.slice()
    changed[place % bytes.length] = (bytes[place % bytes.length] ?? 0) ^ (1 << bit)
    expect(hashOfParts(changed)).not.toBe(hashOfParts(bytes))
  })
  fc.assert(differs, { seed: 1, numRuns: 200 })
})

test('more than a chunk is refused', () => {
  const full = new ChunkHash().update(ramp(chunkBytesMax))
  expect(() => full.update(Uint8Array.of(0))).toThrow(AssertionError)
  expect(() => new ChunkHash().update(ramp(chunkBytesMax + 1))).toThrow(AssertionError)
})

test('the hash of the chain is the same on both sides of the end of a chunk', () => {
  const key = domainKey('payload')
  for (const length of [chunkBytesMax - 1, chunkBytesMax, chunkBytesMax + 1]) {
    const input = ramp(length)
    expect(hashBytes('payload', input), `${length} bytes`).toEqual(blake3(input, { key }))
  }
})

test('the official vectors that fit into a chunk', (context) => {
  const vectors = JSON.parse(published(context, 'blake3/test_vectors.json')) as OfficialVectors
  const fitting = vectors.cases.filter(({ input_len }) => input_len <= chunkBytesMax)
  expect(fitting.length).toBeGreaterThan(15)
  const key = asciiBytes(vectors.key)
  for (const { input_len, hash, keyed_hash } of fitting) {
    const keyed = new ChunkHash(keyWords(key)).update(ramp(input_len)).digest()
    expect(hashOfParts(ramp(input_len)), `${input_len} bytes`).toBe(hash.slice(0, 64))
    expect(toHex(keyed), `${input_len} bytes`).toBe(keyed_hash.slice(0, 64))
  }
})
