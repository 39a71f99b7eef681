/**
 * Gossiped messages as objects, one for equal topic and bytes, so that whoever watches gossip may remember what it knows
 * of one by identity. Equal bytes are found by a hash of 53 bits, which finds accidents and no forgeries.
 *
 * Does not remember for ever: what has not been seen for a while begins anew.
 */
import { hashContent } from '../digest.ts'
import type { Message } from './checker/checker.ts'

/** Messages that are remembered: at least half of this. */
const messagesMax = 65_536

export class MessageBook {
  /** By the very bytes, which the model of a network shares among all who hear them. */
  #byBytes = new Map<Uint8Array, Message>()
  #young = new Map<number, Message>()
  #old = new Map<number, Message>()

  /** The message of this topic and content. `bytes` must not be changed afterwards. */
  find(topic: string, bytes: Uint8Array): Message {
    const known = this.#byBytes.get(bytes)
    if (known !== undefined && known.topic === topic) return known
    return this.#byContent(topic, bytes)
  }

  #byContent(topic: string, bytes: Uint8Array): Message {
    const key = keyOf(topic, bytes)
    const known = this.#young.get(key) ?? this.#old.get(key)
    const message = known ?? { topic, bytes }
    this.#makeRoom()
    this.#young.set(key, message)
    this.#byBytes.set(bytes, message)
    return message
  }

  /** When the younger half is full, it becomes the older one, and that is forgotten. */
  #makeRoom(): void {
    if (this.#byBytes.size >= messagesMax) this.#byBytes = new Map()
    if (this.#young.size < messagesMax / 2) return
    this.#old = this.#young
    this.#young = new Map()
  }
}

function keyOf(topic: string, bytes: Uint8Array): number {
  let salt = topic.length
  for (let i = 0; i < topic.length; i += 1) salt = Math.imul(salt ^ topic.charCodeAt(i), 0x9e3779b1)
  const { high, low } = hashContent(bytes, salt)
  return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0)
}
