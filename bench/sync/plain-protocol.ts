/**
 * How the importers that ours is compared with ask for blocks: a number of them from a height on, as they are stored,
 * and the certificate of the last. Neither side knows budgets, statuses or peers: whoever asks is answered, so that
 * these importers are held up by nothing but themselves.
 */
import { Reader, Writer } from '../../src/base/codec.ts'
import { decodeStoredBlock, type StoredBlock } from '../../src/protocol/block/block.ts'
import { decodeCertificate } from '../../src/protocol/consensus/codec.ts'
import type { Certificate } from '../../src/protocol/consensus/vote.ts'

export const plainProtocol = '/alys/bench/blocks/1'

/** Blocks of an answer at most. */
const countMax = 1_024
const recordBytesMax = 2 * 1_048_576

/** From this height on, so many blocks. */
export interface PlainRequest {
  readonly fromHeight: number
  readonly count: number
}

/** What there is of them, cut after the last that has a certificate if any has one. */
export interface PlainAnswer {
  readonly blocks: readonly StoredBlock[]
  readonly certificate: Certificate | undefined
}

export function encodePlainRequest({ fromHeight, count }: PlainRequest): Uint8Array {
  return new Writer(10).u53(fromHeight).u16(count).finish()
}

export function decodePlainRequest(bytes: Uint8Array): PlainRequest {
  const reader = new Reader(bytes)
  const request = { fromHeight: reader.u53('fromHeight'), count: reader.u16('count') }
  requireRead(reader, 'request')
  return request
}

/** The encodings of stored blocks, and that of a certificate: empty if there is none. */
export function encodePlainAnswer(
  blocks: readonly Uint8Array[],
  certificate: Uint8Array,
): Uint8Array {
  const bytes = blocks.reduce((sum, { length }) => sum + length + 4, certificate.length + 8)
  return new Writer(bytes)
    .list(blocks, (writer, block) => writer.blob(block))
    .blob(certificate)
    .finish()
}

/** Throws if it cannot be read. */
export function decodePlainAnswer(bytes: Uint8Array, committeeSize: number): PlainAnswer {
  const reader = new Reader(bytes)
  const records = reader.list('blocks', countMax, (each) => each.blob('block', recordBytesMax))
  const certificate = reader.blob('certificate', recordBytesMax)
  requireRead(reader, 'answer')
  const blocks = records.map((record) => readValue(decodeStoredBlock(record, committeeSize)))
  if (certificate.length === 0) return { blocks, certificate: undefined }
  return { blocks, certificate: readValue(decodeCertificate(certificate, committeeSize)) }
}

function requireRead(reader: Reader, what: string): void {
  const fault = reader.finish(what)
  if (fault !== undefined) throw new Error(`${what}: ${fault.field} ${fault.detail}`)
}

function readValue<Value>(
  outcome:
    | { readonly ok: true; readonly value: Value }
    | { readonly ok: false; readonly fault: { readonly detail: string } },
): Value {
  if (outcome.ok) return outcome.value
  throw new Error(outcome.fault.detail)
}
