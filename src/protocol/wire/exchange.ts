/**
 * What agreement needs after a gap (rule N3): each of two peers says where it is, and sends what the
 * other may lack, votes below a quorum included.
 *
 * Does not choose what to send, and does not verify it.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import { readCertificate, readVote, writeCertificate, writeVote } from '../consensus/codec.ts'
import type { Certificate, SignedVote } from '../consensus/vote.ts'

/** Where one is, and what the other may lack. Slot 0 stands for none yet. */
export interface Exchange {
  readonly committedSlot: number
  readonly notarisedSlot: number
  /** The largest slot given up. */
  readonly nullifiedTo: number
  /** At most {@link exchangeVotesMax}. */
  readonly votes: readonly SignedVote[]
  /** At most {@link exchangeCertificatesMax}. */
  readonly certificates: readonly Certificate[]
}

/** Votes in one exchange. */
export const exchangeVotesMax = 512

/** Certificates in one exchange. */
export const exchangeCertificatesMax = 64

/** At most 82,332 bytes. Asserts the bounds that a decoder checks. */
export function encodeExchange(exchange: Exchange): Uint8Array {
  const { votes, certificates } = exchange
  assert(votes.length <= exchangeVotesMax, `${votes.length} votes to exchange`)
  assert(certificates.length <= exchangeCertificatesMax, `${certificates.length} certificates`)
  const writer = new Writer(1_024)
  writer.u53(exchange.committedSlot).u53(exchange.notarisedSlot).u53(exchange.nullifiedTo)
  writer.list(votes, writeVote).list(certificates, writeCertificate)
  return writer.finish()
}

/** An exchange whose signers are of a committee of this size. */
export function decodeExchange(
  bytes: Uint8Array,
  committeeSize: number,
): Result<Exchange, CodecFault> {
  return decodeWith(bytes, 'exchange', (reader) => ({
    committedSlot: reader.u53('exchange.committedSlot'),
    notarisedSlot: reader.u53('exchange.notarisedSlot'),
    nullifiedTo: reader.u53('exchange.nullifiedTo'),
    votes: reader.list('exchange.votes', exchangeVotesMax, () => readVote(reader, committeeSize)),
    certificates: reader.list('exchange.certificates', exchangeCertificatesMax, () =>
      readCertificate(reader, committeeSize),
    ),
  }))
}
