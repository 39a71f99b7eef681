/**
 * A record as it lies on the disk: a checksum over its key and its bytes, then the bytes. The disk is
 * not trusted: a torn write, a flipped bit, or a record under another's key is found when it is read.
 */
import { concatBytes, equalBytes } from '../../base/bytes.ts'
import { checksumBytes, checksumOf } from '../../base/checksum.ts'
import { type CodecFault, decodeWith, type Reader, Writer } from '../../base/codec.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { VoteRecord } from '../../protocol/consensus/record.ts'
import { readHash, writeHash } from '../../protocol/hash.ts'

const noChecksum = new Uint8Array(checksumBytes)

/** The bytes to store under `key`, given in parts, which are copied. */
export function sealRecord(key: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const sealed = concatBytes(noChecksum, ...parts)
  sealed.set(checksumOf(key, sealed.subarray(checksumBytes)))
  return sealed
}

/** The bytes that were stored under `key`; undefined if they are not what was written. */
export function openRecord(key: string, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < checksumBytes) return undefined
  const bytes = sealed.subarray(checksumBytes)
  return equalBytes(sealed.subarray(0, checksumBytes), checksumOf(key, bytes)) ? bytes : undefined
}

/** The watermarks of a member, 141 bytes. */
export function encodeVoteRecord(record: VoteRecord): Uint8Array {
  const writer = new Writer(160).u8(1).u32(record.epoch)
  for (const mark of [record.notarised, record.finalised, record.proposed]) {
    writeHash(writer.u53(mark.slot), mark.block)
  }
  return writer.u53(record.nullifiedTo).u53(record.floor).finish()
}

export function decodeVoteRecord(bytes: Uint8Array): Result<VoteRecord, CodecFault> {
  return decodeWith(bytes, 'voteRecord', (reader) => {
    const version = reader.u8('version')
    if (version !== 1) reader.fail('unknown-kind', 'version', `is ${version}`)
    const epoch = reader.u32('epoch')
    const [notarised, finalised, proposed] = [readMark(reader), readMark(reader), readMark(reader)]
    const nullifiedTo = reader.u53('nullifiedTo')
    return { epoch, notarised, finalised, proposed, nullifiedTo, floor: reader.u53('floor') }
  })
}

/** The record that was written later: watermarks never go back. */
export function laterRecord(
  a: VoteRecord | undefined,
  b: VoteRecord | undefined,
): VoteRecord | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return progressOf(b) > progressOf(a) ? b : a
}

function progressOf({ notarised, finalised, proposed, nullifiedTo, floor }: VoteRecord): number {
  return notarised.slot + finalised.slot + proposed.slot + nullifiedTo + floor
}

function readMark(reader: Reader): VoteRecord['notarised'] {
  return { slot: reader.u53('mark.slot'), block: readHash(reader, 'mark.block') }
}

/** A height, as the index by hash holds it. */
export function encodeHeight(height: number): Uint8Array {
  return new Writer(8).u53(height).finish()
}

export function decodeHeight(bytes: Uint8Array): Result<number, CodecFault> {
  return decodeWith(bytes, 'height', (reader) => reader.u53('height'))
}

/** What `decode` makes of a sealed record, or a fault that names its key. */
export function readRecord<Value>(
  entry: { readonly key: string; readonly value: Uint8Array },
  decode: (bytes: Uint8Array) => Result<Value, CodecFault>,
): Result<Value, { code: 'corrupt'; detail: string; key: string }> {
  const { key } = entry
  const bytes = openRecord(key, entry.value)
  if (bytes === undefined) return failed({ code: 'corrupt', detail: 'checksum differs', key })
  const decoded = decode(bytes)
  if (decoded.ok) return ok(decoded.value)
  const { field, detail } = decoded.fault
  return failed({ code: 'corrupt', detail: `${field} ${detail}`, key })
}
