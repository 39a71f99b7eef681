/**
 * The header: 128 bytes in a fixed little-endian layout, which a kernel can read in place, then the
 * author's 64-byte Ed25519 signature. A block's hash covers the 128 bytes.
 *
 * Does not judge: whether the author had the slot, or the parent is known, are rules of the chain.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, type Reader, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import { type Hash, hashOf, readHash, writeHash, zeroHash } from '../hash.ts'
import { emptyRoot } from '../merkle.ts'

/** What a block says of itself, in the order of its layout. */
export interface Header {
  /** 1. Others are refused. */
  readonly version: number
  /** The author's place in the committee; must be the slot's. */
  readonly author: number
  /** Items in the body. */
  readonly itemCount: number
  /** One more than the parent's. Genesis is 0. */
  readonly height: number
  /** Greater than the parent's. Genesis is 0. */
  readonly slot: number
  /** The chain this block belongs to, 8 bytes. */
  readonly chainTag: Uint8Array
  readonly parentHash: Hash
  /** Merkle root over the body's items. */
  readonly bodyRoot: Hash
  /** Root of the accounts after this block. */
  readonly stateRoot: Hash
}

/** A header, its hash, and the author's signature. */
export interface SignedHeader {
  readonly header: Header
  readonly hash: Hash
  readonly signature: Uint8Array
}

/** An encoded header. */
export const headerBytes = 128

/** An encoded header and its signature. */
export const signedHeaderBytes = 192

/** The one version there is. */
export const headerVersion = 1

/** Bytes that name a chain, in each header and in whatever is signed. */
export const chainTagBytes = 8

const signatureBytes = signedHeaderBytes - headerBytes

/** The first block's header: nobody wrote it, nothing is in it, and it has no signature. */
export function genesisHeader(chainTag: Uint8Array, stateRoot: Hash): Header {
  return {
    version: headerVersion,
    author: 0,
    itemCount: 0,
    height: 0,
    slot: 0,
    chainTag,
    parentHash: zeroHash,
    bodyRoot: emptyRoot,
    stateRoot,
  }
}

/** The 128 bytes of a header. Asserts that each field fits. */
export function encodeHeader(header: Header): Uint8Array {
  const writer = new Writer(headerBytes)
  writeHeader(writer, header)
  return writer.finish()
}

/** Exactly 128 bytes of a known version. */
export function decodeHeader(bytes: Uint8Array): Result<Header, CodecFault> {
  return decodeWith(bytes, 'header', readHeader)
}

/** A block's hash: BLAKE3 over the 128 bytes of its header, in a domain of their own. */
export function headerHash(header: Header): Hash {
  return hashOf('header', encodeHeader(header))
}

/** The 192 bytes of a header and its signature. The hash is not among them: it follows from them. */
export function encodeSignedHeader(signed: SignedHeader): Uint8Array {
  const writer = new Writer(signedHeaderBytes)
  writeSignedHeader(writer, signed)
  return writer.finish()
}

/** Exactly 192 bytes. The hash is computed; the signature is not checked. */
export function decodeSignedHeader(bytes: Uint8Array): Result<SignedHeader, CodecFault> {
  return decodeWith(bytes, 'signedHeader', readSignedHeader)
}

/** As {@link encodeSignedHeader}, as part of something larger. */
export function writeSignedHeader(writer: Writer, signed: SignedHeader): void {
  assert(signed.signature.length === signatureBytes, 'a header is signed with 64 bytes')
  writeHeader(writer, signed.header)
  writer.bytes(signed.signature)
}

/** As {@link decodeSignedHeader}, as part of something larger. */
export function readSignedHeader(reader: Reader): SignedHeader {
  // What was accepted has one encoding, so the bytes that came are the bytes that are hashed.
  const encoded = reader.peek(headerBytes)
  const header = readHeader(reader)
  const signature = reader.bytes('header.signature', signatureBytes)
  const hash = reader.fault === undefined ? hashOf('header', encoded) : zeroHash
  return { header, hash, signature }
}

function writeHeader(writer: Writer, header: Header): void {
  assert(header.version === headerVersion, 'a header of the one version there is')
  assert(header.chainTag.length === chainTagBytes, 'a chain tag has 8 bytes')
  writer.u16(header.version).u16(header.author).u32(header.itemCount)
  writer.u53(header.height).u53(header.slot).bytes(header.chainTag)
  writeHash(writer, header.parentHash)
  writeHash(writer, header.bodyRoot)
  writeHash(writer, header.stateRoot)
}

function readHeader(reader: Reader): Header {
  const version = reader.u16('header.version')
  if (version !== headerVersion) {
    reader.fail('unknown-kind', 'header.version', `is ${version}, not ${headerVersion}`)
  }
  return {
    version,
    author: reader.u16('header.author'),
    itemCount: reader.u32('header.itemCount'),
    height: reader.u53('header.height'),
    slot: reader.u53('header.slot'),
    chainTag: reader.bytes('header.chainTag', chainTagBytes),
    parentHash: readHash(reader, 'header.parentHash'),
    bodyRoot: readHash(reader, 'header.bodyRoot'),
    stateRoot: readHash(reader, 'header.stateRoot'),
  }
}
