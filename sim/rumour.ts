/**
 * Gossiped messages on their way, each one object however many hosts it visits: hashed once, and with one bit
 * for each host that has seen it. (A memory of messages in each host, the usual form, costs two cache
 * misses a hop; most hops end at it.)
 */
import { present } from '../src/base/assert.ts'
import { type ContentHash, hashContent } from './digest.ts'
import type { Cargo } from './rules.ts'

/** Messages, and bytes of them, that are remembered in the whole network: at least half of this. */
const rumoursMax = 32_768
const rumourBytesMax = 64 * 1_024 * 1_024

export class Rumour {
  readonly topic: string
  readonly data: Uint8Array
  readonly content: ContentHash
  readonly cargo: Cargo
  #visited: Uint8Array
  /** Since an old copy of it is on its way: when each listener has seen it. Who saw it before that is not here. */
  #seenUs: Map<number, number> | undefined = undefined
  #timedFromUs = 0

  constructor(topic: string, data: Uint8Array, content: ContentHash, listeners: number) {
    this.topic = topic
    this.data = data
    this.content = content
    this.cargo = { kind: 'gossip', label: topic, bytes: data.length }
    this.#visited = new Uint8Array((listeners >> 3) + 1)
  }

  /** An old copy of it will come: from now on it is written down when it is seen. */
  keepTimes(nowUs: number): void {
    if (this.#seenUs !== undefined) return
    this.#seenUs = new Map()
    this.#timedFromUs = nowUs
  }

  /** Whoever has not seen it since then has forgotten it. Asserts that times have been kept. */
  forget(untilUs: number): void {
    const times = present(this.#seenUs, 'times are kept')
    // Of those who saw it before times were kept nobody knows when.
    if (this.#timedFromUs > untilUs) return
    const recent = [...times].filter(([, seenUs]) => seenUs > untilUs)
    this.#visited.fill(0)
    this.#seenUs = new Map()
    for (const [listener, seenUs] of recent) this.see(listener, seenUs)
  }

  wasSeenBy(listener: number): boolean {
    return (((this.#visited[listener >> 3] ?? 0) >> (listener & 7)) & 1) === 1
  }

  /** Marks it as seen. False if it was. */
  see(listener: number, nowUs: number): boolean {
    if (this.wasSeenBy(listener)) return false
    this.#seenUs?.set(listener, nowUs)
    const at = listener >> 3
    if (at >= this.#visited.length) this.#grow(at + 1)
    this.#visited[at] = (this.#visited[at] ?? 0) | (1 << (listener & 7))
    return true
  }

  #grow(length: number): void {
    const grown = new Uint8Array(length * 2)
    grown.set(this.#visited)
    this.#visited = grown
  }
}

/** All messages of late, so that equal ones are one. */
export class RumourBook {
  #young = new Map<number, Rumour>()
  #youngBytes = 0
  #old = new Map<number, Rumour>()
  #listeners = 0

  /** A number for whoever will see messages: one for each life of each host, so that a new life has seen none. */
  addListener(): number {
    this.#listeners += 1
    return this.#listeners
  }

  /** The message with this topic and content. `data` must not be changed afterwards. */
  find(topic: string, data: Uint8Array): Rumour {
    const content = hashContent(data, saltOf(topic))
    const key = (content.high & 0x1f_ffff) * 0x1_0000_0000 + (content.low >>> 0)
    const known = this.#young.get(key) ?? this.#old.get(key)
    if (known !== undefined) return known
    this.#makeRoom()
    const rumour = new Rumour(topic, data, content, this.#listeners)
    this.#young.set(key, rumour)
    this.#youngBytes += data.length
    return rumour
  }

  /** When the younger half is full, it becomes the older one, and that is forgotten. */
  #makeRoom(): void {
    if (this.#young.size < rumoursMax / 2 && this.#youngBytes < rumourBytesMax / 2) return
    this.#old = this.#young
    this.#young = new Map()
    this.#youngBytes = 0
  }
}

function saltOf(topic: string): number {
  let salt = topic.length
  for (let i = 0; i < topic.length; i += 1) {
    salt = Math.imul(salt ^ topic.charCodeAt(i), 0x9e3779b1)
    salt ^= salt >>> 15
  }
  return salt
}
