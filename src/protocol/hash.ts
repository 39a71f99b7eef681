/**
 * The one hash of the chain: BLAKE3-256, separated by domain, so that no bytes hashed for one purpose
 * can pass for another's. (Merged mining and the EVM bring their own hashes.)
 *
 * A domain is a public key of BLAKE3's keyed mode. That costs nothing, where a byte before the input would
 * make each inner node of a tree, of 64 bytes, two blocks instead of one.
 */
import { blake3 } from '@noble/hashes/blake3.js'
import { assert, present } from '../base/assert.ts'
import { asciiBytes, toHex, wordsToHex } from '../base/bytes.ts'
import { type Reader, Writer } from '../base/codec.ts'
import { ChunkHash, chunkBytesMax, type HashWords, keyWords } from './blake3.ts'

/** 32 bytes as 64 lower-case hexadecimal digits: comparable, a map key, readable in a trace. */
export type Hash = string

/** What is being hashed. A name is never reused: nodes that know it hash by it for ever. */
export const hashDomains = [
  'header',
  'payload-item',
  'transaction-item',
  'node',
  'payload',
  'account',
  'trie',
  'transaction',
  'address',
  'genesis',
  'record',
  'checkpoint',
  'committee',
] as const

export type HashDomain = (typeof hashDomains)[number]

/** Bytes in a hash, and in the key of a domain. */
export const hashLength = 32

const domainKeys = new Map(hashDomains.map((domain) => [domain, keyFrom(`alys/${domain}`)]))

/** The same as words. */
const domainWords = new Map(
  hashDomains.map((domain) => [domain, keyWords(keyFrom(`alys/${domain}`))]),
)

/** The key of a domain: `alys/` and its name in ASCII, and zeros. 32 bytes, not to be changed. */
export function domainKey(domain: HashDomain): Uint8Array {
  return present(domainKeys.get(domain), 'a key for each domain')
}

function keyFrom(text: string): Uint8Array {
  const key = new Uint8Array(hashLength)
  key.set(asciiBytes(text))
  return key
}

/** Most of what is hashed is short, and a new object for each would cost as much. In use only within a call. */
const scratch = new ChunkHash()

/** Whatever hashes as {@link hashBytes} does, only sooner. */
export type HashFunction = (domain: HashDomain, ...parts: readonly Uint8Array[]) => Uint8Array

/** The hash of `parts`, one after another, in `domain`. 32 bytes. */
export function hashBytes(domain: HashDomain, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const hash =
    length <= chunkBytesMax
      ? scratch.begin(domainWords.get(domain))
      : blake3.create({ key: domainKey(domain) })
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** As {@link hashBytes}, in hexadecimal. */
export function hashOf(domain: HashDomain, ...parts: readonly Uint8Array[]): Hash {
  let length = 0
  for (const part of parts) length += part.length
  if (length > chunkBytesMax) return toHex(hashBytes(domain, ...parts))
  const hash = beginWords(domain)
  for (const part of parts) hash.update(part)
  return hashOfWords(hash.digestWords())
}

/**
 * A hash in `domain` of at most a chunk, to be filled and read before any other is begun: for whoever has words instead
 * of bytes.
 */
export function beginWords(domain: HashDomain): ChunkHash {
  return scratch.begin(domainWords.get(domain))
}

/**
 * The keys of `count` variants of a domain, at most 256: they differ in their last byte, which is the number of the
 * variant. The first is the domain's own. For what a hash is of, besides its input, where there is no room for it: an
 * inner node of a tree is a block, and with a byte more it would be two.
 */
export function variantKeys(domain: HashDomain, count: number): readonly Int32Array[] {
  assert(count <= 256, 'a number of one byte')
  return Array.from({ length: count }, (_, variant) => {
    const key = keyFrom(`alys/${domain}`)
    key[hashLength - 1] = variant
    return keyWords(key)
  })
}

/** As {@link beginWords}, by the key of a variant. */
export function beginVariant(key: Int32Array): ChunkHash {
  return scratch.begin(key)
}

/** As {@link hashBytes} of an input of at most a chunk, which is asserted, as words. */
export function hashWords(domain: HashDomain, bytes: Uint8Array): HashWords {
  return beginWords(domain).update(bytes).digestWords()
}

/** The hash that these words are. */
export function hashOfWords({ w0, w1, w2, w3, w4, w5, w6, w7 }: HashWords): Hash {
  return wordsToHex([w0, w1, w2, w3, w4, w5, w6, w7])
}

/** The 32 bytes of a hash. Asserts that it is one. */
export function hashToBytes(hash: Hash): Uint8Array {
  return writeHash(new Writer(hashLength), hash).finish()
}

/** Writes the 32 bytes of a hash. Asserts that it is one. */
export function writeHash(writer: Writer, hash: Hash): Writer {
  assert(hash.length === 2 * hashLength, 'a hash has 64 digits')
  return writer.hex(hash)
}

/** Reads the 32 bytes of a hash. */
export function readHash(reader: Reader, field: string): Hash {
  return reader.hex(field, hashLength)
}

/** No block has this hash: the parent of genesis. */
export const zeroHash: Hash = '0'.repeat(64)
