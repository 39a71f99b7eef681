/**
 * What members announce to everybody: proposals, votes, certificates. A message is small, so that
 * the mesh can carry it many times; a body that does not fit is fetched from whoever announced it.
 *
 * Does not verify anything but form.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, type Reader, Writer } from '../../base/codec.ts'
import { failed, type Result } from '../../base/result.ts'
import type { StoredBlock } from '../block/block.ts'
import { type Body, encodedBodyBytes, readBody, writeBody } from '../block/body.ts'
import { readSignedHeader, type SignedHeader, writeSignedHeader } from '../block/header.ts'
import {
  readCertificate,
  readJustification,
  readVote,
  writeCertificate,
  writeJustification,
  writeVote,
} from '../consensus/codec.ts'
import type { Certificate, Justification, SignedVote } from '../consensus/vote.ts'

/** A block's announcement. `body` is undefined if it has to be fetched. */
export interface Proposal {
  readonly kind: 'proposal'
  readonly signed: SignedHeader
  readonly justification: Justification
  readonly body: Body | undefined
}

/** What one gossip message says. */
export type GossipPayload =
  | Proposal
  | { readonly kind: 'vote'; readonly vote: SignedVote }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }

/** A whole gossip message, version and kind included. */
export const gossipBytesMax = 10 * 1_024

/** The first byte of each message. Others are refused. */
const gossipVersion = 1

/** The second byte. Never reused. */
const payloadCode = { proposal: 1, vote: 2, certificate: 3 } as const

/** Version (u8), kind (u8), payload. Asserts that the whole is at most {@link gossipBytesMax}. */
export function encodeGossip(payload: GossipPayload): Uint8Array {
  const writer = new Writer(256)
  writer.u8(gossipVersion).u8(payloadCode[payload.kind])
  writePayload(writer, payload)
  const bytes = writer.finish()
  assert(bytes.length <= gossipBytesMax, `${bytes.length} bytes are too many to gossip`)
  return bytes
}

/** A message among members of a committee of this size. */
export function decodeGossip(
  bytes: Uint8Array,
  committeeSize: number,
): Result<GossipPayload, CodecFault> {
  if (bytes.length > gossipBytesMax) {
    const detail = `is ${bytes.length} bytes, ${gossipBytesMax} are allowed`
    return failed({ code: 'too-long', field: 'gossip', detail })
  }
  return decodeWith(bytes, 'gossip', (reader) => readPayload(reader, committeeSize))
}

/** The proposal that announces a block: with its body if the whole may then be gossiped. */
export function inlineBodyIfSmall(block: StoredBlock): Proposal {
  const { signed, justification, body } = block
  const proposal: Proposal = { kind: 'proposal', signed, justification, body: undefined }
  const length = encodeGossip(proposal).length + encodedBodyBytes(body)
  return length <= gossipBytesMax ? { ...proposal, body } : proposal
}

function writePayload(writer: Writer, payload: GossipPayload): void {
  switch (payload.kind) {
    case 'proposal':
      return writeProposal(writer, payload)
    case 'vote':
      return writeVote(writer, payload.vote)
    case 'certificate':
      return writeCertificate(writer, payload.certificate)
  }
}

function readPayload(reader: Reader, committeeSize: number): GossipPayload {
  const version = reader.u8('gossip.version')
  if (version !== gossipVersion) {
    reader.fail('unknown-kind', 'gossip.version', `is ${version}, not ${gossipVersion}`)
  }
  const code = reader.u8('gossip.kind')
  switch (code) {
    case payloadCode.proposal:
      return readProposal(reader, committeeSize)
    case payloadCode.certificate:
      return { kind: 'certificate', certificate: readCertificate(reader, committeeSize) }
    default:
      if (code !== payloadCode.vote) reader.fail('unknown-kind', 'gossip.kind', `is ${code}`)
      return { kind: 'vote', vote: readVote(reader, committeeSize) }
  }
}

function writeProposal(writer: Writer, { signed, justification, body }: Proposal): void {
  writeSignedHeader(writer, signed)
  writeJustification(writer, justification)
  writer.flag(body !== undefined)
  if (body !== undefined) writeBody(writer, body)
}

function readProposal(reader: Reader, committeeSize: number): Proposal {
  return {
    kind: 'proposal',
    signed: readSignedHeader(reader),
    justification: readJustification(reader, committeeSize),
    body: reader.flag('proposal.body') ? readBody(reader) : undefined,
  }
}
