/**
 * What a member must never forget: how far it has voted. A vote is allowed by these watermarks alone,
 * so that a promise costs a few integers for ever, instead of a set for each slot. The record is
 * durable before the vote that it covers is sent.
 *
 * The guards here are the whole of what makes agreement safe; the same functions are explored
 * exhaustively by the test suite.
 */
import { assert } from '../../base/assert.ts'
import type { UnixMillis } from '../../base/units.ts'
import { type Hash, zeroHash } from '../hash.ts'
import { type SlotParams, slotAt } from '../slots.ts'
import type { NullifyVote } from './vote.ts'

/** The newest vote of one kind. Slot 0 stands for none. */
export interface Mark {
  readonly slot: number
  readonly block: Hash
}

export interface VoteRecord {
  readonly epoch: number
  readonly notarised: Mark
  readonly finalised: Mark
  /** The largest slot ever given up. */
  readonly nullifiedTo: number
  readonly proposed: Mark
  /** No vote at or below this slot, ever: what was voted there has been lost (rule V5). */
  readonly floor: number
}

const none: Mark = { slot: 0, block: zeroHash }

/** The record of a member that has never voted. */
export function emptyRecord(epoch: number): VoteRecord {
  return { epoch, notarised: none, finalised: none, nullifiedTo: 0, proposed: none, floor: 0 }
}

/** The record of a member whose votes were lost: it stays silent until every slot it may have voted in is over. */
export function amnesiacRecord(epoch: number, params: SlotParams, wallMs: UnixMillis): VoteRecord {
  return { ...emptyRecord(epoch), floor: slotAt(params, wallMs + params.toleranceMs) + 1 }
}

/** The newest slot this record speaks of. A clock that shows less than this has stepped back. */
export function newestSlot(record: VoteRecord): number {
  const { notarised, finalised, nullifiedTo, proposed } = record
  return Math.max(notarised.slot, finalised.slot, nullifiedTo, proposed.slot)
}

/** V1: once a slot, in rising order. It may follow this member's own nullify of the slot. */
export function mayNotarise(record: VoteRecord, slot: number): boolean {
  return slot > record.notarised.slot && slot > record.floor
}

/** V3: not where this member gave up, once a slot, in rising order. */
export function mayFinalise(record: VoteRecord, slot: number): boolean {
  return slot > record.nullifiedTo && slot > record.finalised.slot && slot > record.floor
}

/** P1: one block a slot. */
export function mayPropose(record: VoteRecord, slot: number): boolean {
  return slot > record.proposed.slot && slot > record.floor
}

/**
 * V2: the range that gives up every slot after the highest notarised one up to `slot`, except those
 * this member has finalised or may have. Undefined if nothing is left to give up.
 */
export function nullifyRange(
  record: VoteRecord,
  notarisedSlotMax: number,
  slot: number,
): NullifyVote | undefined {
  const from = Math.max(notarisedSlotMax, record.finalised.slot, record.floor) + 1
  if (from > slot || slot < record.nullifiedTo) return undefined
  return { kind: 'nullify', from, to: slot }
}

export function afterNotarise(record: VoteRecord, mark: Mark): VoteRecord {
  assert(mayNotarise(record, mark.slot), `may not notarise slot ${mark.slot}`)
  return { ...record, notarised: mark }
}

export function afterFinalise(record: VoteRecord, mark: Mark): VoteRecord {
  assert(mayFinalise(record, mark.slot), `may not finalise slot ${mark.slot}`)
  return { ...record, finalised: mark }
}

export function afterNullify(record: VoteRecord, vote: NullifyVote): VoteRecord {
  assert(vote.from > record.finalised.slot, `slot ${vote.from} is finalised`)
  assert(vote.from > record.floor && vote.to >= record.nullifiedTo, 'a range goes forward')
  return { ...record, nullifiedTo: vote.to }
}

export function afterPropose(record: VoteRecord, mark: Mark): VoteRecord {
  assert(mayPropose(record, mark.slot), `may not propose in slot ${mark.slot}`)
  return { ...record, proposed: mark }
}
