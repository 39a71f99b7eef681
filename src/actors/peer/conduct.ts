/**
 * How a peer behaved: 0 at best, −100 at worst. Only what proves a fault of the peer counts, so a
 * correct peer on a bad link stays at 0. What was done is forgotten by half every ten minutes. There is no
 * way to earn anything: good service must not pay for lies (`performance.ts` is another number).
 *
 * The costs, and the thresholds −20 and −50, are those of Lighthouse and Lodestar where they have them.
 */
import type { Millis } from '../../base/units.ts'
import { decayed } from './decay.ts'
import type { Offence } from './messages.ts'

export interface Conduct {
  readonly value: number
  /** When it had this value. */
  readonly atMs: Millis
}

export const spotless: Conduct = { value: 0, atMs: 0 }

const costs: Readonly<Record<Offence, number>> = {
  forged: 100,
  malformed: 100,
  'equivocating-status': 100,
  'other-chain': 50,
  invalid: 20,
  'wrong-answer': 10,
  'height-claim': 10,
  'unproven-claim': 5,
  'over-limit': 1,
  stall: 1,
}

/** What its sender's own bytes prove, once and for all. */
const proofs: ReadonlySet<Offence> = new Set(['forged', 'malformed', 'equivocating-status'])

/** At and below, nothing is asked of a peer, and it goes first when a place is needed. */
export const shunAt = -20
/** At and below, a peer is banned. */
export const banAt = -50

/** The conduct at `nowMs`, by when some of it is forgotten. */
export function conductAt(conduct: Conduct, nowMs: Millis, halfLifeMs: Millis): number {
  return decayed(conduct.value, nowMs - conduct.atMs, halfLifeMs)
}

export function conductAfter(
  conduct: Conduct,
  offence: Offence,
  nowMs: Millis,
  halfLifeMs: Millis,
): Conduct {
  const value = conductAt(conduct, nowMs, halfLifeMs) - costs[offence]
  return { value: Math.max(-100, value), atMs: nowMs }
}

export function isProof(offence: Offence): boolean {
  return proofs.has(offence)
}
