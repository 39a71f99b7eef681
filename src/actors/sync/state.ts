/**
 * The seven states of sync, as pure decisions over facts.
 *
 *   from                 to                    when
 *   idle                 discovering           the chain was read from the disk
 *   discovering          downloading-headers   more than 10 blocks behind what somebody has proven
 *                        catching-up, synced   enough opinions, and at most 10, 3 behind
 *                        failed                nobody there for 30 s
 *   downloading-headers  downloading-blocks    headers are proven above the committed block
 *   downloading-blocks   downloading-headers   none are any more
 *   both                 catching-up           at most 10 behind
 *   catching-up          synced                at most 3 behind, and every block can be read
 *                        downloading-…         more than 10 behind
 *   these three          discovering           nobody is left
 *   any but idle         discovering           this node has stood still, and knows only what was
 *                        failed                a minute without progress
 *   synced               downloading-headers   more than 10 behind for 2 s, or more than 32
 *                        catching-up           the disk has lost a committed block
 *   all but idle         failed                this node's own store or engine is at fault, or what peers
 *                                              have is another history than the trusted one
 *   failed               discovering           its pause is over, or (unless its own fault) somebody came
 *
 * Pause is a flag beside the state, not a state. Each state is left by facts alone, and the actor looks
 * at the facts every slot whatever happens, so no state waits for an event that has passed already.
 * What a node may do (produce blocks, download) follows from state and facts, below.
 */
import { assert } from '../../base/assert.ts'
import type { Millis } from '../../base/units.ts'
import type { LostBlock } from '../chain/messages.ts'

/** The codes that operators know. */
export const syncStateCode = {
  idle: 0,
  discovering: 1,
  'downloading-headers': 2,
  'downloading-blocks': 3,
  'catching-up': 4,
  synced: 5,
  failed: 6,
} as const

export type SyncStateName = keyof typeof syncStateCode

/**
 * Why sync failed. `local`: this node's own store or engine; asking others again would not help. `history`: what a
 * quorum has certified contradicts a block that this node knows to be committed, or breaks a rule.
 */
export interface SyncFailure {
  readonly kind: 'no-peers' | 'no-progress' | 'local' | 'history'
  readonly code: string
  readonly detail: string
}

export interface SyncState {
  readonly name: SyncStateName
  readonly sinceMs: Millis
  /** While discovering: looks taken so far, one a second. */
  readonly attempts: number
  /** While failed. */
  readonly failure: SyncFailure | undefined
  /** Failures in a row without progress in between. */
  readonly failures: number
  /** While synced: since when this node has been too far behind, if it is. */
  readonly behindSinceMs: Millis | undefined
}

export interface SyncFacts {
  readonly nowMs: Millis
  /** The chain was read from the disk. */
  readonly isStarted: boolean
  /** A committee of one asks nobody. */
  readonly isAlone: boolean
  /** Of the last committed block here. */
  readonly currentHeight: number
  /** Of the newest committed block that a certificate proves; never below the current one. */
  readonly targetHeight: number
  /** Up to where headers are proven. */
  readonly provenHeight: number
  /** A committed block that this node cannot read, and looks for. */
  readonly lost: LostBlock | undefined
  /** Connected, on the same chain, and not under a ban. */
  readonly peers: number
  /** Those of them that have said where they stand since this state began. */
  readonly opinions: number
  /** The last time that a peer came which was not there before. */
  readonly lastPeerMs: Millis
  /** Somebody claims to be further on, and that is being checked. */
  readonly isClaimPending: boolean
  /** An authority has vouched for one of those. */
  readonly hasMemberOpinion: boolean
  /** The last time that this node went on after it had stood still: what it knew before is old. */
  readonly wokenMs: Millis
  /** The last time that a block was committed, a header proven or a byte of an answer came in. */
  readonly lastProgressMs: Millis
  /** What this node's own store or engine did, if it does not go on because of it. */
  readonly localFault: SyncFailure | undefined
  /** What peers have, if it is not the chain that this node follows. */
  readonly otherHistory: SyncFailure | undefined
  /** What downloads wait for, if nothing comes although it is tried: for the operator to read. */
  readonly obstacle: string | undefined
}

