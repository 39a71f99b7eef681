/**
 * What peers ask of each other: the names of the protocols, which carry the version, and single blocks. (What is
 * said under the other names: `status.ts`, `exchange.ts`, `certified.ts`, `headers.ts`, `bodies.ts`, `addresses.ts`,
 * `goodbye.ts`.)
 *
 * Three ways of getting nothing, which must not be mixed up: a peer that has nothing says so in a
 * well-formed answer; one that does not want to answer refuses the request, as the network tells;
 * and only a peer whose bytes are malformed, which is a fault here, is to blame.
 */
import { type CodecFault, decodeWith, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import {
  encodedBlockBytes,
  readStoredBlock,
  type StoredBlock,
  writeStoredBlock,
} from '../block/block.ts'
import { type Hash, hashToBytes, readHash } from '../hash.ts'

/** The names under which a node answers. A change of format is a new name. */
export const protocolId = {
  status: '/alys/status/1',
  exchange: '/alys/exchange/1',
  block: '/alys/block/1',
  certified: '/alys/certified/1',
  headers: '/alys/headers/1',
  bodies: '/alys/bodies/1',
  peers: '/alys/peers/1',
  goodbye: '/alys/goodbye/1',
} as const

/** The versions of all this together that a node speaks. Two nodes need one in common. */
export interface WireVersions {
  readonly oldest: number
  readonly newest: number
}

/** What this code speaks. */
export const wireVersions: WireVersions = { oldest: 1, newest: 1 }

/** What the network carries in one answer. No answer here can be encoded to more. */
export const answerBytesMax = 2 * 1_048_576

/** Asks for one block, whoever wrote it and whether or not it is committed. */
export interface BlockRequest {
  readonly hash: Hash
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
