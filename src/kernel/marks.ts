/**
 * What waits in a mailbox, together with what brought it about. Only where somebody looks on who wants to know: on a real
 * node messages wait as they are.
 */
import type { MailboxOptions } from './mailbox.ts'

/** A message or continuation on its way to its turn. */
export class Marked {
  readonly item: unknown
  readonly mark: number

  constructor(item: unknown, mark: number) {
    this.item = item
    this.mark = mark
  }
}

/** The same mailbox, for what is marked. */
export function forMarked(options: MailboxOptions<never>): MailboxOptions<never> {
  const { priorityOf } = options
  if (priorityOf === undefined) return options
  return { ...options, priorityOf: ({ item }: Marked) => priorityOf(item as never) }
}
