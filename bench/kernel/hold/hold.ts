/**
 * The hold model (Jones, Communications of the ACM 29/4, 1986): a fixed number of entities, each of which waits,
 * acts, and waits again. It is the usual measure of an event queue, and here of everything that stands between
 * a queue and an actor.
 *
 * The work is the same for every program: delays are whole milliseconds from one table, chosen by a generator of
 * each entity's own, and the sum of entity × time over all events must come out equal.
 */

/** One program's way to do it. What the call does is preparation; what its result does is measured. */
export type HoldProgram = (hold: Hold) => () => void | Promise<void>

const delayTableBits = 12
const meanDelayMs = 1_000
const goldenRatio = 0x9e3779b9

/** Delays with an exponential law: one millisecond, and a second on average. */
export const delayTable: readonly number[] = Array.from({ length: 2 ** delayTableBits }, (_, i) => {
  const quantile = (i + 0.5) / 2 ** delayTableBits
  return 1 + Math.round(-meanDelayMs * Math.log(1 - quantile))
})

const delays = Int32Array.from(delayTable)

export class Hold {
  readonly entities: number
  readonly eventsMax: number
  readonly #states: Int32Array
  #events = 0
  #check = 0

  constructor(entities: number, eventsMax: number) {
    this.entities = entities
    this.eventsMax = eventsMax
    this.#states = Int32Array.from({ length: entities }, (_, i) => Math.imul(i + 1, goldenRatio))
  }

  /** How long the entity waits next. */
  delayMs(entity: number): number {
    const state = ((this.#states[entity] ?? 0) + goldenRatio) | 0
    this.#states[entity] = state
    let word = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
    return delays[(word ^ (word >>> 16)) >>> (32 - delayTableBits)] ?? 0
  }

  /** The entity has its turn. */
  hit(entity: number, nowMs: number): void {
    this.#events += 1
    this.#check = (this.#check + Math.imul(nowMs, entity + 1)) | 0
  }

  get isDone(): boolean {
    return this.#events >= this.eventsMax
  }

  /** Events and sum: equal for equal work. */
  get check(): string {
    return `${this.#events} ${this.#check >>> 0}`
  }
}
