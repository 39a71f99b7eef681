/** How fast something grows: the mean over the last ten seconds, from samples taken now and then. */
import type { Millis } from '../../base/units.ts'

const windowMs: Millis = 10_000
/** Samples closer together than this are taken for one. */
const sampleMs: Millis = 500

interface Sample {
  readonly atMs: Millis
  readonly total: number
}

export class Rate {
  #samples: Sample[] = []

  /** Tells how much there is in all at `nowMs`. A total that fell (a restart) begins anew. */
  observe(total: number, nowMs: Millis): void {
    const last = this.#samples.at(-1)
    if (last !== undefined && total < last.total) this.#samples = []
    if (last !== undefined && nowMs - last.atMs < sampleMs && this.#samples.length > 1) {
      this.#samples.pop()
    }
    this.#samples.push({ atMs: nowMs, total })
    const oldestMs = nowMs - windowMs
    const kept = this.#samples.findIndex(({ atMs }) => atMs >= oldestMs)
    // One from before the window stays, or a total that grows rarely would have no rate at all.
    if (kept > 1) this.#samples.splice(0, kept - 1)
  }

  /** Growth a second. */
  perSecond(): number {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0
    return ((last.total - first.total) * 1_000) / (last.atMs - first.atMs)
  }
}
