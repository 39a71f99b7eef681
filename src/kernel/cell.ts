/** One actor's place in its system: its address, mailbox and present life. Only the runtime sees it so. */
import { assert } from '../base/assert.ts'
import type { Millis } from '../base/units.ts'
import type { Actor, Address, Context } from './actor.ts'
import type { OpenQuestion } from './context.ts'
import { Mailbox, type MailboxOptions } from './mailbox.ts'
import { Marked } from './marks.ts'
import type { SupervisorPolicy } from './supervisor.ts'

export type Factory<Message, Event> = (context: Context<Message, Event>) => Actor<Message>

/** Where a cell belongs to: whoever decides about its failures. */
export interface CellGroup {
  readonly path: string
  readonly policy: SupervisorPolicy
}

export class Cell implements Address<unknown> {
  // What each turn looks at comes first, so that it lies together.
  actor: Actor<unknown> | undefined
  /** What waits, if it is one item alone, as mostly; else undefined. */
  #sole: unknown = undefined
  /** Whether that is what the actor asked for itself. */
  #isSoleControl = false
  /** Whether the mailbox holds anything; then nothing waits here. */
  #isBusy = false
  isReady = false
  readonly number: number
  /** Counts up at each start and each end, so that what one life asked for never reaches another. */
  life = 0
  /** What was asked here last, of all that has no answer. */
  newestQuestion: OpenQuestion | undefined = undefined
  /** The next of those that are ready. */
  nextReady: Cell | undefined = undefined
  /** Nobody will ever read this mailbox again. */
  isDead = false
  readonly #mailbox: Mailbox
  readonly path: string
  readonly group: CellGroup
  readonly factory: Factory<unknown, unknown>
  /** How many lives have begun: the number that others get to see. */
  starts = 0
  restarts: readonly Millis[] = []

  constructor(
    place: { readonly path: string; readonly number: number; readonly group: CellGroup },
    options: MailboxOptions<never>,
    factory: Factory<unknown, unknown>,
  ) {
    this.path = place.path
    this.number = place.number
    this.group = place.group
    this.#mailbox = new Mailbox(options)
    this.factory = factory
  }

  /** Whether there is anything to do. Between two lives, messages of others wait. */
  get hasTurn(): boolean {
    if (this.#isBusy) return this.#mailbox.hasControl || this.actor !== undefined
    return this.#sole !== undefined && (this.#isSoleControl || this.actor !== undefined)
  }

  /** Messages of others that wait. */
  get waiting(): number {
    if (this.#isBusy) return this.#mailbox.waiting
    return this.#sole !== undefined && !this.#isSoleControl ? 1 : 0
  }

  /** The most messages of others that ever waited at once; 0 while none had to wait behind another. */
  get waitingMost(): number {
    return this.#mailbox.waitingMost
  }

  /** Adds a message of another actor. False if there was no room. */
  push(message: unknown): boolean {
    if (this.#takesSole(message, false)) return true
    return this.#mailbox.push(message)
  }

  /** Adds what the present life asked for. */
  pushControl(item: unknown): void {
    if (!this.#takesSole(item, true)) this.#mailbox.pushControl(item)
  }

  /** The next item to handle. Asserts that there is one. */
  shift(): unknown {
    if (this.#isBusy) return this.#shiftMailbox()
    const item = this.#sole
    assert(item !== undefined, 'something waits')
    this.#sole = undefined
    return item
  }

  /** Forgets what the present life asked for. */
  clearControl(): void {
    if (this.#isSoleControl) this.#sole = undefined
    this.#mailbox.clearControl()
    this.#isBusy = this.#mailbox.waiting > 0
  }

  /**
   * Open questions that no life will answer any more, in the order in which they were asked: this one took them, and it is
   * over. If the cell is dead, all.
   */
  unanswerable(): readonly OpenQuestion[] {
    if (this.newestQuestion === undefined) return []
    const waiting = new Set(this.isDead ? [] : this.#messages())
    const found: OpenQuestion[] = []
    let question: OpenQuestion | undefined = this.newestQuestion
    for (; question !== undefined; question = question.older) {
      if (!waiting.has(question.message)) found.push(question)
    }
    return found.reverse()
  }

  /** Messages of others that wait, as they were sent. */
  *#messages(): Generator<unknown> {
    if (this.#sole !== undefined && !this.#isSoleControl) yield asSent(this.#sole)
    for (const item of this.#mailbox.messages()) yield asSent(item)
  }

  /** Keeps an item here if it is alone. If it is not, what was alone goes to the mailbox before it. */
  #takesSole(item: unknown, isControl: boolean): boolean {
    if (this.#isBusy) return false
    if (this.#sole !== undefined) {
      this.#moveSole()
      return false
    }
    this.#sole = item
    this.#isSoleControl = isControl
    return true
  }

  #moveSole(): void {
    if (this.#isSoleControl) this.#mailbox.pushControl(this.#sole)
    else this.#mailbox.push(this.#sole)
    this.#sole = undefined
    this.#isBusy = true
  }

  #shiftMailbox(): unknown {
    const item = this.#mailbox.shift()
    this.#isBusy = this.#mailbox.hasControl || this.#mailbox.waiting > 0
    return item
  }
}

function asSent(item: unknown): unknown {
  return item instanceof Marked ? item.item : item
}
