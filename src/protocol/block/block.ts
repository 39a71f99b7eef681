/**
 * A block as it travels in ranges, and as it is stored and fetched singly: with the justification,
 * which is outside its hash, because there can be many valid ones.
 *
 * Does not compare the body with the header: that is the first rule of the chain's own checks.
 */
import { type CodecFault, decodeWith, type Reader, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import { encodeJustification, readJustification, writeJustification } from '../consensus/codec.ts'
import type { Justification } from '../consensus/vote.ts'
import { type Body, encodedBodyBytes, readBody, writeBody } from './body.ts'
import {
  readSignedHeader,
  type SignedHeader,
  signedHeaderBytes,
  writeSignedHeader,
} from './header.ts'

/** A block as it travels in ranges, where one certificate vouches for all. */
export interface Block {
  readonly signed: SignedHeader
  readonly body: Body
}

/** A block, and why it may stand where it does. Its encoding begins with the block's. */
export interface StoredBlock extends Block {
  readonly justification: Justification
}

/** What is behind an encoded block to make it a stored one, if there is no justification. */
export const noJustification: Uint8Array = encodeJustification({
  notarisation: undefined,
  nullifies: [],
})

/** The length of {@link encodeBlock}'s answer. */
export function encodedBlockBytes(block: Block): number {
  return signedHeaderBytes + encodedBodyBytes(block.body)
}

/** The signed header (192 bytes), then the body. Asserts the body's limits. */
export function encodeBlock(block: Block): Uint8Array {
  const writer = new Writer(encodedBlockBytes(block))
  writeBlock(writer, block)
  return writer.finish()
}

/** A well-formed block. Nothing in it was compared or verified. */
export function decodeBlock(bytes: Uint8Array): Result<Block, CodecFault> {
  return decodeWith(bytes, 'block', readBlock)
}

/** The block, then the justification. Less than 2 MiB. */
export function encodeStoredBlock(block: StoredBlock): Uint8Array {
  const writer = new Writer(encodedBlockBytes(block) + 256)
  writeStoredBlock(writer, block)
  return writer.finish()
}

/** As {@link decodeBlock}. `committeeSize` is that of the block's epoch. */
export function decodeStoredBlock(
  bytes: Uint8Array,
  committeeSize: number,
): Result<StoredBlock, CodecFault> {
  return decodeWith(bytes, 'storedBlock', (reader) => readStoredBlock(reader, committeeSize))
}

/** As {@link encodeBlock}, as part of something larger. */
function writeBlock(writer: Writer, block: Block): void {
  writeSignedHeader(writer, block.signed)
  writeBody(writer, block.body)
}

/** As {@link decodeBlock}, as part of something larger. */
function readBlock(reader: Reader): Block {
  return { signed: readSignedHeader(reader), body: readBody(reader) }
}

/** As {@link encodeStoredBlock}, as part of something larger. */
export function writeStoredBlock(writer: Writer, block: StoredBlock): void {
  writeBlock(writer, block)
  writeJustification(writer, block.justification)
}

/** As {@link decodeStoredBlock}, as part of something larger. */
export function readStoredBlock(reader: Reader, committeeSize: number): StoredBlock {
  return { ...readBlock(reader), justification: readJustification(reader, committeeSize) }
}
