/**
 * The exact bytes that are signed. Each begins with its purpose, the chain and the epoch, so that a
 * signature made for one of them cannot be shown as another: a notarise vote is no finalise vote, and
 * a vote on a test chain says nothing on the main one.
 *
 * Does not sign or verify. Transactions outlive epochs, so they say what they sign themselves; only
 * their purpose is listed here, lest it be given to something else.
 */
import { assert } from '../../base/assert.ts'
import { Writer } from '../../base/codec.ts'
import { chainTagBytes } from '../block/header.ts'
import { type Hash, hashLength, writeHash } from '../hash.ts'
import type { Vote } from './vote.ts'

/** What is being signed: the first byte. Never reused. */
export const signingPurpose = {
  header: 1,
  notarise: 2,
  finalise: 3,
  nullify: 4,
  statement: 5,
  transaction: 16,
} as const

const prefixBytes = 1 + chainTagBytes + 4

/** What an authority vouches for: that this peer speaks for it, until then. */
export interface PeerClaim {
  /** Place in the committee. */
  readonly member: number
  /** The peer's identity: 1 to {@link peerCharactersMax} characters of printable ASCII. */
  readonly peer: string
  /** Unix milliseconds, whole. */
  readonly expiresAtMs: number
}

/** Characters in the peer identity of a claim. */
export const peerCharactersMax = 128

/** What an author signs (Ed25519): the header by its hash. 45 bytes. */
export function headerSigningBytes(chainTag: Uint8Array, epoch: number, hash: Hash): Uint8Array {
  const writer = signingWriter('header', chainTag, epoch, hashLength)
  return writeHash(writer, hash).finish()
}

/** What a voter signs: slot and block (BLS, 53 bytes), or from and to (Ed25519, 29 bytes). */
export function voteSigningBytes(chainTag: Uint8Array, epoch: number, vote: Vote): Uint8Array {
  if (vote.kind === 'nullify') {
    const writer = signingWriter(vote.kind, chainTag, epoch, 16)
    return writer.u53(vote.from).u53(vote.to).finish()
  }
  const writer = signingWriter(vote.kind, chainTag, epoch, 8 + hashLength)
  return writeHash(writer.u53(vote.slot), vote.block).finish()
}

/** What a member signs (Ed25519) to open the federation channel to one of its peers. */
export function statementSigningBytes(
  chainTag: Uint8Array,
  epoch: number,
  claim: PeerClaim,
): Uint8Array {
  const fieldBytes = 1 + (1 + claim.peer.length) + 8
  const writer = signingWriter('statement', chainTag, epoch, fieldBytes)
  writePeerClaim(writer, claim)
  return writer.finish()
}

/** Writes a claim as it is signed, which is also how it travels: member, peer, expiry. */
export function writePeerClaim(writer: Writer, claim: PeerClaim): void {
  assert(claim.peer.length <= peerCharactersMax, 'a peer of at most 128 characters')
  writer.u8(claim.member).ascii(claim.peer).u53(claim.expiresAtMs)
}

function signingWriter(
  purpose: keyof typeof signingPurpose,
  chainTag: Uint8Array,
  epoch: number,
  fieldBytes: number,
): Writer {
  assert(chainTag.length === chainTagBytes, 'a chain tag has 8 bytes')
  const writer = new Writer(prefixBytes + fieldBytes)
  return writer.u8(signingPurpose[purpose]).bytes(chainTag).u32(epoch)
}
