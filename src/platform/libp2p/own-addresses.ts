/**
 * Where this node says that it can be found: by the addresses that its configuration announces, or else those of
 * the interfaces that it listens on, and where enough peers see it. What is not of use to the one who is told is
 * left out (`audience.ts`).
 *
 * libp2p by itself would tell no public address that no server of its own kind has confirmed, and private
 * ones to everybody.
 */
import type { Multiaddr } from '@multiformats/multiaddr'
import { multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '../../kernel/environment.ts'
import { tellable } from './audience.ts'
import { ipOf, isLinkLocal6, withoutPeer } from './multiaddrs.ts'
import { Witnesses } from './witnesses.ts'

/** What is told at once. */
const toldMax = 32

interface Listening {
  readonly transportManager: { getAddrs(): Multiaddr[] }
  readonly peerId: { toString(): string }
}

export class OwnAddresses {
  readonly #announce: readonly Multiaddr[]
  readonly #witnesses = new Witnesses()
  #listening: Listening | undefined

  /** `announce` takes the place of all else, if there is any. */
  constructor(announce: readonly string[]) {
    this.#announce = announce.map((address) => multiaddr(address))
  }

  /** From now on it is known what is listened on. */
  attach(listening: Listening): this {
    this.#listening = listening
    return this
  }

  /** With the peer id. */
  told(): Multiaddr[] {
    const listening = this.#listening
    if (listening === undefined) return []
    const suffix = `/p2p/${listening.peerId}`
    return tellable(this.#all(listening.transportManager.getAddrs()))
      .slice(0, toldMax)
      .map((address) => withoutPeer(address).encapsulate(suffix))
  }

  /** A peer that was dialled at `from` sees this node at `seen`. Private places are not news. */
  seenBy(peer: PeerId, from: Multiaddr, seen: Multiaddr): void {
    const witness = ipOf(from)
    const isPublic = ipOf(seen)?.reach === 'public'
    const [host] = seen.getComponents()
    if (witness?.reach !== 'public' || !isPublic || host === undefined) return
    this.#witnesses.heard(peer, witness.netgroup, `/${host.name}/${host.value}`)
  }

  /** It is not connected any more, and its word counts no longer. */
  forget(peer: PeerId): void {
    this.#witnesses.forget(peer)
  }

  #all(listened: readonly Multiaddr[]): readonly Multiaddr[] {
    if (this.#announce.length > 0) return this.#announce
    const known = listened.filter((address) => !isLinkLocal6(address))
    const texts = new Set(known.map(String))
    for (const host of this.#witnesses.believed()) {
      for (const text of mappedTo(host, known)) texts.add(text)
    }
    return [...texts].map((text) => multiaddr(text))
  }
}

/**
 * The ports that are listened on, at another host of the same kind. The port that a peer sees is one that was dialled
 * from and no use; whoever forwards a port mostly forwards the same one.
 */
function mappedTo(host: string, listened: readonly Multiaddr[]): readonly string[] {
  const family = host.split('/')[1]
  return listened.flatMap((address) => {
    const [first, ...rest] = address.getComponents()
    if (first?.name !== family || ipOf(address)?.reach === 'loopback') return []
    const path = rest.map(({ name, value }) => (value === undefined ? name : `${name}/${value}`))
    return [`${host}/${path.join('/')}`]
  })
}
