/**
 * Gossip by flooding: a message goes to every neighbour that listens to its topic, and each of them passes
 * it on once, after its own verdict. Duplicates end at a bounded memory of what was seen.
 *
 * Leaner than gossipsub, which sends to a part of the neighbours and advertises to the rest; to a node it
 * looks the same but for more duplicates. One timeline event a hop, and the bytes are shared.
 */
import type { GossipMessage, Verdict } from '../src/kernel/environment.ts'
import type { ConnectionEnd } from './connection.ts'
import type { Fabric } from './fabric.ts'
import type { Life } from './life.ts'
import { Rumour } from './rumour.ts'
import type { TimelineEvent } from './timeline.ts'

/** The most bytes that gossip carries in one message. */
export const gossipBytesMax = 16 * 1_024

/** Messages that a host remembers having seen: at least half of this. */
const seenMax = 8_192
/** Gossip that waits for a paused host. More is dropped, as a full socket does. */
const pausedMax = 16_384

/** Where a host's gossip goes up. */
export interface GossipListener {
  readonly host: number
  readonly life: Life
  readonly topics: ReadonlySet<string>
  deliver(message: GossipMessage, verdict: (verdict: Verdict) => void): void
}

/** One host's part in the gossip, for one life. */
export class Gossip {
  readonly #fabric: Fabric
  readonly #listener: GossipListener
  readonly #neighbours: ConnectionEnd[] = []
  readonly #seen = new SeenMessages()

  constructor(fabric: Fabric, listener: GossipListener) {
    this.#fabric = fabric
    this.#listener = listener
  }

  addNeighbour(end: ConnectionEnd): void {
    this.#neighbours.push(end)
  }

  removeNeighbour(end: ConnectionEnd): void {
    const at = this.#neighbours.indexOf(end)
    if (at !== -1) this.#neighbours.splice(at, 1)
  }

  publish(topic: string, data: Uint8Array): void {
    if (data.length > gossipBytesMax) {
      this.#fabric.counts.oversize += 1
      return
    }
    const rumour = new Rumour(topic, data)
    if (this.#seen.add(rumour.key)) this.#spread(rumour, undefined)
  }

  /** A rumour has come in over `end`, which is one of ours. */
  arrive(end: ConnectionEnd, rumour: Rumour): void {
    const { life, topics, host } = this.#listener
    if (!life.isOpen) {
      if (life.waiting < pausedMax) life.enter({ fire: () => this.arrive(end, rumour) })
      return
    }
    if (!end.isOpen || !topics.has(rumour.topic) || !this.#seen.add(rumour.key)) return
    const { digest } = this.#fabric
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
    for (const end of this.#neighbours) {
      if (end === source || !end.far.owner.topics.has(rumour.topic)) continue
      const departure = this.#fabric.sendLoose(end.link, rumour.cargo, new Hop(end.far, rumour))
      if (departure === 'reset') broken = [...broken, end]
    }
    for (const end of broken) end.close()
  }
}

/** A rumour between two neighbours. */
class Hop implements TimelineEvent {
  readonly #end: ConnectionEnd
  readonly #rumour: Rumour

  /** `end` is the receiver's end of the connection. */
  constructor(end: ConnectionEnd, rumour: Rumour) {
    this.#end = end
    this.#rumour = rumour
  }

  fire(): void {
    const end = this.#end
    if (end.isWhole) end.owner.rumourArrived(end, this.#rumour)
  }
}

/** What a host has seen: two generations, of which the older is forgotten when the younger is full. */
class SeenMessages {
  #young = new Set<number>()
  #old = new Set<number>()

  /** Remembers a message. False if it was known. */
  add(key: number): boolean {
    if (this.#young.has(key) || this.#old.has(key)) return false
    if (this.#young.size >= seenMax / 2) {
      this.#old = this.#young
      this.#young = new Set()
    }
    this.#young.add(key)
    return true
  }
}
