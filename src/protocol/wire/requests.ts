/**
 * What peers ask of each other: the names of the protocols, and blocks, singly or in ranges. (What is
 * said under the other names: `status.ts`, `exchange.ts`, `certified.ts`, `headers.ts`, `bodies.ts`, `addresses.ts`.) The name
 * carries the version.
 *
 * Three ways of getting nothing, which must not be mixed up: a peer that has nothing says so in a
 * well-formed answer; one that does not want to answer refuses the request, as the network tells;
 * and only a peer whose bytes are malformed, which is a fault here, is to blame.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, type Reader, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import {
  type Block,
  encodedBlockBytes,
  readBlock,
  readStoredBlock,
  type StoredBlock,
  writeBlock,
  writeStoredBlock,
} from '../block/block.ts'
import { readFinalisation, writeFinalisation } from '../consensus/codec.ts'
import type { Certificate } from '../consensus/vote.ts'
import { type Hash, hashToBytes, readHash } from '../hash.ts'

/** The names under which a node answers. A change of format is a new name. */
export const protocolId = {
  status: '/alys/status/1',
  exchange: '/alys/exchange/1',
  block: '/alys/block/1',
  range: '/alys/range/1',
  certified: '/alys/certified/1',
  headers: '/alys/headers/1',
  bodies: '/alys/bodies/1',
  peers: '/alys/peers/1',
} as const

/** What the network carries in one answer. No answer here can be encoded to more. */
export const answerBytesMax = 2 * 1_048_576

/** Blocks in one range. */
export const rangeBlocksMax = 1_024

/** A range's blocks, encoded. More than any single block; the rest is for count and certificate. */
export const rangeBytesMax = answerBytesMax - 4_096

/** Asks for one block, whoever wrote it and whether or not it is committed. */
export interface BlockRequest {
  readonly hash: Hash
}

/** Asks for blocks of the committed chain in ascending height. */
export interface RangeRequest {
  readonly fromHeight: number
  /** 1 to {@link rangeBlocksMax}. */
  readonly countMax: number
  /** 1 to {@link rangeBytesMax}, over the encoded blocks. A first block is given whatever its size. */
  readonly bytesMax: number
}

/** What a peer gives of the range asked for. */
export interface RangeAnswer {
  /** At most {@link rangeBlocksMax} in {@link rangeBytesMax}. None if the peer has none there. */
  readonly blocks: readonly Block[]
  /** For the last block, if the peer has one: it vouches for all before it. */
  readonly finalisation: Certificate | undefined
}

/** The hash: 32 bytes. */
export function encodeBlockRequest(request: BlockRequest): Uint8Array {
  return hashToBytes(request.hash)
}

/** Exactly 32 bytes. */
export function decodeBlockRequest(bytes: Uint8Array): Result<BlockRequest, CodecFault> {
  return decodeWith(bytes, 'blockRequest', (reader) => ({
    hash: readHash(reader, 'blockRequest.hash'),
  }))
}

/** The block asked for, or undefined: this node has none such. */
export function encodeBlockAnswer(block: StoredBlock | undefined): Uint8Array {
  const writer = new Writer(block === undefined ? 1 : encodedBlockBytes(block) + 256)
  writer.flag(block !== undefined)
  if (block !== undefined) writeStoredBlock(writer, block)
  return writer.finish()
}

/** A block, or undefined if the peer has none such. Whether it is the one asked for is not checked. */
export function decodeBlockAnswer(
  bytes: Uint8Array,
  committeeSize: number,
): Result<StoredBlock | undefined, CodecFault> {
  return decodeWith(bytes, 'blockAnswer', (reader) =>
    reader.flag('blockAnswer.found') ? readStoredBlock(reader, committeeSize) : undefined,
  )
}

/** From, count, bytes. Asserts the bounds that a decoder checks. */
export function encodeRangeRequest({ fromHeight, countMax, bytesMax }: RangeRequest): Uint8Array {
  assert(countMax >= 1 && countMax <= rangeBlocksMax, `${countMax} blocks in a range`)
  assert(bytesMax >= 1 && bytesMax <= rangeBytesMax, `${bytesMax} bytes in a range`)
  return new Writer(14).u53(fromHeight).u16(countMax).u32(bytesMax).finish()
}

/** A request within the bounds. */
export function decodeRangeRequest(bytes: Uint8Array): Result<RangeRequest, CodecFault> {
  return decodeWith(bytes, 'rangeRequest', (reader) => {
    const fromHeight = reader.u53('rangeRequest.fromHeight')
    const countMax = reader.u16('rangeRequest.countMax')
    const bytesMax = reader.u32('rangeRequest.bytesMax')
    requireWithin(reader, 'rangeRequest.countMax', countMax, rangeBlocksMax)
    requireWithin(reader, 'rangeRequest.bytesMax', bytesMax, rangeBytesMax)
    return { fromHeight, countMax, bytesMax }
  })
}

/** The blocks, then the certificate if there is one. Asserts the bounds that a decoder checks. */
export function encodeRangeAnswer({ blocks, finalisation }: RangeAnswer): Uint8Array {
  assert(blocks.length <= rangeBlocksMax, `${blocks.length} blocks in a range`)
  let length = 0
  for (const block of blocks) length += encodedBlockBytes(block)
  assert(length <= rangeBytesMax, `${length} bytes of blocks in a range`)
  const writer = new Writer(length + 256)
  writer.list(blocks, writeBlock)
  writeFinalisation(writer, finalisation)
  return writer.finish()
}

/** Well-formed blocks within the bounds. Whether they are those asked for is not checked. */
export function decodeRangeAnswer(
  bytes: Uint8Array,
  committeeSize: number,
): Result<RangeAnswer, CodecFault> {
  return decodeWith(bytes, 'rangeAnswer', (reader) => ({
    blocks: readBlocks(reader),
    finalisation: readFinalisation(reader, committeeSize),
  }))
}

function readBlocks(reader: Reader): readonly Block[] {
  const field = 'rangeAnswer.blocks'
  const before = reader.left
  const blocks = reader.list(field, rangeBlocksMax, readBlock)
  const length = before - reader.left - 2
  if (length > rangeBytesMax) {
    reader.fail('too-long', field, `are ${length} bytes, ${rangeBytesMax} are allowed`)
  }
  return blocks
}

function requireWithin(reader: Reader, field: string, value: number, max: number): void {
  if (value < 1 || value > max) {
    reader.fail('out-of-range', field, `is ${value}, 1 to ${max} are allowed`)
  }
}
