/**
 * Gossip over gossipsub: what comes in is handed up and waits for a verdict, and travels on after it.
 *
 * What was published or seen in the last two minutes is a duplicate and goes nowhere, whoever publishes
 * it. Whoever wants to repeat a message within that time has to make it differ.
 */
import { type GossipSub, TopicValidatorResult } from '@chainsafe/libp2p-gossipsub'
import { assert } from '../base/assert.ts'
import type { GossipMessage, Verdict } from '../kernel/environment.ts'
import type { Deliveries } from './deliveries.ts'
import { gossipBytesMax } from './gossip-rules.ts'
import type { PeerTable } from './peer-table.ts'

/** Messages that wait for a verdict. More are dropped, without blame. */
const unjudgedMax = 1_024
/** A verdict that has not come by then is `ignore`. */
const verdictMsMax = 30_000

/** Gossipsub's words for a verdict. */
const results: Readonly<Record<Verdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

/** One node's gossip. */
export class Gossip {
  readonly #pubsub: GossipSub
  readonly #topics: ReadonlySet<string>
  readonly #peers: PeerTable
  readonly #deliveries: Deliveries
  readonly #subscribed = new Set<string>()
  #unjudged = 0

  constructor(
    pubsub: GossipSub,
    topics: readonly string[],
    peers: PeerTable,
    deliveries: Deliveries,
  ) {
    this.#pubsub = pubsub
    this.#topics = new Set(topics)
    this.#peers = peers
    this.#deliveries = deliveries
    for (const topic of topics) {
      pubsub.topicValidators.set(topic, (from, { data }) => {
        // A copy, so that the frame it came in can go.
        return this.#judge({ topic, data: new Uint8Array(data), from: from.toString() })
      })
    }
  }

  /** Asserts that the topic is one of this network. */
  subscribe(topic: string): void {
    assert(this.#topics.has(topic), `${topic} is a topic of this network`)
    this.#subscribed.add(topic)
    this.#pubsub.subscribe(topic)
  }

  /** A message that is too large, seen of late, or wanted by nobody goes nowhere. */
  publish(topic: string, message: Uint8Array): void {
    if (message.length > gossipBytesMax) return
    // It rejects once the node is stopped; and gossip may always be lost.
    this.#pubsub.publish(topic, message).catch(() => {})
  }

  /** What gossipsub asks of each message it has not seen. It forwards nothing until this resolves. */
  #judge(message: GossipMessage): Promise<TopicValidatorResult> {
    const { topic, data, from } = message
    if (data.length > gossipBytesMax) return Promise.resolve(results.reject)
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
      this.#peers.whenUp(from, (isUp) => {
        if (isUp) this.#deliveries.push((receiver) => receiver.gossip(message, judge))
        else judge('ignore')
      })
    })
  }
}
