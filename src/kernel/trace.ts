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

/** Who is told of turns. */
export interface TurnReader {
  turn(actor: number, message: string): void
}

/** Hands each event to each reader, in order. */
export class Trace<Event> {
  readonly #events: readonly TraceReader<Event>[]
  /** Who reads turns. Turns are many: whoever takes them holds this alone, and it is the reader itself if there is one. */
  readonly turns: TurnReader

  constructor(readers: readonly TraceReader<Event>[]) {
    this.#events = readers.filter((reader) => reader.event !== undefined)
    const turns = readers.filter(readsTurns)
    const [sole] = turns
    this.turns = sole !== undefined && turns.length === 1 ? sole : allOf(turns)
  }

  event(now: Millis, path: string, event: Event | KernelEvent): void {
    for (const reader of this.#events) reader.event?.(now, path, event)
  }
}

function readsTurns<Event>(reader: TraceReader<Event>): reader is TraceReader<Event> & TurnReader {
  return reader.turn !== undefined
}

function allOf(readers: readonly TurnReader[]): TurnReader {
  return {
    turn: (actor, message) => {
      for (const reader of readers) reader.turn(actor, message)
    },
  }
}
