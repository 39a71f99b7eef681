/**
 * The means by which this network finds peers by itself: Kademlia among those who are connected, and multicast on
 * the local network. Both tell one list (`findings.ts`), and neither dials: libp2p's own discovery, which keeps
 * everybody whom anybody names, is left out.
 */
import type { KadDHTComponents } from '@libp2p/kad-dht'
import { type Finding, Findings, type Source } from './findings.ts'
import type { DhtOptions, HearAnswer, Kademlia } from './kademlia.ts'
import type { LocalSearch, MdnsOptions } from './local-search.ts'

export interface DiscoveryOptions {
  readonly dht: DhtOptions | undefined
  readonly mdns: MdnsOptions | undefined
  readonly hasQuic: boolean
}

/** One means: it runs with the node. */
type Means = Kademlia | LocalSearch
type MakeDiscovery = (components: KadDHTComponents) => Discovery

/** Loads what is wanted, and nothing else: a node without these means need not carry them. */
export async function discoveryBy(options: DiscoveryOptions): Promise<MakeDiscovery> {
  const { dht, mdns, hasQuic } = options
  const kademlia = dht && (await import('./kademlia.ts')).Kademlia
  const search = mdns && (await import('./local-search.ts')).LocalSearch
  return (components) => {
    const self = components.peerId.toString()
    const findings = new Findings({ self, hasQuic, now: () => performance.now() })
    return new Discovery(findings, (hear) => [
      ...(kademlia === undefined || dht === undefined ? [] : [new kademlia(components, dht, hear)]),
      ...(search === undefined || mdns === undefined ? [] : [new search(components, mdns, hear)]),
    ])
  }
}

export class Discovery {
  readonly #findings: Findings
  readonly #means: readonly Means[]
  #tell: (address: string) => void = () => {}

  constructor(findings: Findings, make: (hear: HearAnswer) => readonly Means[]) {
    this.#findings = findings
    this.#means = make((source, answer) => this.#hear(source, answer))
  }

  /** From now on `tell` is told of each address that is found. */
  onFound(tell: (address: string) => void): void {
    this.#tell = tell
  }

  async start(): Promise<void> {
    for (const means of this.#means) await means.start()
  }

  async stop(): Promise<void> {
    for (const means of this.#means) await means.stop()
  }

  #hear(source: Source, answer: readonly Finding[]): number {
    const news = this.#findings.sift(source, answer)
    for (const address of news) this.#tell(address)
    return news.length
  }
}
