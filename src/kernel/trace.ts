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
  /** The life that took the question ended. `isAgain` says whether the next one is asked. */
  | { readonly kind: 'ask-ended'; readonly to: string; readonly isAgain: boolean }
  | { readonly kind: 'system-failed'; readonly error: string }

/** Reads a trace. It must neither throw nor act on the node. */
export interface TraceReader<Event> {
  /** An event of the actor at `path`, at monotonic time `now`. */
  event?(now: Millis, path: string, event: Event | KernelEvent): void
  /** One turn begins: the actor at `path` (number `actor` in its system) takes a message. */
  turn?(actor: number, message: string): void
  /** From now on the actor at this path has this number. Told once, before any turn of it. */
  actor?(actor: number, path: string): void
  /** If there is one, what waits for a turn is marked, so that whoever looks on knows what brought it about. */
  readonly marker?: Marker
}

/** Who is told of turns. */
export interface TurnReader {
  turn(actor: number, message: string): void
}

/** Knows what happens at the moment as a number, which means nothing here and is only carried along. */
export interface Marker {
  /** What happens now. */
  mark(): number
  /** From now on that happens again, or what follows from it. */
  resume(mark: number): void
}

/** Hands each event to each reader, in order. */
export class Trace<Event> {
  readonly #events: readonly TraceReader<Event>[]
  readonly #readers: readonly TraceReader<Event>[]
  /** The first that there is, if any: on a real node there is none. */
  readonly marker: Marker | undefined
  /** Who reads turns. Turns are many: whoever takes them holds this alone, and it is the reader itself if there is one. */
  readonly turns: TurnReader

  constructor(readers: readonly TraceReader<Event>[]) {
    this.#events = readers.filter((reader) => reader.event !== undefined)
    this.#readers = readers
    this.marker = readers.find((reader) => reader.marker !== undefined)?.marker
    const turns = readers.filter(readsTurns)
    const [sole] = turns
    this.turns = sole !== undefined && turns.length === 1 ? sole : allOf(turns)
  }

  event(now: Millis, path: string, event: Event | KernelEvent): void {
    for (const reader of this.#events) reader.event?.(now, path, event)
  }

  actor(actor: number, path: string): void {
    for (const reader of this.#readers) reader.actor?.(actor, path)
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
