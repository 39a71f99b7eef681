/**
 * What members of the committee say to each other: three kinds of vote, and what a quorum of each
 * proves. Simplex (Chan & Pass, TCC 2023) on wall-clock slots.
 *
 * Values here were read by a decoder or made by this node; whether a signature is right is decided
 * elsewhere, before a vote reaches the state machine.
 */
import type { Hash } from '../hash.ts'

/** Approves one block in its slot. At most one a slot and member. BLS. */
export interface NotariseVote {
  readonly kind: 'notarise'
  readonly slot: number
  readonly block: Hash
}

/** Says that a block was seen notarised and that its slot is not nullified by this member. BLS. */
export interface FinaliseVote {
  readonly kind: 'finalise'
  readonly slot: number
  readonly block: Hash
}

/** Gives up on every slot from `from` to `to`, both included. Ed25519. */
export interface NullifyVote {
  readonly kind: 'nullify'
  readonly from: number
  readonly to: number
}

export type Vote = NotariseVote | FinaliseVote | NullifyVote

/** A vote and who signed it. `signer` is a place in the committee of `epoch`. */
export interface SignedVote<Kind extends Vote = Vote> {
  readonly vote: Kind
  readonly epoch: number
  readonly signer: number
  /** 96 bytes of BLS for notarise and finalise, 64 of Ed25519 for nullify. */
  readonly signature: Uint8Array
}

/** A quorum's notarise votes (a notarisation) or finalise votes, aggregated. */
export interface Certificate {
  readonly kind: 'notarise' | 'finalise'
  readonly epoch: number
  readonly slot: number
  readonly block: Hash
  /** Places in the committee, ascending, without repetition; a quorum or more. */
  readonly signers: readonly number[]
  /** Aggregate BLS signature, 96 bytes. */
  readonly signature: Uint8Array
}

/**
 * Why a block may be built on its parent: the parent's notarisation (none for genesis), and nullify
 * ranges by which each slot between the two is covered by a quorum. It is outside the block hash.
 */
export interface Justification {
  readonly notarisation: Certificate | undefined
  readonly nullifies: readonly SignedVote<NullifyVote>[]
}

/** Two statements that no honest member makes both. Kept, shown to the operator, never acted on alone. */
export type Evidence =
  | {
      readonly kind: 'double-proposal'
      readonly slot: number
      readonly author: number
      /** The two blocks, in the order in which they came. */
      readonly blocks: readonly [Hash, Hash]
    }
  | {
      readonly kind: 'double-vote'
      readonly first: SignedVote
      readonly second: SignedVote
    }
