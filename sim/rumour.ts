import { type ContentHash, hashContent } from './digest.ts'
import type { Cargo } from './fabric.ts'

/** A gossiped message on its way. One object, hashed once, however many hosts it visits. */
export class Rumour {
  readonly topic: string
  readonly data: Uint8Array
  readonly content: ContentHash
  /** Topic and content as one number of 53 bits, for the memories of what was seen. */
  readonly key: number
  readonly cargo: Cargo

  constructor(topic: string, data: Uint8Array) {
    this.topic = topic
    this.data = data
    this.content = hashContent(data, saltOf(topic))
    this.key = (this.content.high & 0x1f_ffff) * 0x1_0000_0000 + (this.content.low >>> 0)
    this.cargo = { kind: 'gossip', label: topic, bytes: data.length }
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
