/**
 * Wall-clock slots. Slot s runs from genesis + s·L to genesis + (s+1)·L; genesis itself is slot 0,
 * and the first block may have slot 1.
 */
import { assert } from '../base/assert.ts'
import type { Millis, UnixMillis } from '../base/units.ts'

/** The timing every member must share. */
export interface SlotParams {
  readonly genesisMs: UnixMillis
  /** L: 100 ms or more, so that a vote can travel; 2,000 by default. */
  readonly slotMs: Millis
  /** ε: how far a neighbour's clock may run ahead before its messages are held back or dropped. */
  readonly toleranceMs: Millis
}

/** Deadlines within a slot, in quarters of its length: exact, and the same for everybody. */
export const slotQuarters = {
  /** Proposing later is wasted: the votes would come too late. */
  propose: 2,
  /** No proposal by then: give the slot up, so that the next author hears of it in time. */
  noProposal: 3,
  /** No notarisation by then, though one has voted: give the slot up. Also the last moment to vote. */
  noCertificate: 4,
} as const

/** The slot at `wallMs`; 0 before the first. */
export function slotAt(params: SlotParams, wallMs: UnixMillis): number {
  return Math.max(0, Math.floor((wallMs - params.genesisMs) / params.slotMs))
}

/** The moment `quarter` quarters into `slot`. */
export function slotMoment(params: SlotParams, slot: number, quarter = 0): UnixMillis {
  return params.genesisMs + slot * params.slotMs + (quarter * params.slotMs) / 4
}

/** Milliseconds from `wallMs` to the start of the next slot; more than 0. */
export function untilNextSlotMs(params: SlotParams, wallMs: UnixMillis): Millis {
  return slotMoment(params, Math.floor((wallMs - params.genesisMs) / params.slotMs) + 1) - wallMs
}

/** The parameters, if they make sense together. */
export function checkedSlotParams(params: SlotParams): SlotParams {
  assert(params.slotMs >= 100, `slotMs is at least 100, not ${params.slotMs}`)
  assert(params.slotMs % 4 === 0, `slotMs is a multiple of 4, not ${params.slotMs}`)
  assert(params.toleranceMs >= 0, `toleranceMs is not negative, but ${params.toleranceMs}`)
  assert(params.toleranceMs < params.slotMs, 'a clock is trusted to within one slot')
  return params
}