/** How far behind a node may be and still take part. */
const behindBlocksMax = 10
/** The share of the chain that a node must have to take part, besides. */
const productionThreshold = 0.995
/** Blocks are committed by votes as they come: a little behind a neighbour is what synced looks like. */
const syncedBehindBlocksMax = 3
/** So far behind is not a matter of the moment. */
const lostBehindBlocks = 32
/** How long a synced node may be too far behind, so that a lag that swings changes nothing. */
const behindMsMax: Millis = 2_000
/** How long a node looks for more opinions before it trusts those it has. */
const opinionsMs: Millis = 3_000
const opinionsMin = 3
const attemptMs: Millis = 1_000
const attemptsMax = 30
/** Without any progress for so long, it is the wrong peers. */
const progressMsMax: Millis = 60_000
/** Pauses after failures in a row; the last one counts for all further. */
const retryMs: readonly Millis[] = [1_000, 2_000, 4_000, 8_000, 16_000, 60_000]

const successors: Readonly<Record<SyncStateName, readonly SyncStateName[]>> = {
  idle: ['discovering'],
  discovering: ['downloading-headers', 'catching-up', 'synced', 'failed'],
  'downloading-headers': ['downloading-blocks', 'catching-up', 'discovering', 'failed'],
  'downloading-blocks': ['downloading-headers', 'catching-up', 'discovering', 'failed'],
  'catching-up': ['synced', 'downloading-headers', 'downloading-blocks', 'discovering', 'failed'],
  synced: ['downloading-headers', 'catching-up', 'discovering', 'failed'],
  failed: ['discovering'],
}

export function idleState(nowMs: Millis): SyncState {
  return enter('idle', nowMs, 0)
}

/** The state that follows from the facts; the same object if nothing changed. */
export function nextState(state: SyncState, facts: SyncFacts): SyncState {
  const next = followingState(state, facts)
  if (next.name !== state.name) {
    assert(successors[state.name].includes(next.name), `${state.name} → ${next.name}`)
  }
  return next
}

function followingState(state: SyncState, facts: SyncFacts): SyncState {
  const { nowMs } = facts
  const fault = facts.localFault ?? facts.otherHistory
  if (state.name !== 'idle' && facts.wokenMs > state.sinceMs && !facts.isAlone) {
    return enter('discovering', nowMs, state.failures)
  }
  switch (state.name) {
    case 'idle':
      return facts.isStarted ? enter('discovering', nowMs, 0) : state
    case 'failed':
      return hasRested(state, facts) ? enter('discovering', nowMs, state.failures) : state
    case 'discovering':
      return fault === undefined ? discover(state, facts) : fail(state, fault, nowMs)
    case 'synced':
      return fault === undefined ? stay(state, facts) : fail(state, fault, nowMs)
    case 'downloading-headers':
    case 'downloading-blocks':
    case 'catching-up':
      return fault === undefined ? advance(state, facts) : fail(state, fault, nowMs)
    default:
      return state.name satisfies never
  }
}

function enter(name: SyncStateName, sinceMs: Millis, failures: number): SyncState {
  return { name, sinceMs, attempts: 0, failure: undefined, failures, behindSinceMs: undefined }
}

/** What was suffered is forgotten where the chain's end is in sight. */
function failuresIn(name: SyncStateName, { failures }: SyncState): number {
  return name === 'synced' || name === 'catching-up' ? 0 : failures
}

function fail(state: SyncState, failure: SyncFailure, nowMs: Millis): SyncState {
  return { ...enter('failed', nowMs, state.failures + 1), failure }
}

/** A peer that is new may be the one that helps, unless the fault is this node's own. */
function hasRested(state: SyncState, { nowMs, lastPeerMs }: SyncFacts): boolean {
  const isOwn = state.failure?.kind === 'local'
  if (!isOwn && lastPeerMs > state.sinceMs) return true
  return nowMs - state.sinceMs >= retryPauseMs(state.failures)
}

/** How long sync rests after so many failures in a row. */
export function retryPauseMs(failures: number): Millis {
  const index = Math.min(Math.max(failures, 1), retryMs.length) - 1
  return retryMs[index] ?? 0
}

/** By how far it is behind. Who lacks a block is not synced, whatever it has above it. */
function placeOf(facts: SyncFacts): SyncStateName {
  const behind = behindOf(facts)
  if (behind <= syncedBehindBlocksMax && facts.lost === undefined) return 'synced'
  if (behind <= behindBlocksMax) return 'catching-up'
  return facts.provenHeight > facts.currentHeight ? 'downloading-blocks' : 'downloading-headers'
}

