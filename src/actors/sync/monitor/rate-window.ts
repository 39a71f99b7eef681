/**
 * How much of something there was lately: sums in buckets of a quarter of a second, in whole numbers
 * and in memory that does not grow. Only buckets that are over are read, so a rate is exact for its
 * window and at most 250 ms old.
 */
import { assert } from '../../../base/assert.ts'
import type { Millis } from '../../../base/units.ts'

const bucketMs: Millis = 250
/** Ten seconds that are over, and the bucket that is being filled. */
const buckets = 41
const bucketsPerSecond = 1_000 / bucketMs
const minuteMs: Millis = 60_000
/** The best is forgotten after ten minutes: links change. */
const minutes = 10

/** Windows in which a rate can be asked for. */
export type WindowMs = 1_000 | 10_000

export class RateWindow {
  readonly #sums: number[] = new Array<number>(buckets).fill(0)
  /** The best second that ended in each of the last ten minutes. */
  readonly #bests: number[] = new Array<number>(minutes).fill(0)
  #bucket = 0
  #minute = 0

  /** Adds a whole number, 0 or more, at `nowMs`. Time that goes back counts as standing still. */
  add(amount: number, nowMs: Millis): void {
    assert(Number.isSafeInteger(amount) && amount >= 0, `an amount is a whole number: ${amount}`)
    this.#advance(nowMs)
    const at = this.#bucket % buckets
    this.#sums[at] = (this.#sums[at] ?? 0) + amount
  }

  /** What there was in the `windowMs` before the present bucket. */
  total(windowMs: WindowMs, nowMs: Millis): number {
    this.#advance(nowMs)
    return this.#totalUpTo(this.#bucket, windowMs / bucketMs)
  }

  /** The mean over the window, rounded down. */
  perSecond(windowMs: WindowMs, nowMs: Millis): number {
    return Math.floor((this.total(windowMs, nowMs) * 1_000) / windowMs)
  }

  /** The most that there was in any one second of the last ten. */
  peakPerSecond(nowMs: Millis): number {
    this.#advance(nowMs)
    let peak = 0
    for (let age = 0; age + bucketsPerSecond < buckets; age += 1) {
      peak = Math.max(peak, this.#totalUpTo(this.#bucket - age, bucketsPerSecond))
    }
    return peak
  }

  /** The most that there was in any one second of the last nine to ten minutes. */
  bestPerSecond(nowMs: Millis): number {
    this.#advance(nowMs)
    return Math.max(...this.#bests)
  }

  /** The sum of `count` buckets that end before bucket `end`. */
  #totalUpTo(end: number, count: number): number {
    let total = 0
    for (let i = Math.max(0, end - count); i < end; i += 1) total += this.#sums[i % buckets] ?? 0
    return total
  }

  #advance(nowMs: Millis): void {
    const bucket = Math.max(this.#bucket, Math.floor(nowMs / bucketMs))
    if (bucket === this.#bucket) return
    // No later second without additions can beat the one that ends with the bucket being closed.
    this.#noteBest(this.#totalUpTo(this.#bucket + 1, bucketsPerSecond))
    const cleared = Math.min(bucket - this.#bucket, buckets)
    for (let i = 1; i <= cleared; i += 1) this.#sums[(this.#bucket + i) % buckets] = 0
    // Beyond a whole turn every bucket is empty, and only the number is moved.
    this.#bucket = bucket
    this.#turnMinutes(Math.floor((bucket * bucketMs) / minuteMs))
  }

  #noteBest(perSecond: number): void {
    const at = this.#minute % minutes
    this.#bests[at] = Math.max(this.#bests[at] ?? 0, perSecond)
  }

  #turnMinutes(minute: number): void {
    const turned = Math.min(minute - this.#minute, minutes)
    for (let i = 1; i <= turned; i += 1) this.#bests[(this.#minute + i) % minutes] = 0
    this.#minute = minute
  }
}
