/**
 * Kademlia, to find peers and for nothing else. This node asks those it is connected to whom they know near
 * its own place and near points drawn by chance, by turns; and answers others likewise if it is a server. What
 * is found is told, and dialled only if the node wants to.
 *
 * No record is stored or looked for.
 */
import { start, stop } from '@libp2p/interface'
import { type KadDHT, type KadDHTComponents, kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import type { PeerId } from '../../kernel/environment.ts'
import type { Finding, Source } from './findings.ts'
import { fenced } from './kademlia-fence.ts'
import { ipOf } from './multiaddrs.ts'

/** A walk every so often while walks find anybody, or somebody new is there to ask; else ever more rarely. */
const pauseMsMin = 2_000
const pauseMsMax = 300_000
const walkMsMax = 20_000
/** Peers in one bucket, and in one answer. */
const bucketSize = 20
/** Peers asked at once in a walk. */
const askedAtOnceMax = 3
const dayMs = 86_400_000

export interface DhtOptions {
  /** Names the chain, so that networks do not mix. */
  readonly protocol: string
  /** A client asks and does not answer: who cannot be dialled is of no use to others. */
  readonly mode: 'server' | 'client'
  /** In place of two seconds. */
  readonly pauseMsMin?: number
}

/** Told of what a peer answered. Returns how much of it was news. */
export type HearAnswer = (source: Source, answer: readonly Finding[]) => number

export class Kademlia {
  readonly #components: KadDHTComponents
  readonly #options: DhtOptions
  readonly #hear: HearAnswer
  readonly #dht: KadDHT
  readonly #end = new AbortController()
  /** Who is connected and can be asked. */
  readonly #neighbours = new Set<PeerId>()
  #topology: string | undefined
  #timer: NodeJS.Timeout | undefined
  #pauseMs: number
  #isWalking = false
  #walks = 0

  constructor(components: KadDHTComponents, options: DhtOptions, hear: HearAnswer) {
    this.#components = components
    this.#options = options
    this.#hear = hear
    this.#pauseMs = this.#pauseMsMin
    this.#dht = kadDHT({
      protocol: options.protocol,
      clientMode: options.mode === 'client',
      kBucketSize: bucketSize,
      alpha: askedAtOnceMax,
      disjointPaths: askedAtOnceMax,
      // Its own search for its place says nothing of who has told what; `#walk` begins with the same.
      querySelfInterval: dayMs,
      initialQuerySelfInterval: dayMs,
      allowQueryWithZeroPeers: true,
      routingTableUpdateMaxQueueSize: 256,
      pingNewContactMaxQueueSize: 64,
      pingOldContactMaxQueueSize: 64,
      maxInboundStreams: 8,
      maxOutboundStreams: 8,
      // Private addresses too: who may hear of them is decided where they come from.
      peerInfoMapper: passthroughMapper,
      validators: { pk: refuse },
      selectors: { pk: () => refuse() },
    })(fenced(components))
  }

  async start(): Promise<void> {
    await start(this.#dht)
    this.#topology = await this.#components.registrar.register(this.#options.protocol, {
      onConnect: (peer) => this.#met(peer.toString()),
      onDisconnect: (peer) => void this.#neighbours.delete(peer.toString()),
    })
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#end.abort()
    clearTimeout(this.#timer)
    if (this.#topology !== undefined) this.#components.registrar.unregister(this.#topology)
    await stop(this.#dht)
  }

  get #pauseMsMin(): number {
    return this.#options.pauseMsMin ?? pauseMsMin
  }

  /** Somebody is there who may know others. With many to ask, one more is no reason to hurry. */
  #met(peer: PeerId): void {
    this.#neighbours.add(peer)
    if (this.#neighbours.size > bucketSize || this.#pauseMs === this.#pauseMsMin) return
    this.#pauseMs = this.#pauseMsMin
    if (!this.#isWalking) this.#schedule()
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    if (this.#end.signal.aborted) return
    this.#timer = setTimeout(() => void this.#walk(), this.#pauseMs)
  }

  async #walk(): Promise<void> {
    this.#isWalking = true
    this.#pauseMs = Math.min(2 * this.#pauseMs, pauseMsMax)
    const isHome = this.#walks % 2 === 0
    this.#walks += 1
    const news = await this.#ask(isHome ? this.#components.peerId.toMultihash().bytes : randomKey())
    if (news > 0) this.#pauseMs = this.#pauseMsMin
    this.#isWalking = false
    this.#schedule()
  }

  /** Asks who is near a point, and returns how much of the answers was news. */
  async #ask(key: Uint8Array): Promise<number> {
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(walkMsMax)])
    let news = 0
    try {
      for await (const event of this.#dht.getClosestPeers(key, { signal })) {
        if (event.name !== 'PEER_RESPONSE') continue
        const [connection] = this.#components.connectionManager.getConnections(event.from)
        if (connection === undefined) continue
        const reach = ipOf(connection.remoteAddr)?.reach
        news += this.#hear({ name: event.from.toString(), reach }, event.closer)
      }
    } catch {
      // Out of time, or at an end: what was heard counts.
    }
    return news
  }
}

async function refuse(): Promise<never> {
  throw new Error('no records are kept')
}

function randomKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32))
}
