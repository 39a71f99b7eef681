/**
 * One direction between two hosts: how long things take on it, and what gets lost by nature. What is
 * lost by a fault is a matter of `rules.ts`.
 *
 * A link serialises what is put on it at its bandwidth and then delays each piece by itself.
 */
import { constant, type Distribution, draw, exponential } from './distribution.ts'
import { SmallRandom } from './random.ts'

/** What a link is like. Rates are so many of a million messages. */
export interface LinkModel {
  readonly latency: Distribution
  /** Gossip that is dropped, and requests or answers that are, so that they time out. */
  readonly lossPerMillion: number
  /** Gossip that arrives twice. */
  readonly duplicatePerMillion: number
  /** Gossip that is held up by `reorderDelay` on top of its latency. */
  readonly reorderPerMillion: number
  readonly reorderDelay: Distribution
  /** Zero is no limit. */
  readonly bytesPerSecond: number
  /** What would wait longer than this for the bandwidth is dropped. */
  readonly backlogMsMax: number
  /** Whether requests and answers of one direction arrive in the order in which they were sent. */
  readonly isOrdered: boolean
}

const soundLink: LinkModel = {
  latency: constant(100),
  lossPerMillion: 0,
  duplicatePerMillion: 0,
  reorderPerMillion: 0,
  reorderDelay: constant(0),
  bytesPerSecond: 0,
  backlogMsMax: 10_000,
  isOrdered: true,
}

/** A machine room: 0.1 ms, nothing lost. */
export const localLink: LinkModel = soundLink

/** Between continents: 20 to 300 ms, 80 ms on average, one message in a thousand lost, 100 Mbit/s. */
export const wideLink: LinkModel = {
  ...soundLink,
  latency: exponential(20_000, 60_000, 300_000),
  lossPerMillion: 1_000,
  bytesPerSecond: 12_500_000,
}

export class Link {
  model: LinkModel
  readonly random: SmallRandom
  #busyUntilUs = 0
  #lastInOrderUs = 0
  readonly from: string
  readonly to: string

  /** `key` names its random stream. */
  constructor(ends: { from: string; to: string }, model: LinkModel, key: string) {
    this.from = ends.from
    this.to = ends.to
    this.model = model
    this.random = new SmallRandom(key)
  }

  /** When so many bytes arrive that are put on the link now; undefined if its queue is full. */
  arrivalUs(nowUs: number, bytes: number): number | undefined {
    const { bytesPerSecond, backlogMsMax, latency } = this.model
    if (bytesPerSecond === 0) return nowUs + draw(latency, this.random)
    const beginUs = Math.max(nowUs, this.#busyUntilUs)
    if (beginUs - nowUs > backlogMsMax * 1_000) return undefined
    this.#busyUntilUs = beginUs + this.spanUs(bytes)
    return this.#busyUntilUs + draw(latency, this.random)
  }

  /** Until when it is busy with what was put on it so far. */
  get busyUntilUs(): number {
    return this.#busyUntilUs
  }

  /** How long it takes to put so many bytes on the link. */
  spanUs(bytes: number): number {
    const { bytesPerSecond } = this.model
    return bytesPerSecond === 0 ? 0 : Math.ceil((bytes * 1_000_000) / bytesPerSecond)
  }

  /**
   * So much of what was sent last in order, or before, is not put on the link after all: what is sent from now
   * on goes so much sooner, but never before what stands behind it.
   */
  takeBack(us: number, dueUs: number): void {
    this.#busyUntilUs -= us
    if (this.#lastInOrderUs === dueUs) this.#lastInOrderUs -= us
  }

  /** As {@link arrivalUs}, behind whatever else was sent in order. */
  orderedArrivalUs(nowUs: number, bytes: number): number | undefined {
    const us = this.arrivalUs(nowUs, bytes)
    if (us === undefined || !this.model.isOrdered) return us
    this.#lastInOrderUs = Math.max(us, this.#lastInOrderUs)
    return this.#lastInOrderUs
  }

  /** Whether something happens that does in so many of a million cases. Draws nothing if never. */
  happens(perMillion: number): boolean {
    return perMillion > 0 && this.random.chance(perMillion, 1_000_000)
  }
}