function discover(state: SyncState, facts: SyncFacts): SyncState {
  const { nowMs } = facts
  if (hasOpinions(state, facts)) return enterFrom(state, placeOf(facts), nowMs)
  const attempts = Math.floor((nowMs - state.sinceMs) / attemptMs)
  if (attempts <= attemptsMax) return attempts === state.attempts ? state : { ...state, attempts }
  const detail = `nobody answered for ${attemptsMax} s`
  return fail(state, { kind: 'no-peers', code: 'no-peers', detail }, nowMs)
}

/** What is far behind begins with headers, whatever was proven before. */
function enterFrom(state: SyncState, name: SyncStateName, nowMs: Millis): SyncState {
  const first = name === 'downloading-blocks' ? 'downloading-headers' : name
  return enter(first, nowMs, failuresIn(first, state))
}

/** On the way: downloading leads to catching up, and only that to synced. */
function advance(state: SyncState, facts: SyncFacts): SyncState {
  const { nowMs } = facts
  if (facts.peers === 0 && !facts.isAlone) return enter('discovering', nowMs, state.failures)
  if (hasStalled(state, facts)) {
    const detail = facts.obstacle ?? `no progress for ${progressMsMax / 1_000} s`
    return fail(state, { kind: 'no-progress', code: 'no-progress', detail }, nowMs)
  }
  const place = placeOf(facts)
  const name = place === 'synced' && state.name !== 'catching-up' ? 'catching-up' : place
  return name === state.name ? state : enter(name, nowMs, failuresIn(name, state))
}

function hasOpinions(state: SyncState, facts: SyncFacts): boolean {
  if (facts.isAlone) return true
  // To be far behind is proven by whoever shows it; only to be synced takes more opinions than one.
  if (behindOf(facts) > behindBlocksMax && facts.peers > 0) return true
  const hasWaited = facts.nowMs - state.sinceMs >= opinionsMs
  if (hasWaited) return facts.opinions > 0
  return !facts.isClaimPending && (facts.opinions >= opinionsMin || facts.hasMemberOpinion)
}

/** Who only lacks a block that was lost has nothing to begin anew: that block is asked for until it comes. */
function hasStalled(state: SyncState, facts: SyncFacts): boolean {
  const { nowMs, lastProgressMs, lost } = facts
  if (lost !== undefined && behindOf(facts) <= syncedBehindBlocksMax) return false
  return nowMs - Math.max(state.sinceMs, lastProgressMs) >= progressMsMax
}

/** Synced is left when the lag lasts, or is beyond doubt. A node that lost its peers stays synced. */
function stay(state: SyncState, facts: SyncFacts): SyncState {
  const { nowMs } = facts
  const behind = behindOf(facts)
  if (behind <= behindBlocksMax && facts.lost !== undefined) {
    return enter('catching-up', nowMs, 0)
  }
  if (behind <= behindBlocksMax) {
    return state.behindSinceMs === undefined ? state : { ...state, behindSinceMs: undefined }
  }
  if (state.behindSinceMs === undefined && behind <= lostBehindBlocks) {
    return { ...state, behindSinceMs: nowMs }
  }
  const hasLasted = nowMs - (state.behindSinceMs ?? nowMs) >= behindMsMax
  return hasLasted || behind > lostBehindBlocks ? enterFrom(state, placeOf(facts), nowMs) : state
}

/** Blocks that are missing here and proven elsewhere. */
export function behindOf({ currentHeight, targetHeight }: SyncFacts): number {
  return targetHeight - currentHeight
}

/** From 0 to 1. */
export function progressOf({ currentHeight, targetHeight }: SyncFacts): number {
  return targetHeight === 0 ? 1 : Math.min(1, currentHeight / targetHeight)
}

/**
 * The production gate: synced, or catching up with 99.5 % of the chain and at most 10 behind. A block that was lost
 * shuts no gate: what is voted on stands on the state after it, which the engine has, or votes are not cast.
 */
export function canProduce({ name }: SyncState, facts: SyncFacts): boolean {
  if (name === 'synced') return true
  if (name !== 'catching-up') return false
  if (facts.lost !== undefined && behindOf(facts) <= syncedBehindBlocksMax) return true
  return progressOf(facts) >= productionThreshold && behindOf(facts) <= behindBlocksMax
}

/** Whether blocks may be asked for. */
export function isDownloading({ name }: SyncState): boolean {
  return name !== 'idle' && name !== 'discovering' && name !== 'failed'
}
