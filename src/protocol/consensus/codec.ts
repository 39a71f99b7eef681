/**
 * Votes, certificates and justifications as bytes, for the wire and the store alike.
 *
 * A decoder takes the committee's size, and lets through no signer outside it. It checks form only:
 * whether there is a quorum, and whether signatures are right, is decided elsewhere.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, type Reader, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import { membersMax } from '../committee.ts'
import { readHash, writeHash } from '../hash.ts'
import type {
  Certificate,
  FinaliseVote,
  Justification,
  NotariseVote,
  NullifyVote,
  SignedVote,
  Vote,
} from './vote.ts'

/** One range for each member: more can never be needed. */
export const nullifiesMax = membersMax

/** Bytes of a BLS signature: notarise, finalise, and certificates of either. */
const blsSignatureBytes = 96

/** Bytes of an Ed25519 signature: nullify. */
export const ed25519SignatureBytes = 64

/** The first byte of an encoded vote or certificate. Never reused. */
const kindCode = { notarise: 1, finalise: 2, nullify: 3 } as const

/** 142 bytes for notarise and finalise, 86 for nullify. Asserts the bounds that a decoder checks. */
export function encodeVote(signed: SignedVote): Uint8Array {
  const writer = new Writer(142)
  writeVote(writer, signed)
  return writer.finish()
}

/** A vote by a member of a committee of this size. */
export function decodeVote(
  bytes: Uint8Array,
  committeeSize: number,
): Result<SignedVote, CodecFault> {
  return decodeWith(bytes, 'vote', (reader) => readVote(reader, committeeSize))
}

/** 143 to 150 bytes. Asserts the bounds that a decoder checks. */
export function encodeCertificate(certificate: Certificate): Uint8Array {
  const writer = new Writer(150)
  writeCertificate(writer, certificate)
  return writer.finish()
}

/** A certificate with at least one signer, all of them in a committee of this size. */
export function decodeCertificate(
  bytes: Uint8Array,
  committeeSize: number,
): Result<Certificate, CodecFault> {
  return decodeWith(bytes, 'certificate', (reader) => readCertificate(reader, committeeSize))
}

/** At most 5,593 bytes. Asserts the bounds that a decoder checks. */
export function encodeJustification(justification: Justification): Uint8Array {
  const writer = new Writer()
  writeJustification(writer, justification)
  return writer.finish()
}

/** A justification whose signers are all in a committee of this size. */
export function decodeJustification(
  bytes: Uint8Array,
  committeeSize: number,
): Result<Justification, CodecFault> {
  return decodeWith(bytes, 'justification', (reader) => readJustification(reader, committeeSize))
}

/** Kind (u8), epoch (u32), what is voted on, signer (u8), signature. */
export function writeVote(writer: Writer, signed: SignedVote): void {
  const { vote, epoch } = signed
  writer.u8(kindCode[vote.kind]).u32(epoch)
  if (vote.kind === 'nullify') writeRange(writer, vote)
  else writeSlotAndBlock(writer, vote)
  writeSignature(writer, signed)
}

/** As {@link decodeVote}, as part of something larger. */
export function readVote(reader: Reader, committeeSize: number): SignedVote {
  const code = reader.u8('vote.kind')
  const epoch = reader.u32('vote.epoch')
  const vote = readVoteOf(reader, code)
  const signer = readMember(reader, 'vote.signer', committeeSize)
  const length = vote.kind === 'nullify' ? ed25519SignatureBytes : blsSignatureBytes
  return { vote, epoch, signer, signature: reader.bytes('vote.signature', length) }
}

/** Kind (u8), epoch (u32), slot (u53), block, signers, aggregate signature. */
export function writeCertificate(writer: Writer, certificate: Certificate): void {
  const { kind, epoch, signature } = certificate
  assert(signature.length === blsSignatureBytes, 'an aggregate signature has 96 bytes')
  writer.u8(kindCode[kind]).u32(epoch)
  writeSlotAndBlock(writer, certificate)
  writeSigners(writer, certificate.signers)
  writer.bytes(signature)
}

/** As {@link decodeCertificate}, as part of something larger. */
export function readCertificate(reader: Reader, committeeSize: number): Certificate {
  const code = reader.u8('certificate.kind')
  if (code !== kindCode.notarise && code !== kindCode.finalise) {
    reader.fail('unknown-kind', 'certificate.kind', `is ${code}`)
  }
  return {
    kind: code === kindCode.finalise ? 'finalise' : 'notarise',
    epoch: reader.u32('certificate.epoch'),
    slot: readSlot(reader, 'certificate.slot'),
    block: readHash(reader, 'certificate.block'),
    signers: readSigners(reader, committeeSize),
    signature: reader.bytes('certificate.signature', blsSignatureBytes),
  }
}

/** The parent's certificate if there is one, then at most {@link nullifiesMax} nullify votes. */
export function writeJustification(writer: Writer, justification: Justification): void {
  const { notarisation, nullifies } = justification
  assert(nullifies.length <= nullifiesMax, 'one range a member at most')
  writer.flag(notarisation !== undefined)
  if (notarisation !== undefined) writeCertificate(writer, notarisation)
  writer.list(nullifies, writeNullify)
}

