/**
 * A peer as the scheduler sees it. Where it stands decides whether and for what it may be asked:
 *
 *              ready                    answer verified
 *   (gone) ───────────→ waiting → asked ───────────────→ proven
 *                          ↑        │ failed               │ two failures in a row,
 *                          │        ↓                      │ or its range holds up everything
 *                          └──── paused ←──────────────────┘
 *
 * Whoever has not proven itself (or not lately) gets one small request at a time, and few of them at once: a
 * guess about a slow peer would fill the window behind a hole of seconds. What contradicts what is
 * proven sets a peer aside; it is blamed for it when the truth is known.
 */
import type { PeerId } from '../../../kernel/environment.ts'
import type { PeerFacts } from './command.ts'
import { Measure } from './measure.ts'
import type { Flight, Work } from './work.ts'

/** From which height on, and how far at least. */
export type Wanted = Pick<Work, 'fromHeight' | 'wholeTo'>

export interface Peer {
  readonly id: PeerId
  /** Decides among those of whom nothing is known; drawn from the name, so that the order of arrival is not. */
  readonly rank: number
  readonly measure: Measure
  readonly flights: Set<Flight>
  facts: PeerFacts
  standing: 'waiting' | 'asked' | 'proven' | 'paused' | 'gone'
  /** Whether a pause leaves it as proven as it was. */
  keepsProof: boolean
  /** Changes with each change of standing: what was noted of an older one is void. */
  stamp: number
  /** Expected bytes of its open requests. */
  bytesQueued: number
  failuresInRow: number
  /** Failures in a row, those of requests that were open at the same time counted once. */
  bursts: number
  lastFailureMs: number
  /** Hedges in a row that were quicker than it. */
  losses: number
  /** In a row, that it does not have what it was asked for. */
  refusals: number
  /** Until then it is not asked, whatever else it serves: it gave what is not proven. */
  asideUntilMs: number
}

export function newPeer(id: PeerId, rank: number, facts: PeerFacts): Peer {
  return {
    id,
    rank,
    measure: new Measure(),
    flights: new Set(),
    facts,
    standing: 'waiting',
    keepsProof: false,
    stamp: 0,
    bytesQueued: 0,
    failuresInRow: 0,
    bursts: 0,
    lastFailureMs: Number.NEGATIVE_INFINITY,
    losses: 0,
    refusals: 0,
    asideUntilMs: 0,
  }
}

/** Whether it claims to have what is wanted: the lowest of it, or all if a part is of no use. */
export function has({ facts }: Peer, { fromHeight, wholeTo = fromHeight }: Wanted): boolean {
  return facts.availableFrom <= fromHeight && wholeTo <= facts.committedHeight
}

/** Federation members and anchors: asked when others have failed. */
export function isTrusted({ facts }: Peer): boolean {
  return facts.class === 'federation' || facts.class === 'anchor'
}

/**
 * A peer's place among unproven ones: an avalanche (MurmurHash3's finaliser) of its name and a salt. Not
 * cryptographic: it cannot be known from outside, since the salt is chance.
 */
export function rankOf(id: PeerId, salt: number): number {
  let word = salt
  for (let i = 0; i < id.length; i += 1) {
    word = Math.imul(word ^ id.charCodeAt(i), 0x5bd1e995)
    word ^= word >>> 15
  }
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return (word ^ (word >>> 16)) >>> 0
}
