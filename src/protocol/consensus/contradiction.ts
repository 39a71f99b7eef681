/**
 * Proof that a federation is beyond its tolerance: a quorum's certificate that contradicts what this node holds to be
 * committed. Two quorums share a member that keeps the rules, as long as no more lie than safety bears; so one of the
 * two histories is not to be relied on, and no rule says which. People decide, and name a block of the right one.
 */
import { type CodecFault, decodeWith, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import { readSignedHeader, type SignedHeader, writeSignedHeader } from '../block/header.ts'
import { type Hash, readHash, writeHash } from '../hash.ts'
import { readCertificate, writeCertificate } from './codec.ts'
import type { Certificate } from './vote.ts'

/** Where this node stood, and what was shown to it. */
export interface Contradiction {
  /** The committed block that is contradicted; without `signed`, the last one, above or beside which it is. */
  readonly ours: { readonly height: number; readonly hash: Hash }
  /** Genuine, of a quorum. */
  readonly certificate: Certificate
  /** The header that it is on, at the height of `ours`; undefined if only its slot is known. */
  readonly signed: SignedHeader | undefined
}

/** The lowest height at which a block that people trust says which history is the right one. */
export function decidedAt({ ours, signed }: Contradiction): number {
  return signed === undefined ? ours.height + 1 : ours.height
}

/** In a few words, for whoever operates the node. */
export function describeContradiction({ ours, certificate, signed }: Contradiction): string {
  const { slot, block, signers } = certificate
  const here = `block ${ours.height} is ${ours.hash} here`
  const there = signed === undefined ? `in slot ${slot}` : 'elsewhere'
  return `${here}, and ${block} is certified ${there} by ${signers.join(' ')}`
}

/** What whoever operates the node has to do. */
export function remedyOf(contradiction: Contradiction): string {
  return [
    'find out with the other operators which history is the right one, give every node a trusted_checkpoint of it',
    `at height ${decidedAt(contradiction)} or above, and an empty data folder to those that hold another`,
  ].join(' ')
}

/** Version (u8), height (u53) and hash of our block, flag and header, certificate. At most 400 bytes. */
export function encodeContradiction({ ours, certificate, signed }: Contradiction): Uint8Array {
  const writer = writeHash(new Writer(400).u8(1).u53(ours.height), ours.hash)
  writer.flag(signed !== undefined)
  if (signed !== undefined) writeSignedHeader(writer, signed)
  writeCertificate(writer, certificate)
  return writer.finish()
}

/** What was kept of a committee of this size. Its signatures were checked before. */
export function decodeContradiction(
  bytes: Uint8Array,
  committeeSize: number,
): Result<Contradiction, CodecFault> {
  return decodeWith(bytes, 'contradiction', (reader) => {
    const version = reader.u8('version')
    if (version !== 1) reader.fail('unknown-kind', 'version', `is ${version}`)
    const ours = { height: reader.u53('height'), hash: readHash(reader, 'hash') }
    const signed = reader.flag('signed') ? readSignedHeader(reader) : undefined
    return { ours, signed, certificate: readCertificate(reader, committeeSize) }
  })
}
