/**
 * Certified headers: blocks of the committed chain at strides, each with the certificate that commits it. A header
 * has its height within its hash, so one check of the certificate proves where the chain is at that height, and a
 * wrong pair blames the one peer that sent it.
 *
 * Does not verify signatures, nor that the certificate is of a committee that stands.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, type Reader, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import { readSignedHeader, type SignedHeader } from '../block/header.ts'
import { readCertificate } from '../consensus/codec.ts'
import type { Certificate } from '../consensus/vote.ts'
import { decodeServed, encodeServed, readWithin, type Served } from './served.ts'

/** Heights from one certified header to the next. */
const strideHeightsMax = 1_024

/** Certified headers in one answer, of 342 bytes at most each. */
export const certifiedMax = 256

/**
 * Asks, for k = 0, 1, 2 …, for the lowest committed block at or above `fromHeight` + k × `strideHeights` whose
 * certificate can be read. A block that is the answer for several k is given once.
 */
export interface CertifiedRequest {
  readonly fromHeight: number
  /** 1 to {@link strideHeightsMax}. */
  readonly strideHeights: number
  /** 1 to {@link certifiedMax}. */
  readonly countMax: number
}

/** A header and the finalise certificate on it. */
export interface CertifiedHeader {
  readonly signed: SignedHeader
  readonly certificate: Certificate
}

/** From (u53), stride (u16), count (u16). Asserts the bounds that a decoder checks. */
export function encodeCertifiedRequest(request: CertifiedRequest): Uint8Array {
  const { fromHeight, strideHeights, countMax } = request
  assert(strideHeights >= 1 && strideHeights <= strideHeightsMax, `a stride of ${strideHeights}`)
  assert(countMax >= 1 && countMax <= certifiedMax, `${countMax} certified headers`)
  return new Writer(12).u53(fromHeight).u16(strideHeights).u16(countMax).finish()
}

export function decodeCertifiedRequest(bytes: Uint8Array): Result<CertifiedRequest, CodecFault> {
  return decodeWith(bytes, 'certifiedRequest', (reader) => ({
    fromHeight: reader.u53('certifiedRequest.fromHeight'),
    strideHeights: readWithin(reader, 'certifiedRequest.stride', 'u16', strideHeightsMax),
    countMax: readWithin(reader, 'certifiedRequest.countMax', 'u16', certifiedMax),
  }))
}

/** Each item is a signed header and the certificate on it, encoded. Asserts the bounds that a decoder checks. */
export function encodeCertifiedAnswer(served: Served<readonly Uint8Array[]>): Uint8Array {
  const write = (writer: Writer, item: Uint8Array): void => void writer.bytes(item)
  return encodeServed(served, {
    name: 'certified headers',
    countMax: certifiedMax,
    framingBytes: 0,
    write,
  })
}

/** Pairs that fit each other, and fit the request in number and heights. */
export function decodeCertifiedAnswer(
  bytes: Uint8Array,
  { fromHeight, strideHeights, countMax }: CertifiedRequest,
  committeeSize: number,
): Result<Served<readonly CertifiedHeader[]>, CodecFault> {
  let above = fromHeight - 1
  return decodeServed(bytes, 'certifiedAnswer', countMax, (reader, at) => {
    const certified = readCertified(reader, committeeSize)
    const { height } = certified.signed.header
    const heightMin = Math.max(above + 1, fromHeight + at * strideHeights)
    if (height < heightMin) {
      const detail = `is ${height}, ${heightMin} or more was asked for`
      reader.fail('out-of-range', 'certifiedAnswer.height', detail)
    }
    above = height
    return certified
  })
}

function readCertified(reader: Reader, committeeSize: number): CertifiedHeader {
  const signed = readSignedHeader(reader)
  const certificate = readCertificate(reader, committeeSize)
  if (certificate.kind !== 'finalise') {
    reader.fail('out-of-range', 'certifiedAnswer.certificate', `is to ${certificate.kind}`)
  }
  if (certificate.block !== signed.hash || certificate.slot !== signed.header.slot) {
    reader.fail('out-of-range', 'certifiedAnswer.certificate', 'is not of its header')
  }
  return { signed, certificate }
}
