/**
 * When is a gap of slots given up? When each slot in it is covered by the nullify ranges of a quorum.
 * Ranges of different members need not be equal, so this is a sweep over their ends.
 */
import { type Committee, membersMax, quorumOf } from '../committee.ts'
import type { BlockRef } from './tree.ts'
import type { Justification, NullifyVote, SignedVote } from './vote.ts'

type SignedNullify = SignedVote<NullifyVote>

/**
 * Whether each slot from `from` to `to` (both included) is covered by `quorum` distinct signers.
 * An empty gap is covered. Costs r² for r ranges, of which there is one a member.
 */
export function isCovered(
  ranges: readonly SignedNullify[],
  gap: { readonly from: number; readonly to: number },
  quorum: number,
): boolean {
  let slot = gap.from
  while (slot <= gap.to) {
    const covering = ranges.filter(({ vote }) => vote.from <= slot && slot <= vote.to)
    const signers = new Set(covering.map(({ signer }) => signer))
    if (signers.size < quorum) return false
    // The count can only change where one of these ranges ends.
    slot = Math.min(...covering.map(({ vote }) => vote.to)) + 1
  }
  return true
}

/** The ranges that say anything about the gap, by signer. */
export function rangesWithin(
  ranges: Iterable<SignedNullify>,
  gap: { readonly from: number; readonly to: number },
): readonly SignedNullify[] {
  if (gap.from > gap.to) return []
  return [...ranges]
    .filter(({ vote }) => vote.to >= gap.from && vote.from <= gap.to)
    .toSorted((a, b) => a.signer - b.signer)
}

/** Why a justification does not justify. */
export type JustificationFault =
  | { readonly code: 'parent-not-notarised'; readonly parent: string }
  | { readonly code: 'slot-not-after-parent'; readonly slot: number; readonly parentSlot: number }
  | { readonly code: 'gap-not-nullified'; readonly from: number; readonly to: number }
  | { readonly code: 'too-many-ranges'; readonly count: number }

/**
 * V1's rule on where a block may stand: on a notarised parent, with every slot between given up.
 * Undefined if it may. A finalise certificate proves a notarisation too. Signatures were checked.
 */
export function justificationFault(
  committee: Committee,
  block: BlockRef,
  parent: { readonly hash: string; readonly slot: number },
  justification: Justification,
): JustificationFault | undefined {
  const { notarisation, nullifies } = justification
  if (nullifies.length > membersMax) return { code: 'too-many-ranges', count: nullifies.length }
  const isGenesis = parent.slot === 0
  if (!isGenesis && (notarisation?.block !== parent.hash || notarisation.slot !== parent.slot)) {
    return { code: 'parent-not-notarised', parent: parent.hash }
  }
  if (block.slot <= parent.slot) {
    return { code: 'slot-not-after-parent', slot: block.slot, parentSlot: parent.slot }
  }
  const gap = { from: parent.slot + 1, to: block.slot - 1 }
  if (!isCovered(nullifies, gap, quorumOf(committee))) return { code: 'gap-not-nullified', ...gap }
  return undefined
}
