/**
 * Finds peers on the same local network, by multicast DNS (RFC 6762). Where there is no multicast, nobody is
 * found, and nothing else happens. Tells private addresses only, and only to that network.
 */
import type { ComponentLogger, PeerDiscovery, PeerInfo } from '@libp2p/interface'
import { start, stop } from '@libp2p/interface'
import { type MulticastDNSComponents, mdns } from '@libp2p/mdns'
import type { HearAnswer } from './kademlia.ts'

const intervalMs = 10_000

export interface MdnsOptions {
  /** Names the chain, such as `_alys-0123abcd._udp.local`. */
  readonly serviceTag: string
  /** A question every so often. 10 s where this is absent. */
  readonly intervalMs?: number
}

/** What it needs of libp2p. */
export type LocalSearchComponents = MulticastDNSComponents & { readonly logger: ComponentLogger }

export class LocalSearch {
  readonly #search: PeerDiscovery

  constructor(components: LocalSearchComponents, options: MdnsOptions, hear: HearAnswer) {
    const { serviceTag } = options
    this.#search = mdns({ serviceTag, interval: options.intervalMs ?? intervalMs })(components)
    this.#search.addEventListener('peer', ({ detail }: CustomEvent<PeerInfo>) => {
      hear({ name: 'mdns', reach: 'loopback' }, [detail])
    })
  }

  async start(): Promise<void> {
    await start(this.#search)
  }

  async stop(): Promise<void> {
    await stop(this.#search)
  }
}
