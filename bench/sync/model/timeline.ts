import { Heap } from '../../../src/actors/sync/download/heap.ts'

/** Virtual time: what is due first happens first, and of equals what was asked for first. */
export class Timeline {
  readonly #due = new Heap<() => void>()
  nowMs = 0

  at(ms: number, run: () => void): void {
    this.#due.push(Math.max(ms, this.nowMs), run)
  }

  /** Lets the next thing happen. False if there is none up to `untilMs`. */
  next(untilMs: number): boolean {
    if (this.#due.leastKey > untilMs) return false
    this.nowMs = this.#due.leastKey
    this.#due.pop()?.()
    return true
  }
}
