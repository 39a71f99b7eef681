/** Who may author and approve: the members of one epoch, their quorum, and whose slot it is. */
import { assert } from '../base/assert.ts'

/** One authority's public keys. Its libp2p identity is another key. */
export interface Member {
  /** Ed25519, 32 bytes: signs headers and nullify votes. */
  readonly authorKey: Uint8Array
  /** BLS12-381 in G1, 48 bytes: signs notarise and finalise votes. */
  readonly voteKey: Uint8Array
}

export interface Committee {
  readonly epoch: number
  /** 1 to {@link membersMax}; a member's place is its number in votes and bitmaps. */
  readonly members: readonly Member[]
}

export const membersMax = 64

/** ceil(2n/3). Safe with at most 2q−n−1 liars, live with at most n−q silent (consensus rules, §5). */
export function quorumOf(committee: Committee): number {
  return Math.ceil((2 * committee.members.length) / 3)
}

/** The member whose turn `slot` is. Slots start at 1; genesis has slot 0 and no author. */
export function authorOf(committee: Committee, slot: number): number {
  assert(slot > 0, `slot ${slot} has no author`)
  return slot % committee.members.length
}

/** Liars that cannot break agreement: 2q − n − 1. */
export function liarsMax(membersCount: number): number {
  return 2 * Math.ceil((2 * membersCount) / 3) - membersCount - 1
}

/** Silent members that cannot stop progress: n − q. */
export function silentMax(membersCount: number): number {
  return membersCount - Math.ceil((2 * membersCount) / 3)
}
