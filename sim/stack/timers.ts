/**
 * Timers on a host's clock: objects that behave as those of Node.js do. They live as long as the host does,
 * wait while it is paused, and never keep a process alive, since there is no process.
 */
import type { Clock, Timer } from '../../src/kernel/environment.ts'
import { Moment, type StackHost } from './host.ts'

/** Longer waits are taken for the shortest, as Node.js does. */
const delayMsMax = 2 ** 31 - 1

/** Timers that were asked for as numbers. */
const numbered = new Map<number, VirtualTimer>()
let lastNumber = 0

/** One timer, of one wake or of many. */
export class VirtualTimer {
  readonly #clock: Clock
  readonly #run: () => void
  readonly #moment = new Moment()
  readonly #delayMs: number
  readonly #repeats: boolean
  #timer: Timer | undefined
  #isReferenced = true
  #number = 0

  constructor(host: StackHost, run: () => void, delay: unknown, repeats: boolean) {
    this.#clock = host.clock
    this.#run = run
    this.#delayMs = delayOf(delay)
    this.#repeats = repeats
    this.#arm()
  }

  /** As `clearTimeout` does. */
  clear(): void {
    if (this.#timer !== undefined) this.#clock.cancel(this.#timer)
    this.#timer = undefined
    numbered.delete(this.#number)
  }

  close(): this {
    this.clear()
    return this
  }

  refresh(): this {
    if (this.#timer !== undefined) this.#clock.cancel(this.#timer)
    this.#arm()
    return this
  }

  ref(): this {
    this.#isReferenced = true
    return this
  }

  unref(): this {
    this.#isReferenced = false
    return this
  }

  hasRef(): boolean {
    return this.#isReferenced
  }

  [Symbol.dispose](): void {
    this.clear()
  }

  [Symbol.toPrimitive](): number {
    if (this.#number === 0) {
      lastNumber += 1
      this.#number = lastNumber
      numbered.set(lastNumber, this)
    }
    return this.#number
  }

  #arm(): void {
    const clock = this.#clock
    this.#timer = clock.wakeAt(clock.now() + this.#delayMs, () => this.#fire())
  }

  #fire(): void {
    this.#timer = undefined
    if (this.#repeats) this.#arm()
    else numbered.delete(this.#number)
    this.#moment.run(this.#run)
  }
}

/** What `setImmediate` gives: after the present event, before time moves on. */
export class VirtualImmediate {
  #isReferenced = true
  #isCleared = false

  constructor(host: StackHost, run: () => void) {
    const moment = new Moment()
    host.clock.soon(() => {
      if (!this.#isCleared) moment.run(run)
    })
  }

  clear(): void {
    this.#isCleared = true
  }

  ref(): this {
    this.#isReferenced = true
    return this
  }

  unref(): this {
    this.#isReferenced = false
    return this
  }

  hasRef(): boolean {
    return this.#isReferenced
  }

  [Symbol.dispose](): void {
    this.clear()
  }
}

/** Clears a timer of this world. False if it is none. */
export function clearVirtual(timer: unknown): boolean {
  if (timer instanceof VirtualTimer || timer instanceof VirtualImmediate) {
    timer.clear()
    return true
  }
  const number = typeof timer === 'string' ? Number(timer) : timer
  const known = typeof number === 'number' ? numbered.get(number) : undefined
  known?.clear()
  return known !== undefined
}

/** The delay that Node.js makes of what it is given: whole milliseconds, one at least. */
function delayOf(delay: unknown): number {
  const ms = Number(delay)
  return ms >= 1 && ms <= delayMsMax ? Math.trunc(ms) : 1
}
