/**
 * Whom gossip should reach, and does not. Gossipsub gives up a peer whose stream breaks and does not try again while the
 * connection lasts; and one that is back before the end of its old connection was noticed may be given up with that. Such a
 * peer is of no use as a neighbour, so it is told to be lost: whoever disconnects it lets both sides meet afresh. One that
 * was reached is lost at the second look running that misses it. One that has only said that it gossips has more time:
 * gossipsub opens its streams one after another, and a single silent peer makes all others wait.
 *
 * One that has never said that it gossips, and never did, has other uses.
 */
import type { Connection } from '@libp2p/interface'
import type { PeerId } from '../../kernel/environment.ts'

/** Looks that miss one who was reached before, and one who never was: it is lost at the last of them. */
const looksMax = { reached: 2, claimed: 6 }

interface Sight {
  readonly looksMax: number
  missed: number
}

/** Whom it is to reach. */
export class Reach {
  readonly #sights = new Map<PeerId, Sight>()

  /** A peer has said that it gossips. */
  claimed(peer: PeerId): void {
    this.#sights.set(peer, { looksMax: looksMax.claimed, missed: 0 })
  }

  /** It is gone. */
  forget(peer: PeerId): void {
    this.#sights.delete(peer)
  }

  /** Looks at a peer: whether it is lost. */
  isLost(peer: PeerId, isReached: boolean): boolean {
    if (isReached) this.#sights.set(peer, { looksMax: looksMax.reached, missed: 0 })
    const sight = this.#sights.get(peer)
    if (isReached || sight === undefined) return false
    sight.missed += 1
    return sight.missed >= sight.looksMax
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
