/**
 * What this node thinks of the peers that it is connected to, as far as gossip is concerned: how each was rated, and
 * who is favoured. Gossipsub asks it for a part of its score, and drops whole frames of those whose score is low,
 * before it looks into them. (To drop single messages here would mark them as seen: one that is not heard could then
 * keep a message from us by being the first to bring it.)
 *
 * A rating is kept as long as the connection. It is no ban, and outlives nothing.
 */
import type { PeerId } from '../../kernel/environment.ts'

/** A peer whose conduct is worse is not heard. */
const heardConductMin = -40
/** Below any threshold of gossipsub, whatever else a peer has earned. */
const worthless = -1_000

export class Esteem {
  readonly #isBanned: (peer: PeerId) => boolean
  /** Gossipsub's own set of peers that it passes everything on to, and takes everything from. */
  readonly #favoured: Set<PeerId>
  readonly #conduct = new Map<PeerId, number>()

  constructor(isBanned: (peer: PeerId) => boolean, favoured: Set<PeerId>) {
    this.#isBanned = isBanned
    this.#favoured = favoured
  }

  rate(peer: PeerId, conduct: number): void {
    if (conduct === 0) this.#conduct.delete(peer)
    else this.#conduct.set(peer, conduct)
  }

  favour(peer: PeerId, isFavoured: boolean): void {
    if (isFavoured) this.#favoured.add(peer)
    else this.#favoured.delete(peer)
  }

  isFavoured(peer: PeerId): boolean {
    return this.#favoured.has(peer)
  }

  forget(peer: PeerId): void {
    this.#conduct.delete(peer)
    this.#favoured.delete(peer)
  }

  /** Whether its conduct lets it be heard. */
  isTolerated(peer: PeerId): boolean {
    return (this.#conduct.get(peer) ?? 0) >= heardConductMin
  }

  /** A peer's part in gossipsub's score: its conduct, or so little that it is not heard at all. */
  worthOf(peer: PeerId): number {
    const isHeard = this.isTolerated(peer) && !this.#isBanned(peer)
    return isHeard ? (this.#conduct.get(peer) ?? 0) : worthless
  }
}
