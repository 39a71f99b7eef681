/**
 * The voting rules as the explorer applies them: the node's own guards, or the same with one rule lifted,
 * to show that the explorer would notice.
 */
import { justificationFault } from '../../../src/protocol/consensus/nullification.ts'
import {
  afterFinalise,
  afterNotarise,
  afterNullify,
  type Mark,
  mayFinalise,
  mayNotarise,
  nullifyRange,
  type VoteRecord,
} from '../../../src/protocol/consensus/record.ts'
import type { NullifyVote } from '../../../src/protocol/consensus/vote.ts'

export interface Guards {
  readonly mayNotarise: typeof mayNotarise
  readonly mayFinalise: typeof mayFinalise
  readonly nullifyRange: typeof nullifyRange
  readonly justificationFault: typeof justificationFault
  readonly afterNotarise: typeof afterNotarise
  readonly afterFinalise: typeof afterFinalise
  readonly afterNullify: typeof afterNullify
}

export interface Rules {
  readonly guards: Guards
  /** Added to the quorum of ceil(2n/3). */
  readonly quorumDelta: number
  /** Whether a member may sign finalise for a block that it alone is known to have approved. */
  readonly finalisesBlindly: boolean
  /**
   * Whether each member may once lose its record, and how far below the newest slot that it voted in its
   * floor may then be. Undefined: records are kept.
   */
  readonly floorBelowNewest: number | undefined
}

const realGuards: Guards = {
  mayNotarise,
  mayFinalise,
  nullifyRange,
  justificationFault,
  afterNotarise,
  afterFinalise,
  afterNullify,
}

/** The node's rules, records durable. */
export const soundRules: Rules = {
  guards: realGuards,
  quorumDelta: 0,
  finalisesBlindly: false,
  floorBelowNewest: undefined,
}

/** The same, but each member may once lose its record and go on above a floor (rule V5). */
export const forgetfulRules: Rules = { ...soundRules, floorBelowNewest: 0 }

/** The rules with `change` applied; records are then kept without the asserts that guard them. */
function lifted(change: Partial<Guards>): Rules {
  const unchecked = {
    afterNotarise: (record: VoteRecord, mark: Mark) => ({ ...record, notarised: mark }),
    afterFinalise: (record: VoteRecord, mark: Mark) => ({ ...record, finalised: mark }),
    afterNullify: (record: VoteRecord, vote: NullifyVote) => ({
      ...record,
      nullifiedTo: Math.max(record.nullifiedTo, vote.to),
    }),
  }
  return { ...soundRules, guards: { ...realGuards, ...unchecked, ...change } }
}

const neverFinalised = (record: VoteRecord): VoteRecord => ({
  ...record,
  finalised: { ...record.finalised, slot: 0 },
})

/** One rule lifted in each. */
export const brokenRules = {
  'finalise although nullified': lifted({
    mayFinalise: (record, slot) => mayFinalise({ ...record, nullifiedTo: 0 }, slot),
  }),
  'quorum one too small': { ...soundRules, quorumDelta: -1 },
  'votes lost at restart': { ...soundRules, floorBelowNewest: Number.POSITIVE_INFINITY },
  'nullify after finalise': lifted({
    nullifyRange: (record, highest, slot) =>
      slot <= record.finalised.slot
        ? nullifyRange(neverFinalised(record), highest, slot)
        : nullifyRange(record, highest, slot),
  }),
  'range covers a finalised slot': lifted({
    nullifyRange: (record, highest, slot) =>
      slot > record.finalised.slot
        ? nullifyRange(neverFinalised(record), highest, slot)
        : nullifyRange(record, highest, slot),
  }),
  'two notarise in a slot': lifted({
    mayNotarise: ({ notarised, ...record }, slot) =>
      mayNotarise({ ...record, notarised: { ...notarised, slot: notarised.slot - 1 } }, slot),
  }),
  'gap not justified': lifted({
    justificationFault: (...facts) => {
      const fault = justificationFault(...facts)
      return fault?.code === 'gap-not-nullified' ? undefined : fault
    },
  }),
  'gap one slot short': lifted({
    justificationFault: (committee, block, parent, justification) => {
      const gap = block.slot - parent.slot - 1
      const slot = gap > 1 ? block.slot - 1 : block.slot
      return justificationFault(committee, { ...block, slot }, parent, justification)
    },
  }),
  'amnesia floor one slot too low': { ...soundRules, floorBelowNewest: 1 },
  'finalise without a certificate': { ...soundRules, finalisesBlindly: true },
} as const satisfies Record<string, Rules>

export type Break = keyof typeof brokenRules
