/**
 * Gossip by flooding: a message goes to every neighbour that listens to its topic, and each of them passes
 * it on once, after its own verdict.
 *
 * Leaner than gossipsub, which sends to a part of the neighbours and advertises to the rest; to a node it
 * looks the same but for more duplicates. One timeline event a hop, and the bytes are shared.
 */
import type { GossipMessage, Verdict } from '../src/kernel/environment.ts'
import type { ConnectionEnd } from './connection.ts'
import type { Fabric } from './fabric.ts'
import type { Life } from './life.ts'
import type { Rumour } from './rumour.ts'

/** The most bytes that gossip carries in one message. */
export const gossipBytesMax = 16 * 1_024

/** A neighbour whose conduct is worse is not heard. */
const heardConductMin = -40

/** Gossip that waits for a paused host. More is dropped, as a full socket does. */
const pausedMax = 16_384

/** Where a host's gossip goes up. */
export interface GossipListener {
  readonly host: number
  /** Its number in the book of rumours. */
  readonly listener: number
  readonly life: Life
  deliver(message: GossipMessage, verdict: (verdict: Verdict) => void): void
}

/** One host's part in the gossip, for one life. */
export class Gossip {
  readonly #fabric: Fabric
  readonly #listener: GossipListener
  /** Connections to those who listen, by topic. */
  readonly #audiences = new Map<string, ConnectionEnd[]>()
  /** The topic that was spread last, and to whom: most hosts have one topic. */
  #recentTopic: string | undefined = undefined
  #recentAudience: readonly ConnectionEnd[] = []

  constructor(fabric: Fabric, listener: GossipListener) {
    this.#fabric = fabric
    this.#listener = listener
  }

  addNeighbour(end: ConnectionEnd): void {
    for (const topic of end.far.owner.topics) this.neighbourSubscribed(end, topic)
  }

  neighbourSubscribed(end: ConnectionEnd, topic: string): void {
    const audience = this.#audiences.get(topic)
    if (audience === undefined) this.#audiences.set(topic, [end])
    else audience.push(end)
  }

  removeNeighbour(end: ConnectionEnd): void {
    for (const audience of this.#audiences.values()) {
      const at = audience.indexOf(end)
      if (at !== -1) audience.splice(at, 1)
    }
  }

  /** How many listen, by topic. */
  get neighbours(): ReadonlyMap<string, number> {
    return new Map([...this.#audiences].map(([topic, audience]) => [topic, audience.length]))
  }

  publish(topic: string, data: Uint8Array): void {
    if (data.length > gossipBytesMax) {
      this.#fabric.counts.oversize += 1
      return
    }
    const rumour = this.#fabric.rumours.find(topic, data)
    if (rumour.see(this.#listener.listener, this.#fabric.timeline.nowUs))
      this.#spread(rumour, undefined)
  }

  /** A rumour of a topic that we listen to has come in over `end`, which is one of ours. */
  arrive(end: ConnectionEnd, rumour: Rumour): void {
    const { life, host, listener } = this.#listener
    if (!life.isOpen) {
      if (life.waiting < pausedMax) life.enter({ fire: () => this.arrive(end, rumour) })
      return
    }
    // Not marked as seen: another neighbour may bring it.
    if (end.conduct < heardConductMin && !end.isFavoured) return
    const { digest, timeline } = this.#fabric
    if (!rumour.see(listener, timeline.nowUs)) return
    digest.mix(host)
    digest.mixContent(rumour.content)
    let isJudged = false
    const judge = (verdict: Verdict): void => {
      if (isJudged) return
      isJudged = true
      if (verdict === 'accept') this.#spread(rumour, end)
      else if (verdict === 'reject') end.rejected += 1
    }
    this.#listener.deliver({ topic: rumour.topic, data: rumour.data, from: end.peer }, judge)
  }

  #spread(rumour: Rumour, source: ConnectionEnd | undefined): void {
    let broken: readonly ConnectionEnd[] = []
    for (const end of this.#audienceOf(rumour.topic)) {
      if (end === source) continue
      // Gossipsub has no ordinary neighbours among those that it favours.
      if (source !== undefined && end.isFavouredThere && !end.isFavoured) continue
      const departure = this.#fabric.sendLoose(end, rumour)
      if (departure === 'reset') broken = [...broken, end]
      else end.outBytes += rumour.data.length
    }
    for (const end of broken) end.close()
  }

  #audienceOf(topic: string): readonly ConnectionEnd[] {
    if (topic === this.#recentTopic) return this.#recentAudience
    const audience = this.#audiences.get(topic)
    if (audience === undefined) return []
    this.#recentTopic = topic
    this.#recentAudience = audience
    return audience
  }
}
