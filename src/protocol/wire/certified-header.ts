/**
 * A header with the certificate that commits its block. The height is inside the hash that a quorum
 * signed, so whoever verifies the one signature knows that a block of this height was committed.
 *
 * Does not verify the certificate: that it names the header is all that is checked here.
 */
import { assert } from '../../base/assert.ts'
import type { Reader, Writer } from '../../base/codec.ts'
import { readSignedHeader, type SignedHeader, writeSignedHeader } from '../block/header.ts'
import { readCertificate, writeCertificate } from '../consensus/codec.ts'
import type { Certificate } from '../consensus/vote.ts'

export interface CertifiedHeader {
  readonly signed: SignedHeader
  /** Of the kind `finalise`, over this header's slot and hash. */
  readonly certificate: Certificate
}

/** Whether the certificate is one that commits this header's block, if it is genuine. */
export function namesHeader({ signed, certificate }: CertifiedHeader): boolean {
  const { kind, slot, block } = certificate
  return kind === 'finalise' && slot === signed.header.slot && block === signed.hash
}

/** The signed header (192 bytes), then the certificate. Asserts that the one names the other. */
export function writeCertifiedHeader(writer: Writer, certified: CertifiedHeader): void {
  assert(namesHeader(certified), 'the certificate is on the header')
  writeSignedHeader(writer, certified.signed)
  writeCertificate(writer, certified.certificate)
}

/** A header and a finalise certificate that names it, by members of a committee of this size. */
export function readCertifiedHeader(reader: Reader, committeeSize: number): CertifiedHeader {
  const signed = readSignedHeader(reader)
  const certificate = readCertificate(reader, committeeSize)
  const certified = { signed, certificate }
  if (!namesHeader(certified)) {
    reader.fail('out-of-range', 'certified.certificate', `does not commit ${signed.hash}`)
  }
  return certified
}
