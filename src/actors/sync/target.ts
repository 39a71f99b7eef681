/**
 * The height that this node could reach, as a register that only rises, and only by certificates: a
 * claim costs a liar nothing, so it must cost us little and change nothing. It is emptied if what it
 * shows turns out to be another history than the trusted one.
 *
 * No clock is asked: a quorum's signature says more about the length of the chain than our own time,
 * which may be wrong, and a height is inside the hash that was signed.
 *
 * Claims wait in the order in which they came, one for each peer, and are verified one at a time, so a
 * thousand liars cost a thousand checks one after another, and each of them its connection.
 */
import type { Context } from '../../kernel/actor.ts'
import type { PeerId, Verifier } from '../../kernel/environment.ts'
import type { Chain } from '../../protocol/chain.ts'
import { certificateCheck, isQuorum } from '../../protocol/consensus/checks.ts'
import type { CertifiedHeader } from '../../protocol/wire/certified-header.ts'
import type { SyncEvent, SyncMessage } from './messages.ts'

export interface TargetParts {
  readonly chain: Chain
  readonly verifier: Pick<Verifier, 'verify'>
  readonly context: Pick<Context<SyncMessage, SyncEvent>, 'bind' | 'emit'>
  /** A genuine certificate raised the target. */
  readonly raised: (target: CertifiedHeader) => void
  /** Every claim so far was judged. */
  readonly settled: () => void
  /** A peer's certificate is none. */
  readonly blame: (peer: PeerId) => void
}

export class Target {
  readonly #parts: TargetParts
  /** The newest claim of each peer that is yet to be verified. */
  readonly #claims = new Map<PeerId, CertifiedHeader>()
  #proven: CertifiedHeader | undefined
  #isVerifying = false

  constructor(parts: TargetParts) {
    this.#parts = parts
  }

  /** The newest committed block that was proven by a peer, if one was. */
  get proven(): CertifiedHeader | undefined {
    return this.#proven
  }

  get height(): number {
    return this.#proven?.signed.header.height ?? 0
  }

  /** Whether a claim waits for its check. */
  get isPending(): boolean {
    return this.#isVerifying
  }

  /** Takes up what a peer says of its committed block. `knownHeight` is what needs no proof any more. */
  claim(peer: PeerId, certified: CertifiedHeader | undefined, knownHeight: number): void {
    if (certified === undefined) return
    const { signed, certificate } = certified
    if (signed.header.height <= Math.max(knownHeight, this.height)) return
    const { chain, blame } = this.#parts
    if (!isQuorum(chain, certificate)) return blame(peer)
    this.#claims.delete(peer)
    this.#claims.set(peer, certified)
    this.#verifyNext()
  }

  forget(peer: PeerId): void {
    this.#claims.delete(peer)
  }

  /** What was proven was the end of a history that this node does not follow: begins anew. */
  reset(): void {
    this.#claims.clear()
    this.#proven = undefined
  }

  #verifyNext(): void {
    if (this.#isVerifying) return
    const next = this.#takeClaim()
    if (next === undefined) return
    const [peer, certified] = next
    const { chain, verifier, context } = this.#parts
    this.#isVerifying = true
    verifier.verify(
      [certificateCheck(chain, certified.certificate)],
      'urgent',
      context.bind(([isGenuine]) => {
        this.#isVerifying = false
        if (isGenuine === true) this.#raise(peer, certified)
        else this.#parts.blame(peer)
        this.#verifyNext()
        if (!this.#isVerifying) this.#parts.settled()
      }),
    )
  }

  /** The oldest claim that would still raise the target. */
  #takeClaim(): readonly [PeerId, CertifiedHeader] | undefined {
    for (const [peer, certified] of this.#claims) {
      this.#claims.delete(peer)
      if (certified.signed.header.height > this.height) return [peer, certified]
    }
    return undefined
  }

  #raise(peer: PeerId, certified: CertifiedHeader): void {
    const { height } = certified.signed.header
    if (height <= this.height) return
    this.#proven = certified
    this.#parts.context.emit({ kind: 'target-raised', peer, height })
    this.#parts.raised(certified)
  }
}
