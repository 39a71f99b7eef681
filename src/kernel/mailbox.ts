/** What waits for an actor, and in which order it is taken. */
import { assert } from '../base/assert.ts'
import { Ring } from '../base/ring.ts'

/** High goes before normal; within one priority the order of arrival holds. */
export type Priority = 'high' | 'normal'

export interface MailboxOptions<in Message> {
  /** Messages of others that may wait. A further one is refused, and its sender is told. */
  readonly waitingMax: number
  /** Normal, where this is absent. */
  readonly priorityOf?: (message: Message) => Priority
}

/**
 * One actor's queue. What others send is bounded; when full, the newest is refused, so that a flood
 * cannot push out what was accepted before it. What the actor asked for itself (timers, answers,
 * completions) is control: it goes first, is bounded by what was asked, and dies with the life that
 * asked, while messages of others wait for the next life.
 */
export class Mailbox {
  readonly #control = new Lane()
  readonly #high = new Lane()
  readonly #normal = new Lane()
  readonly #waitingMax: number
  readonly #priorityOf: ((message: never) => Priority) | undefined
  /** Counted here, so that asking an idle mailbox touches nothing else. */
  #waiting = 0
  #controls = 0

  constructor(options: MailboxOptions<never>) {
    this.#waitingMax = options.waitingMax
    this.#priorityOf = options.priorityOf
  }

  /** Messages of others that wait. */
  get waiting(): number {
    return this.#waiting
  }

  get hasControl(): boolean {
    return this.#controls > 0
  }

  pushControl(item: unknown): void {
    this.#controls += 1
    this.#control.push(item)
  }

  /** Adds a message of another actor. False if there was no room. */
  push(message: unknown): boolean {
    if (this.#waiting >= this.#waitingMax) return false
    this.#waiting += 1
    const priority = this.#priorityOf === undefined ? 'normal' : this.#priorityOf(message as never)
    if (priority === 'high') this.#high.push(message)
    else this.#normal.push(message)
    return true
  }

  /** The next item to handle. Asserts that there is one. */
  shift(): unknown {
    if (this.#controls > 0) {
      this.#controls -= 1
      return this.#control.shift()
    }
    this.#waiting -= 1
    return this.#high.isEmpty ? this.#normal.shift() : this.#high.shift()
  }

  /** Forgets what this life asked for. */
  clearControl(): void {
    if (this.#controls > 0) this.#control.clear()
    this.#controls = 0
  }
}

/** A queue that mostly holds nothing or one item, and keeps that one at hand. Items are never undefined. */
class Lane {
  #first: unknown = undefined
  #rest: Ring<unknown> | undefined

  get isEmpty(): boolean {
    return this.#first === undefined
  }

  push(item: unknown): void {
    if (this.#first === undefined) {
      this.#first = item
      return
    }
    this.#rest ??= new Ring()
    this.#rest.push(item)
  }

  shift(): unknown {
    const first = this.#first
    assert(first !== undefined, 'the lane is not empty')
    const isAlone = this.#rest === undefined || this.#rest.length === 0
    this.#first = isAlone ? undefined : this.#rest?.shift()
    return first
  }

  clear(): void {
    this.#first = undefined
    this.#rest?.clear()
  }
}
