/**
 * Whether peers are of the same history: what they show to be committed at a height that this node has committed too is
 * compared with its own block. A genuine certificate on another one proves that the federation broke its tolerance, or
 * that this disk is of another history.
 *
 * It costs a liar little to claim anything, so it costs us less: what is the same is known at a glance, one claim is
 * looked into at a time, and of each peer one in ten seconds. Does not say what follows: the chain actor does.
 */
import type { Millis } from '../../base/units.ts'
import type { Context } from '../../kernel/actor.ts'
import type { PeerId, Verifier } from '../../kernel/environment.ts'
import { verifyCertified } from '../../proof/certified-header.ts'
import type { Chain } from '../../protocol/chain.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { CertifiedHeader } from '../../protocol/wire/certified-header.ts'

export interface HistoriesParts {
  readonly chain: Chain
  readonly verifier: Verifier
  readonly context: Pick<Context<never, never>, 'bind' | 'now'>
  /** Up to there people have decided which history is the right one. */
  readonly trustedHeight: number
  /** This node's own committed block; undefined if it cannot be read. */
  readonly ownHashAt: (height: number, done: (hash: Hash | undefined) => void) => void
  /** Genuine, and another block than `ours` at its height. Told as often as it is found. */
  readonly contradicted: (theirs: CertifiedHeader, ours: Hash) => void
  /** A peer's certificate is none. */
  readonly blame: (peer: PeerId) => void
}

/** What can be said of a claim without any effort. */
export type Glance =
  /** Not committed here yet. */
  | 'ahead'
  /** Nothing can follow from it. */
  | 'settled'
  /** Our own block has to be read. */
  | 'unread'
  /** It has to be verified. */
  | 'other'

/** What this node knows of its own history without reading. */
export interface OwnHistory {
  readonly height: number
  readonly trustedHeight: number
  readonly hashAt: (height: number) => Hash | undefined
}

/** Compares a claim with what is at hand. */
export function glanceAt({ signed }: CertifiedHeader, own: OwnHistory): Glance {
  const { height } = signed.header
  if (height > own.height) return 'ahead'
  if (height <= own.trustedHeight) return 'settled'
  const hash = own.hashAt(height)
  if (hash === undefined) return 'unread'
  return hash === signed.hash ? 'settled' : 'other'
}

const checkEveryMs: Millis = 10_000
/** Own hashes that are kept. */
const hashesMax = 1_024

export class Histories {
  readonly #parts: HistoriesParts
  /** The newest claim of each peer that was not compared yet. */
  readonly #claims = new Map<PeerId, CertifiedHeader>()
  /** When a claim of each peer was looked into, the longest ago first. */
  readonly #checkedMs = new Map<PeerId, Millis>()
  /** Of own committed blocks; the oldest knowledge first. */
  readonly #hashes = new Map<number, Hash>()
  #height = 0
  #isBusy = false

  constructor(parts: HistoriesParts) {
    this.#parts = parts
  }

  /** This node has committed so far. */
  advance({ height, hash }: { readonly height: number; readonly hash: Hash }): void {
    if (height <= this.#height) return
    this.#height = height
    this.#remember(height, hash)
    this.#next()
  }

  /** Takes up what a peer says of its committed block. */
  claim(peer: PeerId, certified: CertifiedHeader): void {
    this.#claims.set(peer, certified)
    this.#next()
  }

  /** It left. How often it was looked into is not forgotten. */
  forget(peer: PeerId): void {
    this.#claims.delete(peer)
  }

  #next(): void {
    if (this.#isBusy) return
    const nowMs = this.#parts.context.now()
    this.#forgetChecks(nowMs)
    const { trustedHeight } = this.#parts
    const own = {
      height: this.#height,
      trustedHeight,
      hashAt: (at: number) => this.#hashes.get(at),
    }
    for (const [peer, claim] of this.#claims) {
      const glance = glanceAt(claim, own)
      if (glance === 'settled') this.#claims.delete(peer)
      if (glance === 'settled' || glance === 'ahead' || this.#checkedMs.has(peer)) continue
      this.#claims.delete(peer)
      this.#checkedMs.set(peer, nowMs)
      this.#isBusy = true
      return this.#read(peer, claim)
    }
  }

  #forgetChecks(nowMs: Millis): void {
    for (const [peer, atMs] of this.#checkedMs) {
      if (nowMs - atMs < checkEveryMs) return
      this.#checkedMs.delete(peer)
    }
  }

  #read(peer: PeerId, claim: CertifiedHeader): void {
    const { height } = claim.signed.header
    const compare = (ours: Hash | undefined): void => {
      if (ours !== undefined) this.#remember(height, ours)
      if (ours === undefined || ours === claim.signed.hash) return this.#done()
      this.#verify(peer, claim, ours)
    }
    const known = this.#hashes.get(height)
    if (known === undefined) this.#parts.ownHashAt(height, compare)
    else compare(known)
  }

  #verify(peer: PeerId, claim: CertifiedHeader, ours: Hash): void {
    const { blame, contradicted } = this.#parts
    verifyCertified(this.#parts, [claim], (outcome) => {
      if (outcome.ok) contradicted(claim, ours)
      else blame(peer)
      this.#done()
    })
  }

  #done(): void {
    this.#isBusy = false
    this.#next()
  }

  #remember(height: number, hash: Hash): void {
    this.#hashes.delete(height)
    this.#hashes.set(height, hash)
    const [oldest] = this.#hashes.keys()
    if (this.#hashes.size > hashesMax && oldest !== undefined) this.#hashes.delete(oldest)
  }
}
