/**
 * When a peer is banned, and for how long. Short at first: in a small federation a false ban hurts more than
 * another try, and one who lies costs us at most two megabytes before it is banned again.
 *
 * A proof is what the peer's own bytes show; small faults add up to a soft ban. Past bans are forgotten one a
 * day. A federation peer is paused instead, whatever it did.
 */
import type { Millis } from '../../base/units.ts'
import { banAt, type Conduct, isProof, shunAt } from './conduct.ts'
import type { BanKind, Offence, PeerClass } from './messages.ts'

export interface Ban {
  readonly kind: BanKind
  readonly sinceMs: Millis
  readonly untilMs: Millis
  /** For the operator: the last offence, or the operator's own words. */
  readonly reason: string
}

/** Bans before, so far as they are not forgotten. */
export interface BanHistory {
  readonly soft: number
  readonly proof: number
  /** The last one began, or one of them was forgotten. */
  readonly atMs: Millis
}

export const neverBanned: BanHistory = { soft: 0, proof: 0, atMs: 0 }

const minuteMs = 60_000
const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs
/** Each twice as long as the one before. */
const softBanMsMin = 10 * minuteMs
const softBanMsMax = dayMs
const proofBansMs: readonly Millis[] = [hourMs, dayMs, 7 * dayMs]
/** No ban is longer, an operator's included. */
export const banMsMax = 365 * dayMs
const pauseMsMin = 30_000
const pauseMsMax = 300_000

export type Sentence =
  | { readonly kind: 'none' }
  /** It is a federation's: nothing is asked of it for a while, and an operator is told. */
  | { readonly kind: 'pause' }
  | { readonly kind: 'ban'; readonly as: 'soft' | 'proof' }

/** What follows from an offence that has led to this conduct. */
export function sentenceFor(offence: Offence, { value }: Conduct, peerClass: PeerClass): Sentence {
  if (peerClass === 'federation') {
    return isProof(offence) || value <= shunAt ? { kind: 'pause' } : { kind: 'none' }
  }
  if (isProof(offence)) return { kind: 'ban', as: 'proof' }
  return value <= banAt ? { kind: 'ban', as: 'soft' } : { kind: 'none' }
}

/** The history at `nowMs`: one ban of each kind is forgotten for each whole day. */
export function historyAt(history: BanHistory, nowMs: Millis): BanHistory {
  const days = Math.floor(Math.max(0, nowMs - history.atMs) / dayMs)
  if (days === 0) return history
  return {
    soft: Math.max(0, history.soft - days),
    proof: Math.max(0, history.proof - days),
    atMs: history.atMs + days * dayMs,
  }
}

/** The ban that follows this history, and the history with it. The day of forgetting begins at its end. */
export function nextBan(
  history: BanHistory,
  as: 'soft' | 'proof',
  reason: string,
  nowMs: Millis,
): { readonly ban: Ban; readonly history: BanHistory } {
  const { soft, proof } = historyAt(history, nowMs)
  const before = as === 'soft' ? soft : proof
  const forMs = as === 'soft' ? doubled(softBanMsMin, before, softBanMsMax) : proofBanMs(before)
  const untilMs = nowMs + forMs
  return {
    ban: { kind: as, sinceMs: nowMs, untilMs, reason },
    history: {
      soft: soft + (as === 'soft' ? 1 : 0),
      proof: proof + (as === 'proof' ? 1 : 0),
      atMs: untilMs,
    },
  }
}

function proofBanMs(before: number): Millis {
  return proofBansMs[Math.min(before, proofBansMs.length - 1)] ?? dayMs
}

/** How long a federation peer is left alone, after so many pauses before. */
export function pauseMs(before: number): Millis {
  return doubled(pauseMsMin, before, pauseMsMax)
}

/** `ms` doubled so many times, at most `msMax`. */
export function doubled(ms: Millis, times: number, msMax: Millis): Millis {
  let grown = ms
  for (let i = 0; i < times && grown < msMax; i += 1) grown *= 2
  return Math.min(grown, msMax)
}

/** Peers fewer than these are too few to be choosy. */
export const peersFew = 4

/** Whether a ban is over: its time has come, or it was soft and there is hardly anybody else. */
export function isOver({ kind, sinceMs, untilMs }: Ban, nowMs: Millis, connected: number): boolean {
  if (nowMs >= untilMs) return true
  return kind === 'soft' && connected < peersFew && nowMs - sinceMs >= softBanMsMin
}
