/**
 * How much each of many may have, and how fast that grows again: a token bucket by key. What was spent without
 * being there is a debt, so that a cost can be charged when it is known.
 */
import { assert } from '../../base/assert.ts'
import type { Millis } from '../../base/units.ts'

/** Keys that are remembered. When there are more, the one not used for longest starts afresh. */
const keysMax = 4_096

export interface Rate {
  /** What a key begins with, and never has more than. */
  readonly max: number
  readonly perSecond: number
}

interface Bucket {
  /** In thousandths: what comes in a millisecond is then a whole number, and sums are exact. */
  left: number
  atMs: Millis
}

export class Budgets {
  readonly #rate: Rate
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: Rate) {
    assert(rate.max > 0 && rate.perSecond > 0, 'a budget that is not nothing')
    this.#rate = rate
  }

  /** How long until a key has `amount`, if nothing is spent meanwhile; 0 if it has. `amount` is `max` at most. */
  waitMs(key: string, amount: number, nowMs: Millis): Millis {
    const lacking = amount * 1_000 - this.#bucket(key, nowMs).left
    return lacking <= 0 ? 0 : Math.ceil(lacking / this.#rate.perSecond)
  }

  spend(key: string, amount: number, nowMs: Millis): void {
    this.#bucket(key, nowMs).left -= amount * 1_000
  }

  #bucket(key: string, nowMs: Millis): Bucket {
    const { max, perSecond } = this.#rate
    const bucket = this.#buckets.get(key) ?? { left: max * 1_000, atMs: nowMs }
    const gained = Math.max(0, nowMs - bucket.atMs) * perSecond
    bucket.left = Math.min(max * 1_000, bucket.left + gained)
    bucket.atMs = nowMs
    // Put back at the end: the map's order is the order of last use.
    this.#buckets.delete(key)
    const [oldest] = this.#buckets.keys()
    if (oldest !== undefined && this.#buckets.size >= keysMax) this.#buckets.delete(oldest)
    this.#buckets.set(key, bucket)
    return bucket
  }
}
