/**
 * How a peer behaved: 0 at best, −100 at worst. Only what proves a fault of the peer counts, so a
 * correct peer on a bad link stays at 0. What was done is forgotten at a steady pace.
 */
import type { Millis } from '../../base/units.ts'
import type { Offence, PeerClass } from './messages.ts'

export interface Conduct {
  readonly value: number
  /** When it had this value. */
  readonly atMs: Millis
}

const cost: Record<Offence, number> = { malformed: 25, invalid: 20, forged: 100, 'other-chain': 50 }
const recoveryPerMs = 5 / 60_000
const banAt = -50
const banMsMin = 600_000
const banMsMax = 86_400_000

/** The conduct at `nowMs`, by when some of it is forgotten. */
export function conductAt(conduct: Conduct, nowMs: Millis): number {
  return Math.min(0, conduct.value + Math.max(0, nowMs - conduct.atMs) * recoveryPerMs)
}

export function conductAfter(conduct: Conduct, offence: Offence, nowMs: Millis): Conduct {
  return { value: Math.max(-100, conductAt(conduct, nowMs) - cost[offence]), atMs: nowMs }
}

/** A federation peer is never banned by a score: losing a member costs more than its noise. */
export function isBannable(conduct: Conduct, peerClass: PeerClass): boolean {
  return peerClass !== 'federation' && conduct.value <= banAt
}

/** Ten minutes at first, twice as long each further time, a day at most. */
export function banMs(bansBefore: number): Millis {
  let forMs = banMsMin
  for (let i = 0; i < bansBefore && forMs < banMsMax; i += 1) forMs *= 2
  return Math.min(forMs, banMsMax)
}
