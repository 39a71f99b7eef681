/** When is a node behind, and when may it take part? Pure decisions over where it stands. */
import type { Millis } from '../../base/units.ts'
import type { SyncStatus } from './messages.ts'

export interface SyncFacts {
  /** The chain was read from the disk. */
  readonly isStarted: boolean
  /** A committee of one asks nobody. */
  readonly isAlone: boolean
  /** Of the last committed block here. */
  readonly currentSlot: number
  /** Of the newest committed block that a certificate proves; never below the current one. */
  readonly targetSlot: number
  /** Connected and on the same chain. */
  readonly peers: number
  /** Since this node started to look. */
  readonly waitedMs: Millis
}

/**
 * How far behind a node may be and still take part. Counted in slots, of which there are at least as
 * many as blocks: a certificate proves a slot, while a height is only a claim.
 */
const behindMax = 10
/** The share of the chain that a node must have to take part, besides. */
const productionThreshold = 0.995
/** How long a node looks for more opinions before it trusts those it has. */
const discoverMs: Millis = 3_000
const opinionsMin = 3
/** After so long without anybody, an operator should know. */
const failedAfterMs: Millis = 30_000
/** Blocks are committed by votes as they come: a little behind a neighbour is what synced looks like. */
const syncedBehindMax = 3

export function progressOf({ currentSlot, targetSlot }: SyncFacts): number {
  return targetSlot === 0 ? 1 : Math.min(1, currentSlot / targetSlot)
}

function hasOpinions(facts: SyncFacts): boolean {
  if (facts.isAlone || facts.peers >= opinionsMin) return true
  return facts.peers > 0 && facts.waitedMs >= discoverMs
}

/** The state that follows from the facts. A node that was synced and lost its peers stays synced. */
export function nextState(state: SyncStatus['state'], facts: SyncFacts): SyncStatus['state'] {
  if (!facts.isStarted) return 'idle'
  const isLooking = state === 'idle' || state === 'discovering' || state === 'failed'
  if (isLooking && !hasOpinions(facts)) {
    return facts.waitedMs >= failedAfterMs ? 'failed' : 'discovering'
  }
  const behind = facts.targetSlot - facts.currentSlot
  if (behind > behindMax) return 'downloading-blocks'
  if (behind > syncedBehindMax && state !== 'synced') return 'catching-up'
  return 'synced'
}

/** The production gate: synced, or catching up with 99.5 % of the chain and at most 10 behind. */
export function canProduce(state: SyncStatus['state'], facts: SyncFacts): boolean {
  if (state === 'synced') return true
  const behind = facts.targetSlot - facts.currentSlot
  return state === 'catching-up' && progressOf(facts) >= productionThreshold && behind <= behindMax
}
