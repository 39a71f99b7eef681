/**
 * One life of a process: the gate through which the world reaches it. Whatever calls into a node
 * (a timer, a message, a completion) passes here, so that nothing asked for by one life reaches
 * the next, and a process that stands still misses nothing.
 *
 * Does not know what the process is; `process.ts` begins lives and ends them.
 */
import { assert } from '../src/base/assert.ts'
import { Ring } from '../src/base/ring.ts'
import type { Timeline, TimelineEvent } from './timeline.ts'

export class Life {
  /** Counts the lives of one host, from 1. */
  readonly number: number
  readonly #timeline: Timeline
  readonly #waiting = new Ring<Entrance>()
  readonly #endings: (() => void)[] = []
  #isOver = false
  #isPaused = false
  #isBusy = false
  #isExact = true
  #isOpen = true
  #isPrompt = true

  constructor(timeline: Timeline, number: number) {
    this.#timeline = timeline
    this.number = number
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Neither over nor paused nor busy: the world may call in now. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Open, and its timers fire when they are due. */
  get isPrompt(): boolean {
    return this.#isPrompt
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Events that wait until it is open. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Runs `event` now, when this is open again, or never. */
  enter(event: Entrance): void {
    if (this.#isOpen) event.fire()
    else if (!this.#isOver) this.#waitFor(event)
  }

  /** Apart from where it is called, which would otherwise make room for a closure each time. */
  #waitFor(event: Entrance): void {
    const fire = this.#timeline.carried(() => this.enter(event))
    this.#waiting.push({ fire })
  }

  /** Stands still: what comes meanwhile waits. */
  pause(): void {
    assert(!this.#isOver, 'only the living pause')
    this.#isPaused = true
    this.#update()
  }

  /** Goes on: what waited happens now, in the order in which it came, before anything else. */
  resume(): void {
    this.#isPaused = false
    this.#update()
  }

  /** Stands still, or no more, because its machine has other things to do. A pause besides counts by itself. */
  setBusy(isBusy: boolean): void {
    this.#isBusy = isBusy && !this.#isOver
    this.#update()
  }

  /** Whether timers fire when they are due, or whoever owns them holds them back. */
  setExact(isExact: boolean): void {
    this.#isExact = isExact
    this.#update()
  }

  #update(): void {
    this.#isOpen = !this.#isOver && !this.#isPaused && !this.#isBusy
    this.#isPrompt = this.#isOpen && this.#isExact
    while (this.#isOpen && this.#waiting.length > 0) {
      const event = this.#waiting.shift()
      this.#timeline.soon(() => event.fire())
    }
  }

  /** `run` is called when this life ends, to give back what it held. */
  atEnd(run: () => void): void {
    this.#endings.push(run)
  }

  end(): void {
    assert(!this.#isOver, 'a life ends once')
    this.#isOver = true
    this.#update()
    this.#waiting.clear()
    for (const run of this.#endings) run()
    this.#endings.length = 0
  }
}

/** What may be held up by a pause. */
export interface Entrance {
  fire(): void
}

/** A value on its way into a process: `receive` gets it if this life lasts, after a pause if there is one. */
export class Delivery<Value> implements TimelineEvent, Entrance {
  readonly #life: Life
  readonly #receive: (value: Value) => void
  readonly #value: Value

  constructor(life: Life, receive: (value: Value) => void, value: Value) {
    this.#life = life
    this.#receive = receive
    this.#value = value
  }

  fire(): void {
    if (this.#life.isOpen) this.#receive(this.#value)
    else this.#life.enter(this)
  }
}

/** Hands a value into a process: now if it is open, as by a {@link Delivery} if it is not. */
export function deliver<Value>(life: Life, receive: (value: Value) => void, value: Value): void {
  if (life.isOpen) receive(value)
  else life.enter(new Delivery(life, receive, value))
}
