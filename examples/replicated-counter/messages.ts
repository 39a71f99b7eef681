/** What replicas and clients say to each other, and what both tell whoever watches. */

/** How many increments each client has made. The counter shows their sum. */
export type Counts = Readonly<Record<string, number>>

/** A client's n-th increment. Whoever hears of the n-th knows of those before. */
export interface Increment {
  readonly client: string
  readonly number: number
}

/** What a replica tells the others, time and again. */
export interface Telling {
  readonly counts: Counts
  /** Gossip of the same bytes is one message, and travels once: this makes each another one. */
  readonly salt: number
}

export type CounterEvent =
  /** A client asks for an increment the first time. */
  | { readonly kind: 'asked'; readonly increment: Increment }
  /** A client hears that a replica has it for good. */
  | { readonly kind: 'acknowledged'; readonly increment: Increment; readonly by: string }
  /** A replica begins with what is on its disk. */
  | { readonly kind: 'opened'; readonly counts: Counts }
  /** A replica shows other counts than before. */
  | { readonly kind: 'changed'; readonly counts: Counts }
  /** A replica is asked for what it has: an answer was lost on the way. */
  | { readonly kind: 'repeated'; readonly increment: Increment }
  /** A replica could not write. */
  | { readonly kind: 'disk-refused' }

export const protocol = '/counter/1'
export const topic = 'counts'

/** The greater of each client's counts: in any order, and however often, it comes to the same. */
export function merged(one: Counts, other: Counts): Counts {
  const counts: Record<string, number> = { ...one }
  for (const [client, count] of Object.entries(other)) {
    counts[client] = Math.max(counts[client] ?? 0, count)
  }
  return counts
}

export function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function encode(value: Counts | Increment | Telling): Uint8Array {
  return encoder.encode(JSON.stringify(value))
}

/** Its own kind wrote it: a replica that lies is not among the faults here. */
export function decode<Value extends Counts | Increment | Telling>(bytes: Uint8Array): Value {
  return JSON.parse(decoder.decode(bytes))
}
