/**
 * What peers say of where they see this node. One of them may lie, or sit behind something that changes addresses;
 * so a host is believed when peers in three neighbourhoods name it, each of them one that this node has dialled:
 * those that dial in may be any number of one liar's.
 */
import type { PeerId } from '../../kernel/environment.ts'

/** Neighbourhoods that have to agree. */
export const witnessesMin = 3
/** Peers whose word is remembered. Beyond, nobody else is asked. */
const witnessesMax = 256
/** One for IPv4 and one for IPv6, and as many again for a machine with two ways out. */
const hostsMax = 4

interface Word {
  readonly netgroup: string
  readonly host: string
}

export class Witnesses {
  readonly #words = new Map<PeerId, Word>()

  /** A peer of this neighbourhood sees this node at `host`. Its last word counts. */
  heard(peer: PeerId, netgroup: string, host: string): void {
    if (this.#words.size >= witnessesMax && !this.#words.has(peer)) return
    this.#words.set(peer, { netgroup, host })
  }

  /** It is not connected any more. */
  forget(peer: PeerId): void {
    this.#words.delete(peer)
  }

  /** Hosts that enough neighbourhoods agree on, those with most of them first. */
  believed(): readonly string[] {
    const groups = new Map<string, Set<string>>()
    for (const { netgroup, host } of this.#words.values()) {
      const agreed = groups.get(host) ?? new Set()
      groups.set(host, agreed.add(netgroup))
    }
    return [...groups]
      .filter(([, agreed]) => agreed.size >= witnessesMin)
      .toSorted(([, a], [, b]) => b.size - a.size)
      .slice(0, hostsMax)
      .map(([host]) => host)
  }
}
