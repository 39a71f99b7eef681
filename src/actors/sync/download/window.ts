/**
 * How much may be in flight, from all peers together: what our own link carries in the time an
 * answer takes. More would only wait in somebody's queue, and look as if peers were slow.
 *
 *   growing ── six ticks without a quarter more ──→ steady
 *
 * It grows by BBR's startup gain. Then it is a multiple of the best rate of ten seconds, a little above
 * one, with now and then a tick to find out whether there is more and one to drain. Nothing a peer fails to do
 * makes it smaller: one that stalls must not slow us down with the others.
 */
const tickMs = 250
const ticksKept = 40
const ticksSmoothed = 4
const bytesMin = 2_000_000
const bytesStart = 8_000_000
const bytesMax = 64_000_000
const startGain = 2.89
const flatTicksMax = 6
const cycle = [1.5, 0.9, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1] as const
/** An answer is worth a quarter of a second, and two of them are open. */
const serviceMs = 500

export class Window {
  #bytes = bytesStart
  #isGrowing = true
  #flatTicks = 0
  #bestGrowing = 0
  #phase = 0
  #received = 0
  #lastTickMs: number | undefined
  readonly #recent: number[] = []
  readonly #rates: number[] = []
  #goodput = 0

  /** The most that may be in flight. */
  get bytes(): number {
    return this.#bytes
  }

  /** Bytes in a second: the best second of the last ten. */
  get goodput(): number {
    return this.#goodput
  }

  received(bytes: number): void {
    this.#received += bytes
  }

  /** To be called often. `rttMs` is the median peer's, asked for once a tick. */
  tick(nowMs: number, rttMs: () => number): void {
    this.#lastTickMs ??= nowMs
    const tookMs = nowMs - this.#lastTickMs
    if (tookMs < tickMs) return
    this.#lastTickMs = nowMs
    const rate = this.#smoothed((this.#received / tookMs) * 1_000)
    this.#received = 0
    this.#rates.push(rate)
    if (this.#rates.length > ticksKept) this.#rates.shift()
    this.#goodput = Math.max(...this.#rates)
    const carried = (this.#goodput * (rttMs() + serviceMs)) / 1_000
    if (this.#isGrowing) this.#grow(rate, carried)
    else this.#turn(carried)
  }

  /** Whole answers come in lumps: one tick alone may have those of two. */
  #smoothed(rate: number): number {
    this.#recent.push(rate)
    if (this.#recent.length > ticksSmoothed) this.#recent.shift()
    return this.#recent.reduce((sum, one) => sum + one, 0) / this.#recent.length
  }

  #grow(rate: number, carried: number): void {
    if (rate > this.#bestGrowing * 1.25) {
      this.#bestGrowing = rate
      this.#flatTicks = 0
    } else if (rate > 0) this.#flatTicks += 1
    this.#bytes = Math.min(bytesMax, Math.max(this.#bytes, startGain * carried))
    this.#isGrowing = this.#flatTicks < flatTicksMax
  }

  #turn(carried: number): void {
    this.#phase = (this.#phase + 1) % cycle.length
    const gain = cycle[this.#phase] ?? 1
    this.#bytes = Math.min(bytesMax, Math.max(bytesMin, gain * carried))
  }
}
