/**
 * A rolling 64-bit fingerprint of a run: two 32-bit lanes that every event is mixed into. Equal runs
 * have equal digests; two that part once never meet again (but for a chance of 2^-64). About three
 * nanoseconds an event, so it is always on.
 *
 * Not cryptographic. It finds accidents, not forgeries.
 */
import { toHex } from '../src/base/bytes.ts'

/** 64 bits of content, as two signed 32-bit words. */
export interface ContentHash {
  readonly low: number
  readonly high: number
}

/** A power of two. */
const recentKindsMax = 32

export class Digest {
  #a = 0x243f6a88
  #b = 0x85a308d3 | 0
  readonly #kinds = new Map<string, number>()
  /** The kind that was looked up last among those of one length, and its number: most look-ups end here. */
  readonly #recentKinds: string[] = new Array<string>(recentKindsMax).fill('')
  readonly #recentNumbers = new Int32Array(recentKindsMax)

  /** Mixes one whole number. */
  mix(value: number): void {
    this.#fold(value | 0, (value / 0x1_0000_0000) | 0)
  }

  /** Mixes what happened: when, at which node, in which of its actors, and the kind of message. */
  mixEvent(timeUs: number, node: number, actor: number, kind: string): void {
    this.#fold(timeUs | 0, (timeUs / 0x1_0000_0000) | 0)
    this.#fold((node << 16) ^ actor, this.#numberOf(kind))
  }

  /** Mixes content; the length counts too. */
  mixBytes(bytes: Uint8Array): void {
    this.mixContent(hashContent(bytes, 0))
  }

  /** Mixes content that was hashed before, as bytes that travel far are. */
  mixContent(content: ContentHash): void {
    this.#fold(content.low, content.high)
  }

  mixText(text: string): void {
    this.mix(text.length)
    for (let i = 0; i < text.length; i += 1) this.mix(text.charCodeAt(i))
  }

  /** Sixteen hexadecimal digits. Reading it changes nothing. */
  hex(): string {
    const bytes = new Uint8Array(8)
    const view = new DataView(bytes.buffer)
    view.setInt32(0, this.#a)
    view.setInt32(4, this.#b)
    return toHex(bytes)
  }

  #fold(low: number, high: number): void {
    const a = Math.imul(this.#a ^ low, 0x9e3779b1) ^ (this.#b >>> 15)
    this.#a = a
    this.#b = Math.imul(this.#b ^ high ^ a, 0x85ebca77) ^ (a >>> 13)
  }

  #numberOf(kind: string): number {
    const recent = kind.length % recentKindsMax
    if (this.#recentKinds[recent] === kind) return this.#recentNumbers[recent] ?? 0
    const number = this.#lookUp(kind)
    this.#recentKinds[recent] = kind
    this.#recentNumbers[recent] = number
    return number
  }

  /** A short number for a kind. A new kind is mixed as text once, so that numbers stand for names. */
  #lookUp(kind: string): number {
    const known = this.#kinds.get(kind)
    if (known !== undefined) return known
    const number = this.#kinds.size
    this.#kinds.set(kind, number)
    this.mixText(kind)
    return number
  }
}

/** The hash of `bytes`, four at a time. Different `salt`s give unrelated hashes. */
export function hashContent(bytes: Uint8Array, salt: number): ContentHash {
  let low = salt ^ 0x13198a2e
  let high = salt ^ bytes.length
  const wholeWords = bytes.length & ~3
  for (let at = 0; at < wholeWords; at += 4) {
    low = Math.imul(low ^ wordAt(bytes, at), 0x9e3779b1) ^ (high >>> 15)
    high = Math.imul(high ^ low, 0x85ebca77) ^ (low >>> 13)
  }
  for (let at = wholeWords; at < bytes.length; at += 1) {
    low = Math.imul(low ^ (bytes[at] ?? 0), 0x9e3779b1) ^ (high >>> 15)
    high = Math.imul(high ^ low, 0x85ebca77) ^ (low >>> 13)
  }
  low = Math.imul(low ^ (high >>> 16), 0xc2b2ae35)
  high = Math.imul(high ^ (low >>> 15), 0x27d4eb2f)
  return { low, high: high ^ (high >>> 13) }
}

function wordAt(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
  return low | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}
