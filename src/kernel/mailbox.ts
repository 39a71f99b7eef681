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
 *
 * Most of the time there is nothing in it, or one item: that one has a field of its own, and the rings behind are
 * made when they are needed.
 */
export class Mailbox {
  #waiting = 0
  #controls = 0
  #normals = 0
  #firstControl: unknown = undefined
  #firstNormal: unknown = undefined
  #moreControls: Ring<unknown> | undefined
  #high: Ring<unknown> | undefined
  #moreNormals: Ring<unknown> | undefined
  readonly #waitingMax: number
  readonly #priorityOf: ((message: never) => Priority) | undefined

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
    if (this.#controls === 0) this.#firstControl = item
    else {
      this.#moreControls ??= new Ring()
      this.#moreControls.push(item)
    }
    this.#controls += 1
  }

  /** Adds a message of another actor. False if there was no room. */
  push(message: unknown): boolean {
    if (this.#waiting >= this.#waitingMax) return false
    this.#waiting += 1
    if (this.#priorityOf !== undefined && this.#priorityOf(message as never) === 'high') {
      this.#high ??= new Ring()
      this.#high.push(message)
    } else this.#pushNormal(message)
    return true
  }

  /** The next item to handle. Asserts that there is one. */
  shift(): unknown {
    if (this.#controls > 0) return this.#shiftControl()
    assert(this.#waiting > 0, 'the mailbox is not empty')
    this.#waiting -= 1
    const isHigh = this.#waiting >= this.#normals
    return isHigh && this.#high !== undefined ? this.#high.shift() : this.#shiftNormal()
  }

  /** Forgets what this life asked for. */
  clearControl(): void {
    this.#controls = 0
    this.#firstControl = undefined
    this.#moreControls?.clear()
  }

  #pushNormal(message: unknown): void {
    if (this.#normals === 0) this.#firstNormal = message
    else {
      this.#moreNormals ??= new Ring()
      this.#moreNormals.push(message)
    }
    this.#normals += 1
  }

  #shiftNormal(): unknown {
    const first = this.#firstNormal
    this.#normals -= 1
    this.#firstNormal = this.#normals > 0 ? this.#moreNormals?.shift() : undefined
    return first
  }

  #shiftControl(): unknown {
    const first = this.#firstControl
    this.#controls -= 1
    this.#firstControl = this.#controls > 0 ? this.#moreControls?.shift() : undefined
    return first
  }
}
