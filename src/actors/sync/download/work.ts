/**
 * A piece of work (certificates, headers or bodies from a height on), the requests that are open for
 * it, and who has tried it.
 *
 * However often it fails, a piece of work is never given up: what is true is certified, so that nobody
 * gives it means "the wrong peers", never "the wrong chain". Other peers are asked: after three failures of
 * other netgroups, after six those we trust most, and after twelve somebody above is told.
 */
import type { PeerId } from '../../../kernel/environment.ts'
import type { Peer } from './peer.ts'

export interface Work {
  readonly kind: 'certified' | 'headers' | 'bodies'
  /** The lowest height that is wanted. */
  readonly fromHeight: number
  /** What one peer has to give as a whole ends here; absent: a part is of use. */
  readonly wholeTo?: number
  /** Requests that are open for it: one, or two while it is hedged. */
  readonly flights: Flight[]
  readonly tried: Tried
}

/** A request that waits for its answer, or whose answer is being checked. */
export interface Flight {
  readonly id: number
  readonly work: Work
  readonly peer: Peer
  readonly sentMs: number
  /** Expected of the answer. */
  readonly bytes: number
  /** Reserved for the answer, which cannot be larger but by one block. */
  readonly reservedBytes: number
  readonly isHedge: boolean
  /** The peer was unproven when it was asked, and still has to show what it is worth. */
  isProbe: boolean
  /** An answer that takes longer is overdue. */
  readonly expectedMs: number
  /** Whether an answer is waited for. */
  isOpen: boolean
}

/** Who has failed at a piece of work. */
export interface Tried {
  attempts: number
  /** When the last of them failed. */
  lastMs: number
  readonly peers: PeerId[]
  readonly netgroups: string[]
}

export const attemptsBeforeOtherGroups = 3
export const attemptsBeforeTrusted = 6
export const attemptsBeforeStuck = 12
/** Then the list begins anew: whoever failed long ago may have recovered. */
const triedMax = 16

export function untried(): Tried {
  return { attempts: 0, lastMs: 0, peers: [], netgroups: [] }
}

/** As many attempts, by the same peers. */
export function triedAlike({ attempts, lastMs, peers, netgroups }: Tried): Tried {
  return { attempts, lastMs, peers: [...peers], netgroups: [...netgroups] }
}

/** It succeeded in part: what was held against anybody is forgotten. */
export function forgive(tried: Tried): void {
  tried.attempts = 0
  tried.peers.length = 0
  tried.netgroups.length = 0
}

export function noteFailure(tried: Tried, { id, facts }: Peer, nowMs: number): void {
  tried.attempts += 1
  tried.lastMs = nowMs
  if (tried.peers.length >= triedMax) {
    tried.peers.length = 0
    tried.netgroups.length = 0
  }
  if (!tried.peers.includes(id)) tried.peers.push(id)
  if (!tried.netgroups.includes(facts.netgroup)) tried.netgroups.push(facts.netgroup)
}
