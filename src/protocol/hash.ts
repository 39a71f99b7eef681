/**
 * The one hash of the chain: BLAKE3-256, separated by domain, so that no bytes hashed for one purpose
 * can pass for another's. (Merged mining and the EVM bring their own hashes.)
 */
import { blake3 } from '@noble/hashes/blake3.js'
import { assert } from '../base/assert.ts'
import { toHex } from '../base/bytes.ts'
import { type Reader, Writer } from '../base/codec.ts'
import { ChunkHash, chunkBytesMax } from './blake3.ts'

/** 32 bytes as 64 lower-case hexadecimal digits: comparable, a map key, readable in a trace. */
export type Hash = string

/** What is being hashed. The number is the first byte of the input and is never reused. */
export const hashDomain = {
  header: 1,
  leaf: 2,
  node: 3,
  payload: 4,
  account: 5,
  trie: 6,
  transaction: 7,
  address: 8,
  genesis: 9,
  record: 10,
} as const

export type HashDomain = keyof typeof hashDomain

/** The hash of `parts`, one after another, in `domain`. 32 bytes. */
export function hashBytes(domain: HashDomain, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 1
  for (const part of parts) length += part.length
  const hash = length <= chunkBytesMax ? new ChunkHash() : blake3.create()
  hash.update(Uint8Array.of(hashDomain[domain]))
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** As {@link hashBytes}, in hexadecimal. */
export function hashOf(domain: HashDomain, ...parts: readonly Uint8Array[]): Hash {
  return toHex(hashBytes(domain, ...parts))
}

/** Bytes in a hash. */
export const hashLength = 32

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
