/**
 * What one block executes: a header of its own, which chains payloads as an execution engine sees
 * them, and the transactions, carried beside it as byte strings.
 *
 * Does not know what the byte strings mean, nor whether the state root is right.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, Reader, Writer } from '../../base/codec.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { HashWords } from '../blake3.ts'
import { type Hash, hashOf, hashToBytes, readHash, writeHash } from '../hash.ts'
import { merkleRoot, merkleRootOfWords } from '../merkle.ts'
import { addressBytes } from './transaction.ts'

/** A payload without its hash. */
export interface PayloadFields {
  /** The parent's {@link ExecutionPayload.blockHash}. */
  readonly parentHash: Hash
  /** One more than the parent's. Genesis is 0. */
  readonly number: number
  /** The slot's time in Unix milliseconds, a whole number; greater than the parent's. */
  readonly timestampMs: number
  /** Whom fees go to, 20 bytes. */
  readonly feeRecipient: Uint8Array
  /** The author's own words, at most {@link extraDataBytesMax}. */
  readonly extraData: Uint8Array
  /** Root of the accounts after this payload. */
  readonly stateRoot: Hash
  /** {@link transactionsRootOf} the transactions' hashes. */
  readonly transactionsRoot: Hash
}

export interface ExecutionPayload extends PayloadFields {
  /** The hash of the encoding of the other fields, in the domain `payload`. */
  readonly blockHash: Hash
}

export const extraDataBytesMax = 32
/** Version 1, number 8, time 8, three hashes 96, fee recipient 20, extra data 1 + 32. */
export const payloadBytesMax = 166
/** A rule of the chain: a payload with more is invalid. */
export const payloadTransactionsMax = 8_192

const version = 1

/** The one encoding of a payload's fields; the block hash is derived from it, so it is not in it. */
export function encodePayload(payload: PayloadFields): Uint8Array {
  assert(payload.feeRecipient.length === addressBytes, 'an address has 20 bytes')
  assert(payload.extraData.length <= extraDataBytesMax, 'extra data has at most 32 bytes')
  const writer = new Writer(payloadBytesMax - extraDataBytesMax + payload.extraData.length)
  writer.u8(version).u53(payload.number).u53(payload.timestampMs)
  writeHash(writer, payload.parentHash)
  writeHash(writer, payload.stateRoot)
  writeHash(writer, payload.transactionsRoot)
  writer.bytes(payload.feeRecipient).u8(payload.extraData.length).bytes(payload.extraData)
  return writer.finish()
}

/** Reads a payload and derives its hash. */
export function decodePayload(bytes: Uint8Array): Result<ExecutionPayload, CodecFault> {
  const reader = new Reader(bytes)
  if (reader.u8('version') !== version) reader.fail('unknown-kind', 'version', 'is not 1')
  const fields = {
    number: reader.u53('number'),
    timestampMs: reader.u53('timestampMs'),
    parentHash: readHash(reader, 'parentHash'),
    stateRoot: readHash(reader, 'stateRoot'),
    transactionsRoot: readHash(reader, 'transactionsRoot'),
    feeRecipient: reader.bytes('feeRecipient', addressBytes),
    extraData: readExtraData(reader),
  }
  const fault = reader.finish('payload')
  return fault === undefined
    ? ok({ ...fields, blockHash: hashOf('payload', bytes) })
    : failed(fault)
}

/** The payload of these fields, with its hash. */
export function sealPayload(fields: PayloadFields): ExecutionPayload {
  return { ...fields, blockHash: hashOf('payload', encodePayload(fields)) }
}

/** The Merkle root over transaction hashes, in order. */
export function transactionsRootOf(hashes: readonly Hash[]): Hash {
  return merkleRoot(hashes.map(hashToBytes))
}

/** As {@link transactionsRootOf}, of hashes as words. */
export function transactionsRootOfWords(hashes: readonly HashWords[]): Hash {
  return merkleRootOfWords(hashes)
}

function readExtraData(reader: Reader): Uint8Array {
  const length = reader.u8('extraData')
  if (length <= extraDataBytesMax) return reader.bytes('extraData', length)
  reader.fail('too-long', 'extraData', `is ${length} bytes, ${extraDataBytesMax} are allowed`)
  return new Uint8Array(0)
}
