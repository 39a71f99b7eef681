/** What waits for an actor, and in which order it is taken. */
import { assert } from '../base/assert.ts'
import { Ring } from '../base/ring.ts'

/** High goes before normal; within one priority the order of arrival holds. */
export type Priority = 'high' | 'normal'

export interface MailboxOptions<in Message> {
  /** Messages of others that may wait, at least one. A further one is refused, and its sender is told. */
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
 * Made for the busy: an item that is alone waits in the cell itself.
 */
export class Mailbox {
  // Rings are made when they are needed: most actors never have two items at once.
  #controls: Ring<unknown> | undefined
  #high: Ring<unknown> | undefined
  #normals: Ring<unknown> | undefined
  readonly #waitingMax: number
  readonly #priorityOf: ((message: never) => Priority) | undefined
  #waitingMost = 0

  constructor({ waitingMax, priorityOf }: MailboxOptions<never>) {
    assert(waitingMax >= 1, 'room for a message')
    this.#waitingMax = waitingMax
    this.#priorityOf = priorityOf
  }

  /** Messages of others that wait. */
  get waiting(): number {
    return lengthOf(this.#high) + lengthOf(this.#normals)
  }

  /** Messages of others that wait, in no order that matters. */
  *messages(): Generator<unknown> {
    if (this.#high !== undefined) yield* this.#high
    if (this.#normals !== undefined) yield* this.#normals
  }

  /** The most that ever waited at once. */
  get waitingMost(): number {
    return this.#waitingMost
  }

  get hasControl(): boolean {
    return lengthOf(this.#controls) > 0
  }

  pushControl(item: unknown): void {
    this.#controls ??= new Ring()
    this.#controls.push(item)
  }

  /** Adds a message of another actor. False if there was no room. */
  push(message: unknown): boolean {
    const { waiting } = this
    if (waiting >= this.#waitingMax) return false
    if (waiting >= this.#waitingMost) this.#waitingMost = waiting + 1
    if (this.#priorityOf !== undefined && this.#priorityOf(message as never) === 'high') {
      this.#high ??= new Ring()
      this.#high.push(message)
    } else {
      this.#normals ??= new Ring()
      this.#normals.push(message)
    }
    return true
  }

  /** The next item to handle. Asserts that there is one. */
  shift(): unknown {
    if (lengthOf(this.#controls) > 0) return this.#controls?.shift()
    if (lengthOf(this.#high) > 0) return this.#high?.shift()
    assert(lengthOf(this.#normals) > 0, 'the mailbox is not empty')
    return this.#normals?.shift()
  }

  /** Forgets what this life asked for. */
  clearControl(): void {
    this.#controls?.clear()
  }
}

function lengthOf(ring: Ring<unknown> | undefined): number {
  return ring === undefined ? 0 : ring.length
}
