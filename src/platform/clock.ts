/**
 * The real clock: monotonic time from `performance.now`, wall time from `Date.now`, timers on one
 * `setTimeout`. Node's own timers are not enough: they may fire up to a millisecond early, order equal
 * deadlines by duration instead of by request, and fire at once when the delay exceeds 2^31 ms. So the
 * deadlines wait in a heap, ordered by (due, order of asking), and a single alarm serves the earliest.
 *
 * It does not correct the wall clock; whoever needs a true one compares it with the peers'.
 */
import { assert } from '../base/assert.ts'
import { Ring } from '../base/ring.ts'
import type { Millis } from '../base/units.ts'
import type { Clock, Timer, Waker } from '../kernel/environment.ts'

/** The longest delay that `setTimeout` takes: with a longer one it fires at once. */
export const timeoutMsMax: number = 2 ** 31 - 1

/** Fewer cancelled alarms than this are not worth a sweep. */
const cancelledMin = 64

interface Alarm {
  readonly due: Millis
  readonly order: number
  /** Undefined once it has fired or was cancelled. */
  wake: (() => void) | undefined
}

/** A clock that can be stopped. */
export interface PlatformClock extends Clock {
  /** Cancels every timer and everything that `soon` would still run. Nothing fires afterwards. */
  close(): void
}

/** The clock of this process. Its timers keep the process alive until they fire or `close` is called. */
export function openClock(): PlatformClock {
  return new RealClock()
}

class RealClock implements PlatformClock {
  #heap: Alarm[] = []
  readonly #soon = new Ring<() => void>()
  #order = 0
  #cancelled = 0
  #timeout: NodeJS.Timeout | undefined
  #armedFor: Millis = Number.POSITIVE_INFINITY
  #immediate: NodeJS.Immediate | undefined
  #isClosed = false

  now(): Millis {
    return performance.now()
  }

  wall(): number {
    return Date.now()
  }

  wakeAt(due: Millis, wake: () => void): Timer {
    assert(!Number.isNaN(due), 'a deadline is a number')
    const alarm: Alarm = { due, order: this.#order, wake }
    this.#order += 1
    if (this.#isClosed) return alarm
    push(this.#heap, alarm)
    this.#arm()
    return alarm
  }

  waker<Value>(wake: (value: Value) => void): Waker<Value> {
    return { wakeAt: (due, value) => this.wakeAt(due, () => wake(value)) }
  }

  /**
   * A cancelled alarm stays in the heap until it comes to the top, or until half of the heap is such:
   * deadlines are mostly cancelled, and a heap that kept them would grow with every question asked.
   */
  cancel(timer: Timer): void {
    const alarm = timer as Alarm
    if (alarm.wake === undefined) return
    alarm.wake = undefined
    this.#cancelled += 1
    if (this.#cancelled > cancelledMin && this.#cancelled > this.#heap.length / 2) this.#sweep()
    if (alarm === this.#heap[0]) this.#arm()
  }

  soon(run: () => void): void {
    if (this.#isClosed) return
    this.#soon.push(run)
    this.#immediate ??= setImmediate(() => this.#runSoon())
  }

  close(): void {
    this.#isClosed = true
    this.#heap = []
    this.#soon.clear()
    clearTimeout(this.#timeout)
    clearImmediate(this.#immediate)
  }

  /** Runs what was asked for before now. What these ask for waits for the next round: I/O goes between. */
  #runSoon(): void {
    if (this.#soon.length === 0) return
    clearImmediate(this.#immediate)
    this.#immediate = undefined
    let left = this.#soon.length
    try {
      while (left > 0 && this.#soon.length > 0) {
        left -= 1
        this.#soon.shift()()
      }
    } finally {
      // Also after a throw: what stands behind the faulty one is not lost.
      if (this.#soon.length > 0) this.#immediate ??= setImmediate(() => this.#runSoon())
    }
  }

  #ring(): void {
    this.#timeout = undefined
    this.#armedFor = Number.POSITIVE_INFINITY
    // What is asked for, or comes due, while others run waits for the next alarm: I/O goes between.
    const now = performance.now()
    const asked = this.#order
    try {
      this.#runSoon()
      for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
        if (top.due > now || top.order >= asked) break
        pop(this.#heap)
        this.#fire(top)
        // What was asked for `soon` goes before the next timer.
        this.#runSoon()
      }
    } finally {
      this.#arm()
    }
  }

  #fire(alarm: Alarm): void {
    const { wake } = alarm
    if (wake === undefined) {
      this.#cancelled -= 1
      return
    }
    alarm.wake = undefined
    wake()
  }

  /** Drops the cancelled alarms. A sorted array is a heap. */
  #sweep(): void {
    this.#heap = this.#heap.filter((alarm) => alarm.wake !== undefined)
    this.#heap.sort((a, b) => a.due - b.due || a.order - b.order)
    this.#cancelled = 0
  }

  /** Sets the one alarm to the earliest live deadline. */
  #arm(): void {
    while (this.#heap[0] !== undefined && this.#heap[0].wake === undefined) {
      pop(this.#heap)
      this.#cancelled -= 1
    }
    const due = this.#heap[0]?.due ?? Number.POSITIVE_INFINITY
    if (due === this.#armedFor) return
    clearTimeout(this.#timeout)
    this.#timeout = undefined
    this.#armedFor = due
    if (due === Number.POSITIVE_INFINITY) return
    const delayMs = Math.max(0, Math.ceil(due - performance.now()))
    this.#timeout = setTimeout(() => this.#ring(), Math.min(delayMs, timeoutMsMax))
  }
}

// ----- a binary heap by (due, order) -----

function isBefore(a: Alarm, b: Alarm): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order)
}

function push(heap: Alarm[], alarm: Alarm): void {
  let at = heap.push(alarm) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (parent === undefined || !isBefore(alarm, parent)) break
    heap[at] = parent
    at = above
  }
  heap[at] = alarm
}

function pop(heap: Alarm[]): Alarm | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return top
  let at = 0
  for (;;) {
    const least = lesserChild(heap, at)
    const child = heap[least]
    if (child === undefined || !isBefore(child, last)) break
    heap[at] = child
    at = least
  }
  heap[at] = last
  return top
}

function lesserChild(heap: readonly Alarm[], at: number): number {
  const left = 2 * at + 1
  const a = heap[left]
  const b = heap[left + 1]
  return a !== undefined && b !== undefined && isBefore(b, a) ? left + 1 : left
}
