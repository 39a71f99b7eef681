/**
 * Is this node cut off from the others, or is the chain just standing still?
 *
 *   sound → suspected → partitioned
 *     ↑        │  ↑          │
 *     │        ↓  │ (again)  │
 *     └────── healed ←───────┘
 *
 * suspected    the newest certificate is older than 15 slots, and: the committee, whose quorum this
 *              node could reach before, is out of reach, or half of the peers were lost within 10 s
 * partitioned  so for 10 s more, and the quorum is still out of reach
 * healed       for 4 s none of it is so; the node is catching up with what it missed
 * sound        caught up again
 *
 * A state lasts 4 s at least, so that a flickering link does not make it flicker. Certificates by
 * themselves heal nothing and damn nothing: with every member's production shut there would be none,
 * and a quorum that is reachable again must be enough to go on.
 *
 * Pure: facts and the time in, a state and what is to be done out.
 */
import type { Millis } from '../../../base/units.ts'
import { staleSlots } from './certificate-age.ts'

export type PartitionState = 'sound' | 'suspected' | 'partitioned' | 'healed'

export type PartitionReason = 'certificate-old' | 'committee-unreachable' | 'peers-lost'

export interface PartitionFacts {
  /** Slots since the newest that a certificate proves, by the slot clock. */
  readonly missedSlots: number
  /** Members of the committee among the peers, and this node if it is one. */
  readonly committeeReachable: number
  readonly quorum: number
  /** Connected now. */
  readonly peers: number
  /** Lost within the last 10 s. */
  readonly peersLost: number
  /** Slots from this node's committed block to the newest that a certificate proves. */
  readonly slotsBehind: number
  /** What is still to be fetched, as far as it is known. */
  readonly bytesMissing: number
  /** What comes in, bytes a second. */
  readonly goodput: number
}

export type PartitionAction =
  | { readonly kind: 'dial-burst'; readonly reason: 'partition' }
  /** Say where this node stands and ask everybody else: the highest certificate decides. */
  | { readonly kind: 'exchange-status' }

/** How long a node that is whole again may take to catch up. */
export interface Recovery {
  readonly sinceMs: Millis
  /** Caught up by then, or an operator should know. */
  readonly goalMs: Millis
  readonly isLate: boolean
}

export interface PartitionReport {
  readonly state: PartitionState
  readonly sinceMs: Millis
  /** What speaks for it now, in the order of {@link PartitionReason}. */
  readonly reasons: readonly PartitionReason[]
  /** Whether production has to stand still. */
  readonly isApart: boolean
  readonly actions: readonly PartitionAction[]
  readonly recovery: Recovery | undefined
}

/** No state is shorter. */
export const dwellMs: Millis = 4_000
/** From suspicion to certainty: a burst of dialling has come to its end by then. */
const confirmMs: Millis = 10_000
/** A wave of losses is evidence for so long; it must not shut a gate for ever. */
const lossMemoryMs: Millis = 60_000
const lossesMin = 2
const burstEveryMs: Millis = 30_000
const recoveryMs: Millis = 10_000
/** What a node that follows by votes is behind at any time. */
const caughtUpSlots = 3
/** A day: a goal is a time, however little comes in. */
const recoveryMsMax: Millis = 86_400_000

export class PartitionDetector {
  #state: PartitionState = 'sound'
  #sinceMs: Millis
  /** The quorum was within reach once: that it is not, says something. */
  #hasReachedQuorum = false
  #lossAtMs: Millis | undefined
  /** How many there were before most of them were lost. */
  #peersBefore = 0
  /** Since when nothing speaks for a partition; undefined while something does. */
  #clearSinceMs: Millis | undefined
  #burstAtMs: Millis = 0
  #goalMs: Millis = 0

  constructor(nowMs: Millis) {
    this.#sinceMs = nowMs
    this.#clearSinceMs = nowMs
  }

  /** Takes the facts of this moment. Times do not go back. */
  step(facts: PartitionFacts, nowMs: Millis): PartitionReport {
    const reasons = this.#reasons(facts, nowMs)
    const isClear = reasons.length < 2 || !reasons.includes('certificate-old')
    this.#clearSinceMs = isClear ? (this.#clearSinceMs ?? nowMs) : undefined
    const actions = this.#act(this.#turn(facts, reasons, nowMs), facts, nowMs)
    return {
      state: this.#state,
      sinceMs: this.#sinceMs,
      reasons,
      isApart: this.#state === 'suspected' || this.#state === 'partitioned',
      actions,
      recovery: this.#recovery(nowMs),
    }
  }

