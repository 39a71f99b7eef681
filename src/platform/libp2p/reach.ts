/**
 * Whom gossip should reach, and does not. Gossipsub gives up a peer whose stream breaks and does not try again while the
 * connection lasts; and one that is back before the end of its old connection was noticed may be given up with that. Such a
 * peer is of no use as a neighbour, so at the second look running it is told to be lost: whoever disconnects it
 * lets both sides meet afresh. At the first it may be on its way.
 *
 * One that has never said that it gossips, and never did, has other uses.
 */
import type { Connection } from '@libp2p/interface'
import type { PeerId } from '../../kernel/environment.ts'

/** For each peer that gossips, whether the last look has missed it. */
export class Reach {
  readonly #isMissed = new Map<PeerId, boolean>()

  /** A peer has said that it gossips. */
  claimed(peer: PeerId): void {
    this.#isMissed.set(peer, false)
  }

  /** It is gone. */
  forget(peer: PeerId): void {
    this.#isMissed.delete(peer)
  }

  /** Whether a peer that is looked at is lost: it was not reached the last time, and is not now. */
  isLost(peer: PeerId, isReached: boolean): boolean {
    const wasMissed = this.#isMissed.get(peer)
    if (isReached) this.#isMissed.set(peer, false)
    else if (wasMissed !== undefined) this.#isMissed.set(peer, true)
    return wasMissed === true && !isReached
  }
}

/** The peers to which this node has a way to send gossip. */
export function reachedBy(connections: readonly Connection[]): ReadonlySet<PeerId> {
  return new Set(connections.filter(carriesGossip).map(({ remotePeer }) => remotePeer.toString()))
}

function carriesGossip({ status, streams }: Connection): boolean {
  const isOpen = status === 'open'
  return streams.some((stream) => {
    const isOurs = stream.direction === 'outbound' && stream.protocol.startsWith('/meshsub/')
    return isOpen && isOurs && stream.status === 'open'
  })
}
