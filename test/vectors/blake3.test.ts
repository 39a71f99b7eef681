/** BLAKE3 against the official vectors, and how the chain's domains are made of it. */
import { blake3 } from '@noble/hashes/blake3.js'
import { expect, test } from 'vitest'
import { asciiBytes, concatBytes, toHex } from '../../src/base/bytes.ts'
import { domainKey, hashBytes, hashDomains, hashOf } from '../../src/protocol/hash.ts'
import { published } from './published.ts'

interface OfficialVectors {
  readonly cases: readonly { readonly input_len: number; readonly hash: string }[]
}

test('the empty input and "abc" hash to what the specification says', () => {
  const empty = 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'
  const abc = '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85'
  expect(toHex(blake3(new Uint8Array(0)))).toBe(empty)
  expect(toHex(blake3(asciiBytes('abc')))).toBe(abc)
})

test('the official vectors in hash mode', (context) => {
  const vectors = JSON.parse(published(context, 'blake3/test_vectors.json')) as OfficialVectors
  expect(vectors.cases.length).toBe(35)
  for (const { input_len, hash } of vectors.cases) {
    const input = Uint8Array.from({ length: input_len }, (_, i) => i % 251)
    expect(toHex(blake3(input)), `${input_len} bytes`).toBe(hash.slice(0, 64))
  }
})

test('a domain is a key of its own, and the parts are hashed as one', () => {
  const parts = [asciiBytes('ab'), asciiBytes('c')]
  const key = new Uint8Array(32)
  key.set(asciiBytes('alys/node'))
  expect(hashBytes('node', ...parts)).toEqual(blake3(concatBytes(...parts), { key }))
  expect(hashOf('node', ...parts)).not.toBe(hashOf('header', ...parts))
})

test('no two domains share a key, and none was cut', () => {
  const keys = hashDomains.map((domain) => toHex(domainKey(domain)))
  expect(new Set(keys).size).toBe(keys.length)
  for (const domain of hashDomains) expect(domain.length).toBeLessThanOrEqual(32 - 'alys/'.length)
})