  #reasons(facts: PartitionFacts, nowMs: Millis): readonly PartitionReason[] {
    const { missedSlots, committeeReachable, quorum, peers, peersLost } = facts
    const isQuorumReachable = committeeReachable >= quorum
    this.#hasReachedQuorum ||= isQuorumReachable
    if (peersLost >= lossesMin && peersLost >= peers) {
      this.#lossAtMs = nowMs
      this.#peersBefore = Math.max(this.#peersBefore, peers + peersLost)
    } else if (peers * 2 > this.#peersBefore) {
      // Most are back: with certificates that no member makes as long as its gate is shut, all would wait.
      this.#lossAtMs = undefined
      this.#peersBefore = 0
    }
    const isLossFresh = this.#lossAtMs !== undefined && nowMs - this.#lossAtMs <= lossMemoryMs
    const reasons: PartitionReason[] = []
    if (missedSlots > staleSlots) reasons.push('certificate-old')
    if (!isQuorumReachable && this.#hasReachedQuorum) reasons.push('committee-unreachable')
    if (isLossFresh) reasons.push('peers-lost')
    return reasons
  }

  /** Moves on, and says whether it did. */
  #turn(facts: PartitionFacts, reasons: readonly PartitionReason[], nowMs: Millis): boolean {
    if (nowMs - this.#sinceMs < dwellMs) return false
    const next = this.#next(facts, reasons, nowMs)
    if (next === this.#state) return false
    this.#state = next
    this.#sinceMs = nowMs
    return true
  }

  #next(facts: PartitionFacts, reasons: readonly PartitionReason[], nowMs: Millis): PartitionState {
    const clearMs = this.#clearSinceMs === undefined ? -1 : nowMs - this.#clearSinceMs
    const isClear = clearMs >= 0
    switch (this.#state) {
      case 'sound':
        return isClear ? 'sound' : 'suspected'
      case 'suspected':
      case 'partitioned':
        if (clearMs >= dwellMs) return 'healed'
        return !isClear && this.#isCertain(reasons, nowMs) ? 'partitioned' : this.#state
      case 'healed':
        if (!isClear) return 'suspected'
        return facts.slotsBehind <= caughtUpSlots ? 'sound' : 'healed'
      default:
        return this.#state satisfies never
    }
  }

  #isCertain(reasons: readonly PartitionReason[], nowMs: Millis): boolean {
    return reasons.includes('committee-unreachable') && nowMs - this.#sinceMs >= confirmMs
  }

  #act(hasTurned: boolean, facts: PartitionFacts, nowMs: Millis): readonly PartitionAction[] {
    if (this.#state === 'sound') return []
    if (this.#state === 'healed') {
      if (!hasTurned) return []
      this.#goalMs = nowMs + recoveryGoalMs(facts.bytesMissing, facts.goodput)
      return [{ kind: 'exchange-status' }]
    }
    const isBurstDue = nowMs - this.#burstAtMs >= burstEveryMs
    if (!(hasTurned && this.#state === 'suspected') && !isBurstDue) return []
    this.#burstAtMs = nowMs
    return [{ kind: 'dial-burst', reason: 'partition' }, { kind: 'exchange-status' }]
  }

  #recovery(nowMs: Millis): Recovery | undefined {
    if (this.#state !== 'healed') return undefined
    return { sinceMs: this.#sinceMs, goalMs: this.#goalMs, isLate: nowMs > this.#goalMs }
  }
}

/** Ten seconds, and as long as what is missing takes at this rate; a day at most. */
export function recoveryGoalMs(bytesMissing: number, goodput: number): Millis {
  if (bytesMissing <= 0) return recoveryMs
  const transferMs = Math.ceil((bytesMissing * 1_000) / Math.max(1, goodput))
  return Math.min(recoveryMs + transferMs, recoveryMsMax)
}

/** Where the committee members among the peers say that they are. */
export interface HaltFacts {
  /** Slot and hash of this node's last committed block that a certificate proves. */
  readonly own: { readonly slot: number; readonly hash: string }
  /** The newest slot that any verified certificate proves. */
  readonly certifiedSlot: number
  /** The certified hash that each reachable member but this node reports; undefined if it was not asked lately. */
  readonly members: readonly (string | undefined)[]
  readonly quorum: number
}

/**
 * Whether the chain stands still rather than this node: nobody has proven more than it has, and of
 * the committee peers in reach at least two thirds report the same. Without it a network that was
 * switched off as a whole would wait for itself for ever.
 */
export function isHalted({ own, certifiedSlot, members, quorum }: HaltFacts): boolean {
  if (certifiedSlot > own.slot) return false
  if (members.length === 0) return quorum <= 1
  const agreeing = members.filter((hash) => hash === own.hash).length
  return agreeing * 3 >= members.length * 2
}
