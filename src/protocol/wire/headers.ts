/**
 * Headers of the committed chain, one height after the other. Between two certified ones they prove each other by
 * their hashes; that, and their signatures, is checked elsewhere.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import { readSignedHeader, type SignedHeader, signedHeaderBytes } from '../block/header.ts'
import { decodeServed, encodeServed, readWithin, type Served } from './served.ts'

/** Headers in one answer, of 192 bytes each. */
export const headersMax = 1_024

/** Asks for headers in ascending height. The answer is the longest run that is there from the first on. */
export interface HeadersRequest {
  readonly fromHeight: number
  /** 1 to {@link headersMax}. */
  readonly countMax: number
}

/** From (u53), count (u16). Asserts the bounds that a decoder checks. */
export function encodeHeadersRequest({ fromHeight, countMax }: HeadersRequest): Uint8Array {
  assert(countMax >= 1 && countMax <= headersMax, `${countMax} headers`)
  return new Writer(10).u53(fromHeight).u16(countMax).finish()
}

export function decodeHeadersRequest(bytes: Uint8Array): Result<HeadersRequest, CodecFault> {
  return decodeWith(bytes, 'headersRequest', (reader) => ({
    fromHeight: reader.u53('headersRequest.fromHeight'),
    countMax: readWithin(reader, 'headersRequest.countMax', 'u16', headersMax),
  }))
}

/** Each item is a signed header, encoded. Asserts the bounds that a decoder checks. */
export function encodeHeadersAnswer(served: Served<readonly Uint8Array[]>): Uint8Array {
  const format = { name: 'headers', countMax: headersMax, framingBytes: 0, write: writeEncoded }
  return encodeServed(served, format)
}

function writeEncoded(writer: Writer, item: Uint8Array): void {
  assert(item.length === signedHeaderBytes, 'a signed header has 192 bytes')
  writer.bytes(item)
}

/** Headers of the heights that were asked for, no more than that. */
export function decodeHeadersAnswer(
  bytes: Uint8Array,
  { fromHeight, countMax }: HeadersRequest,
): Result<Served<readonly SignedHeader[]>, CodecFault> {
  return decodeServed(bytes, 'headersAnswer', countMax, (reader, at) => {
    const signed = readSignedHeader(reader)
    const { height } = signed.header
    if (height !== fromHeight + at) {
      reader.fail('out-of-range', 'headersAnswer.height', `is ${height}, not ${fromHeight + at}`)
    }
    return signed
  })
}
