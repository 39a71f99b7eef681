/**
 * Proof that a member broke its word (rule N5): two signed headers for one slot, or two signed votes
 * that contradict each other. Whoever has the committee's keys can check it; it says all by itself.
 */
import { type CodecFault, decodeWith, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import { readSignedHeader, type SignedHeader, writeSignedHeader } from '../block/header.ts'
import { readVote, writeVote } from './codec.ts'
import type { SignedVote } from './vote.ts'

export type Proof =
  | {
      readonly kind: 'double-proposal'
      readonly first: SignedHeader
      readonly second: SignedHeader
    }
  | { readonly kind: 'double-vote'; readonly first: SignedVote; readonly second: SignedVote }

const proofCode = { 'double-proposal': 1, 'double-vote': 2 } as const

/** The slot and the member that a proof is about. */
export function aboutOf(proof: Proof): { readonly slot: number; readonly member: number } {
  if (proof.kind === 'double-proposal') {
    const { slot, author } = proof.first.header
    return { slot, member: author }
  }
  const { vote, signer } = proof.first
  return { slot: vote.kind === 'nullify' ? vote.to : vote.slot, member: signer }
}

/** Kind (u8), then the two statements. At most 385 bytes. */
export function encodeProof(proof: Proof): Uint8Array {
  const writer = new Writer(400).u8(proofCode[proof.kind])
  if (proof.kind === 'double-proposal') {
    writeSignedHeader(writer, proof.first)
    writeSignedHeader(writer, proof.second)
  } else {
    writeVote(writer, proof.first)
    writeVote(writer, proof.second)
  }
  return writer.finish()
}

/** A proof whose signers are of a committee of this size. Its signatures were checked when it was made. */
export function decodeProof(bytes: Uint8Array, committeeSize: number): Result<Proof, CodecFault> {
  return decodeWith(bytes, 'proof', (reader): Proof => {
    const code = reader.u8('proof.kind')
    if (code === proofCode['double-vote']) {
      const first = readVote(reader, committeeSize)
      return { kind: 'double-vote', first, second: readVote(reader, committeeSize) }
    }
    if (code !== proofCode['double-proposal']) {
      reader.fail('unknown-kind', 'proof.kind', `is ${code}`)
    }
    const first = readSignedHeader(reader)
    return { kind: 'double-proposal', first, second: readSignedHeader(reader) }
  })
}
