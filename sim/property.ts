/**
 * What must hold, and what should happen, as judges of the events that programs emit. A property has a constant
 * name, so that a sweep can tell which were never put to the test: an oracle that has seen nothing has proved nothing.
 *
 * Programs know nothing of properties. What they emit is read by whoever is there: a log in production, judges here.
 * So an assertion in the midst of an actor is an event and a property of it, and costs a production run nothing.
 */
import type { Millis } from '../src/base/units.ts'
import type { AnyMessage } from '../src/kernel/actor.ts'
import type { KernelEvent } from '../src/kernel/trace.ts'

/** An event, and where and when it was emitted. */
export interface Seen<Event> {
  /** True milliseconds since the world began, whatever the host's clock shows. */
  readonly atMs: Millis
  readonly host: string
  /** Counts the processes of this host, from 1. */
  readonly life: number
  /** The actor. */
  readonly path: string
  readonly event: Event | KernelEvent
}

/**
 * What a judge makes of what it saw. `true`: the property was put to the test and held, or what should happen did.
 * A text: it is broken, and how. `undefined`: this says nothing of it.
 */
export type Finding = true | string | undefined

/** Watches one run. What it remembers is its own: it does not ask the code under test. */
export interface Judge<Event> {
  event?(seen: Seen<Event>): Finding
  /** Asked once when the story is over: the place of what must hold in the end. */
  end?(): Finding
}

export interface Property<Event> {
  readonly name: string
  /** Whether a sweep in which it was never put to the test, or never happened, lacks something. */
  readonly isDue: boolean
  /** A judge that has seen nothing yet, one for each run. */
  readonly judge: () => Judge<Event>
}

/** What must hold whenever it is put to the test; which some run of a sweep has to do. */
export function always<Event>(name: string, judge: () => Judge<Event>): Property<Event> {
  return { name, isDue: true, judge }
}

/** What must not happen. `is` returns true, or how it happened. No run need come near it. */
export function never<Event extends AnyMessage>(
  name: string,
  is: (seen: Seen<Event>) => boolean | string,
): Property<Event> {
  const event = (seen: Seen<Event>): Finding => {
    const found = is(seen)
    if (found === false) return undefined
    return found === true ? `${seen.event.kind} of ${seen.path}` : found
  }
  return { name, isDue: false, judge: () => ({ event }) }
}

/** What has to happen in some run of a sweep, or the sweep was tame: a path taken, a fault felt. */
export function sometimes<Event>(
  name: string,
  is: (seen: Seen<Event>) => boolean,
): Property<Event> {
  const event = (seen: Seen<Event>): Finding => (is(seen) ? true : undefined)
  return { name, isDue: true, judge: () => ({ event }) }
}

/** That no actor throws, for programs in which that is never an answer to a fault of the world. */
export const noActorFails: Property<AnyMessage> = never('no actor fails', ({ path, event }) =>
  event.kind === 'actor-failed' && 'error' in event ? `${path}: ${event.error}` : false,
)
