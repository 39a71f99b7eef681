/**
 * A token bucket that may be overdrawn: what has come in cannot be refused any more, so it is counted, and whoever sent
 * it waits until it is paid for.
 */
import type { Millis } from '../../base/units.ts'

export interface Rate {
  /** What is earned, for ever. */
  readonly perSecond: number
  /** What there is at first, and at most. */
  readonly burst: number
}

export class Allowance {
  readonly #rate: Rate
  #left: number
  #atMs: Millis

  /** Full. `nowMs` is monotonic, here and below. */
  constructor(rate: Rate, nowMs: Millis) {
    this.#rate = rate
    this.#left = rate.burst
    this.#atMs = nowMs
  }

  spend(amount: number, nowMs: Millis): void {
    this.#earn(nowMs)
    this.#left -= amount
  }

  /** How long it takes to earn what is owed; 0 if nothing is. */
  owedMs(nowMs: Millis): Millis {
    this.#earn(nowMs)
    return this.#left >= 0 ? 0 : (-this.#left * 1_000) / this.#rate.perSecond
  }

  #earn(nowMs: Millis): void {
    const { perSecond, burst } = this.#rate
    const earned = ((nowMs - this.#atMs) * perSecond) / 1_000
    this.#left = Math.min(burst, this.#left + earned)
    this.#atMs = nowMs
  }
}