/** As {@link decodeJustification}, as part of something larger. */
export function readJustification(reader: Reader, committeeSize: number): Justification {
  const isNotarised = reader.flag('justification.notarisation')
  const notarisation = isNotarised ? readCertificate(reader, committeeSize) : undefined
  const nullifies = reader.list('justification.nullifies', nullifiesMax, () =>
    readNullify(reader, committeeSize),
  )
  return { notarisation, nullifies }
}

/** A member's place (u8), which must be within a committee of this size. */
export function readMember(reader: Reader, field: string, committeeSize: number): number {
  const member = reader.u8(field)
  if (member >= committeeSize)
    reader.fail('out-of-range', field, `is ${member} of ${committeeSize}`)
  return member
}

/** A nullify vote where nothing else can stand: as {@link writeVote}, without the kind. */
function writeNullify(writer: Writer, signed: SignedVote<NullifyVote>): void {
  writer.u32(signed.epoch)
  writeRange(writer, signed.vote)
  writeSignature(writer, signed)
}

function readNullify(reader: Reader, committeeSize: number): SignedVote<NullifyVote> {
  const epoch = reader.u32('nullify.epoch')
  const vote = readRange(reader)
  const signer = readMember(reader, 'nullify.signer', committeeSize)
  return {
    vote,
    epoch,
    signer,
    signature: reader.bytes('nullify.signature', ed25519SignatureBytes),
  }
}

function readVoteOf(reader: Reader, code: number): Vote {
  switch (code) {
    case kindCode.notarise:
      return { kind: 'notarise', ...readSlotAndBlock(reader) }
    case kindCode.finalise:
      return { kind: 'finalise', ...readSlotAndBlock(reader) }
    case kindCode.nullify:
      return readRange(reader)
    default:
      reader.fail('unknown-kind', 'vote.kind', `is ${code}`)
      return { kind: 'nullify', from: 0, to: 0 }
  }
}

/** Genesis has slot 0 and is never voted on. */
function writeSlotAndBlock(writer: Writer, vote: Omit<NotariseVote | FinaliseVote, 'kind'>): void {
  assert(vote.slot >= 1, 'slot 0 is never voted on')
  writeHash(writer.u53(vote.slot), vote.block)
}

function readSlotAndBlock(reader: Reader): Omit<NotariseVote | FinaliseVote, 'kind'> {
  return { slot: readSlot(reader, 'vote.slot'), block: readHash(reader, 'vote.block') }
}

function readSlot(reader: Reader, field: string): number {
  const slot = reader.u53(field)
  if (slot < 1) reader.fail('out-of-range', field, 'is 0, which is never voted on')
  return slot
}

function writeRange(writer: Writer, { from, to }: NullifyVote): void {
  assert(1 <= from && from <= to, 'a range of slots from 1 or later')
  writer.u53(from).u53(to)
}

function readRange(reader: Reader): NullifyVote {
  const from = readSlot(reader, 'nullify.from')
  const to = reader.u53('nullify.to')
  if (to < from) reader.fail('out-of-range', 'nullify.to', `is ${to}, before ${from}`)
  return { kind: 'nullify', from, to }
}

function writeSignature(writer: Writer, { vote, signer, signature }: SignedVote): void {
  const length = vote.kind === 'nullify' ? ed25519SignatureBytes : blsSignatureBytes
  assert(signature.length === length, 'a signature as long as its kind is')
  assert(signer < membersMax, 'a member of some committee')
  writer.u8(signer).bytes(signature)
}

/**
 * Length (u8), then a bitmap: member m is bit m mod 8 of byte m div 8. It ends with the byte of the
 * last signer, so an encoder need not know the committee's size, and there is one bitmap for a set.
 */
function writeSigners(writer: Writer, signers: readonly number[]): void {
  const last = signers.at(-1) ?? membersMax
  assert(last < membersMax, 'at least one signer, and no more than a committee has members')
  const bitmap = new Uint8Array(Math.floor(last / 8) + 1)
  let previous = -1
  for (const signer of signers) {
    assert(signer > previous, 'signers ascend')
    bitmap[signer >> 3] = (bitmap[signer >> 3] ?? 0) | (1 << (signer & 7))
    previous = signer
  }
  writer.u8(bitmap.length).bytes(bitmap)
}

function readSigners(reader: Reader, committeeSize: number): readonly number[] {
  const field = 'certificate.signers'
  const length = reader.u8(field)
  const lengthMax = Math.ceil(committeeSize / 8)
  if (length < 1 || length > lengthMax) {
    reader.fail('out-of-range', field, `is ${length} bytes, 1 to ${lengthMax} are allowed`)
  }
  const bitmap = reader.bytes(field, length)
  const signers: number[] = []
  for (let member = 0; member < 8 * bitmap.length; member += 1) {
    if (((bitmap[member >> 3] ?? 0) >> (member & 7)) & 1) signers.push(member)
  }
  const last = signers.at(-1) ?? -1
  if (last >= committeeSize) {
    reader.fail('out-of-range', field, `has ${last} of ${committeeSize}`)
  }
  if (last >> 3 !== length - 1) reader.fail('not-canonical', field, 'ends with an empty byte')
  return signers
}
