/**
 * What happened, as typed events. Actors emit and cannot read back, so that log lines, counters, the
 * digest of a run and its report are equal readers of one stream, and none can disturb the node.
 */
import type { Millis } from '../base/units.ts'

/** What the runtime itself reports. `path` in the record says of which actor. */
export type KernelEvent =
  | { readonly kind: 'actor-started'; readonly life: number }
  | { readonly kind: 'actor-stopped' }
  | { readonly kind: 'actor-failed'; readonly error: string; readonly decision: string }
  | { readonly kind: 'mailbox-full'; readonly message: string; readonly waiting: number }
  | { readonly kind: 'dead-letter'; readonly message: string }
  | { readonly kind: 'late-answer'; readonly lateMs: Millis }
  | { readonly kind: 'ask-timed-out'; readonly to: string }
  | { readonly kind: 'system-failed'; readonly error: string }

/** Reads a trace. It must neither throw nor act on the node. */
export interface TraceReader<Event> {
  /** An event of the actor at `path`, at monotonic time `now`. */
  event?(now: Millis, path: string, event: Event | KernelEvent): void
  /** One turn begins: the actor at `path` (number `actor` in its system) takes a message. */
  turn?(actor: number, message: string): void
}

/** Hands each event to each reader, in order. */
export class Trace<Event> {
  readonly #events: readonly TraceReader<Event>[]
  readonly #turns: readonly TraceReader<Event>[]
  /** The only reader of turns, if there is one: turns are many, and a list is two more things to touch. */
  readonly #soleTurns: TraceReader<Event> | undefined

  constructor(readers: readonly TraceReader<Event>[]) {
    this.#events = readers.filter((reader) => reader.event !== undefined)
    this.#turns = readers.filter((reader) => reader.turn !== undefined)
    this.#soleTurns = this.#turns.length === 1 ? this.#turns[0] : undefined
  }

  event(now: Millis, path: string, event: Event | KernelEvent): void {
    for (const reader of this.#events) reader.event?.(now, path, event)
  }

  turn(actor: number, message: string): void {
    if (this.#soleTurns !== undefined) this.#soleTurns.turn?.(actor, message)
    else for (const reader of this.#turns) reader.turn?.(actor, message)
  }
}
