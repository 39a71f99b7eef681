/** One actor's place in its system: its address, mailbox and present life. Only the runtime sees it so. */
import type { Millis } from '../base/units.ts'
import type { Actor, Address, Context } from './actor.ts'
import { Mailbox, type MailboxOptions } from './mailbox.ts'
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
  readonly mailbox: Mailbox
  /** Counts up at each start and each end, so that what one life asked for never reaches another. */
  life = 0
  isReady = false
  /** The next of those that are ready. */
  nextReady: Cell | undefined = undefined
  /** Nobody will ever read this mailbox again. */
  isDead = false
  readonly number: number
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
    this.mailbox = new Mailbox(options)
    this.factory = factory
  }

  /** Whether there is anything to do. Between two lives, messages of others wait. */
  get hasTurn(): boolean {
    const { mailbox } = this
    return mailbox.hasControl || (this.actor !== undefined && mailbox.waiting > 0)
  }
}
