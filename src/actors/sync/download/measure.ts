/**
 * What was measured of one peer, by answers that were verified and by nothing else: a peer can raise
 * what is thought of it only by serving well. None of it says anything about its honesty.
 *
 * Rates are bytes in a second. Sources: the estimators of round trips are TCP's (RFC 6298), the
 * largest of the last rates and the least of the last round trips are BBR's.
 */

/** One answer, as it came in. Times are since the request was sent. */
export interface Sample {
  readonly bytes: number
  readonly firstByteMs: number
  readonly elapsedMs: number
}

/** Assumed of a peer that has not answered yet. */
export const bandwidthInitial = 2_000_000
const rttInitialMs = 100

/** A round trip is forgotten after one to two of these. */
const rttHalfMs = 5_000
const ratesMax = 10
/** What comes first came with the first byte, and says nothing of the rate. */
const firstChunkBytes = 65_536
const rateMax = 1e10
/** Of what was observed, this much is still believed at the next observation: the last 50 count. */
const memory = 0.98

export class Measure {
  #rttNowMs = Number.POSITIVE_INFINITY
  #rttBeforeMs = Number.POSITIVE_INFINITY
  #rttSinceMs = 0
  #srttMs: number | undefined
  #rttvarMs = 0
  #bandwidth: number | undefined
  #rates: number[] = []
  #observations = 0
  #successes = 0

  /** The least time to the first byte in the last five to ten seconds. */
  get rttMinMs(): number {
    const least = Math.min(this.#rttNowMs, this.#rttBeforeMs)
    return least === Number.POSITIVE_INFINITY ? rttInitialMs : least
  }

  /** Bytes in a second, smoothed. */
  get bandwidth(): number {
    return this.#bandwidth ?? bandwidthInitial
  }

  /** The largest of the last ten. */
  get bandwidthMax(): number {
    return this.#rates.length === 0 ? this.bandwidth : Math.max(...this.#rates)
  }

  /** Discounted. */
  get observations(): number {
    return this.#observations
  }

  /** Discounted; never more than observations. */
  get successes(): number {
    return this.#successes
  }

  /** Smoothed time of a whole answer and so many of its deviations; undefined before the first. */
  answerMs(deviations: number): number | undefined {
    return this.#srttMs === undefined ? undefined : this.#srttMs + deviations * this.#rttvarMs
  }

  served(sample: Sample, nowMs: number): void {
    this.#observe(1)
    this.#addRtt(Math.max(1, sample.firstByteMs), nowMs)
    const { elapsedMs } = sample
    if (this.#srttMs === undefined) {
      this.#srttMs = elapsedMs
      this.#rttvarMs = elapsedMs / 2
    } else {
      this.#rttvarMs += (Math.abs(this.#srttMs - elapsedMs) - this.#rttvarMs) / 4
      this.#srttMs += (elapsedMs - this.#srttMs) / 8
    }
    const rate = rateOf(sample)
    this.#bandwidth =
      this.#bandwidth === undefined ? rate : this.#bandwidth + 0.3 * (rate - this.#bandwidth)
    this.#rates.push(rate)
    if (this.#rates.length > ratesMax) this.#rates.shift()
  }

  /** Nothing of use came in time. */
  failed(): void {
    this.#observe(0)
    this.#scale(0.5)
  }

  /** Another was quicker. Not its fault, but a hint. */
  lost(): void {
    this.#observe(0.5)
    if (this.#bandwidth !== undefined) this.#bandwidth *= 0.9
  }

  #observe(success: number): void {
    this.#observations = this.#observations * memory + 1
    this.#successes = this.#successes * memory + success
  }

  #scale(factor: number): void {
    this.#bandwidth = this.bandwidth * factor
    this.#rates = this.#rates.map((rate) => rate * factor)
  }

  #addRtt(rttMs: number, nowMs: number): void {
    if (nowMs - this.#rttSinceMs >= rttHalfMs) {
      const isOld = nowMs - this.#rttSinceMs >= 2 * rttHalfMs
      this.#rttBeforeMs = isOld ? Number.POSITIVE_INFINITY : this.#rttNowMs
      this.#rttNowMs = Number.POSITIVE_INFINITY
      this.#rttSinceMs = nowMs
    }
    this.#rttNowMs = Math.min(this.#rttNowMs, rttMs)
  }
}

function rateOf({ bytes, firstByteMs, elapsedMs }: Sample): number {
  const isLong = bytes > 1.5 * firstChunkBytes
  const counted = isLong ? bytes - firstChunkBytes : bytes
  const tookMs = isLong ? elapsedMs - firstByteMs : elapsedMs
  return Math.min(rateMax, (counted / Math.max(1, tookMs)) * 1_000)
}
