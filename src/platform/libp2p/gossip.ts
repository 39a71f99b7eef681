/**
 * Gossip over gossipsub: what comes in is handed up and waits for a verdict, and travels on after it.
 *
 * What was published or seen in the last two minutes is a duplicate and goes nowhere, whoever publishes
 * it. Whoever wants to repeat a message within that time has to make it differ.
 */
import { type GossipSub, TopicValidatorResult } from '@chainsafe/libp2p-gossipsub'
import { assert } from '../../base/assert.ts'
import type { GossipMessage, PeerId, Verdict } from '../../kernel/environment.ts'
import type { Deliveries } from './deliveries.ts'
import { gossipBytesMax, unheardBelow } from './gossip-rules.ts'
import type { PeerTable } from './peer-table.ts'

/** What gossip may make this node hold, and for how long. */
export interface GossipLimits {
  /** Messages that wait for a verdict. More are dropped, without blame. */
  readonly unjudgedMax: number
  /** A verdict that has not come by then is `ignore`. */
  readonly verdictMsMax: number
}

/** What gossip needs of the rest of the network. */
export interface GossipParts {
  readonly pubsub: Pick<GossipSub, 'topicValidators' | 'subscribe' | 'publish' | 'getSubscribers'>
  /** Gossipsub's neighbours, by topic. */
  readonly mesh: ReadonlyMap<string, ReadonlySet<PeerId>>
  readonly peers: PeerTable
  readonly deliveries: Deliveries
  /** Gossipsub's score of a peer. */
  readonly scoreOf: (peer: PeerId) => number
}

/** Gossipsub's words for a verdict. */
const results: Readonly<Record<Verdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

/** One node's gossip. */
export class Gossip {
  readonly #parts: GossipParts
  readonly #limits: GossipLimits
  readonly #topics: ReadonlySet<string>
  readonly #subscribed = new Set<string>()
  #unjudged = 0

  constructor(parts: GossipParts, topics: readonly string[], limits: GossipLimits) {
    this.#parts = parts
    this.#limits = limits
    this.#topics = new Set(topics)
    for (const topic of topics) {
      parts.pubsub.topicValidators.set(topic, (from, { data }) => {
        // A copy, so that the frame it came in can go.
        return this.#judge({ topic, data: new Uint8Array(data), from: from.toString() })
      })
    }
  }

  /** Asserts that the topic is one of this network. */
  subscribe(topic: string): void {
    assert(this.#topics.has(topic), `${topic} is a topic of this network`)
    this.#subscribed.add(topic)
    this.#parts.pubsub.subscribe(topic)
  }

  /** To how many peers each topic is passed on at once: the mesh, and those whom this node favours. */
  neighbours(isFavoured: (peer: PeerId) => boolean): ReadonlyMap<string, number> {
    const { pubsub, mesh } = this.#parts
    const counts = [...this.#subscribed].map((topic) => {
      const favoured = pubsub.getSubscribers(topic).map(String).filter(isFavoured)
      return [topic, new Set([...(mesh.get(topic) ?? []), ...favoured]).size] as const
    })
    return new Map(counts)
  }

  /** A message that is too large, seen of late, or wanted by nobody goes nowhere. */
  publish(topic: string, message: Uint8Array): void {
    if (message.length > gossipBytesMax) return
    // It rejects once the node is stopped; and gossip may always be lost.
    this.#parts.pubsub.publish(topic, message).catch(() => {})
  }

  /** Whether a peer's gossip is thrown away unread. It is read from the wire all the same. */
  isUnheard(peer: PeerId): boolean {
    return this.#parts.scoreOf(peer) < unheardBelow
  }

  /**
   * Gossipsub alone would hear on and on from one that sends too much. So it is handed up too, without its content:
   * nothing can be read of it, and whoever tries to will blame its sender. Whatever comes of that, it is rejected.
   */
  #rejectTooLarge({ topic, from }: GossipMessage): Promise<TopicValidatorResult> {
    const { peers, deliveries } = this.#parts
    const message = { topic, from, data: new Uint8Array(0) }
    if (this.#subscribed.has(topic)) {
      peers.whenUp(from, (isUp) => {
        if (isUp) deliveries.push((receiver) => receiver.gossip(message, () => undefined))
      })
    }
    return Promise.resolve(results.reject)
  }

  /** What gossipsub asks of each message it has not seen. It forwards nothing until this resolves. */
  #judge(message: GossipMessage): Promise<TopicValidatorResult> {
    const { topic, data, from } = message
    const { peers, deliveries } = this.#parts
    const { unjudgedMax, verdictMsMax } = this.#limits
    if (data.length > gossipBytesMax) return this.#rejectTooLarge(message)
    if (!this.#subscribed.has(topic) || this.#unjudged >= unjudgedMax) {
      return Promise.resolve(results.ignore)
    }
    this.#unjudged += 1
    return new Promise((resolve) => {
      let isJudged = false
      const judge = (verdict: Verdict): void => {
        if (isJudged) return
        isJudged = true
        clearTimeout(timeout)
        this.#unjudged -= 1
        resolve(results[verdict])
      }
      const timeout = setTimeout(() => judge('ignore'), verdictMsMax)
      peers.whenUp(from, (isUp) => {
        if (isUp) deliveries.push((receiver) => receiver.gossip(message, judge))
        else judge('ignore')
      })
    })
  }
}
