/**
 * Second copies of what is overdue. What holds up the import (the lowest missing block, the lowest
 * missing headers, the certificates) is asked of a second peer as soon as it is late; what may come to hold it up,
 * when it is twice as late, and within a budget of one request in twenty, so that an outage does not double the
 * traffic. At the very end everything that is late is asked for twice. One copy more at most (of certificates
 * and headers, three); the first one that is verified wins, and the loser has done nothing wrong.
 *
 * Source: Dean & Barroso, "The tail at scale" (CACM 2013).
 */
import { Heap } from './heap.ts'
import type { DownloadOptions } from './options.ts'
import type { Flight, Work } from './work.ts'

const tokenShare = 0.05
const tokensMax = 16
const againMs = 100
const calmGrowth = 1.25
const calmDecay = 0.5
const calmMax = 4
const copiesOfBodiesMax = 3
/** One of the head's two may be as bad as the other. Without a third, both deadlines would have to pass. */
/** Certificates and headers are small, and at first nobody is known to be worth asking. */
const copiesOfHeadersMax = 4

/** What is to be known of the work, and how it is asked for again. */
export interface HedgeView {
  /** What holds up everything else. */
  readonly heads: readonly (Work | undefined)[]
  /** Nothing is left to ask for but what is in flight. */
  readonly isEnding: boolean
  /** Whether it may soon hold up the import. */
  isNear(work: Work): boolean
  /** So near to the target that nothing else matters. */
  isLast(work: Work): boolean
  /** False if there is nobody to ask. */
  again(flight: Flight): boolean
}

export class Hedges {
  readonly #options: DownloadOptions
  readonly #overdue = new Heap<Flight>()
  #tokens = 8
  /** How many times as late as expected something must be. */
  #calm = 1
  #requestsSeen = 0

  constructor(options: DownloadOptions) {
    this.#options = options
  }

  /** When the next request will be overdue; infinity if none will. */
  nextMs(heads: readonly (Work | undefined)[], nowMs: number): number {
    let nextMs = this.#overdue.leastKey
    if (!this.#options.hasHeadHedge) return nextMs
    for (const work of heads) {
      const flight = latestOf(work)
      const dueMs = flight === undefined ? nowMs : this.#dueMs(flight) + 1
      if (dueMs > nowMs) nextMs = Math.min(nextMs, dueMs)
    }
    return nextMs
  }

  /** A request was sent. */
  watch(flight: Flight): void {
    if (this.#options.hasWindowHedge && !flight.isHedge) {
      this.#overdue.push(flight.sentMs + 2 * this.#calm * flight.expectedMs, flight)
    }
  }

  /**
   * One of two copies was beaten. If that was the later one, it was not needed, and we look on a little longer the next
   * time: where our own link is slow, everything is late and a second copy makes it later.
   */
  judge(wasNeedless: boolean): void {
    const calm = this.#calm * (wasNeedless ? calmGrowth : calmDecay)
    this.#calm = Math.min(calmMax, Math.max(1, calm))
  }

  #dueMs({ sentMs, expectedMs }: Flight): number {
    return sentMs + this.#calm * expectedMs
  }

  step(view: HedgeView, { requests, open }: Volume, nowMs: number): void {
    this.#tokens = Math.min(tokensMax, this.#tokens + (requests - this.#requestsSeen) * tokenShare)
    this.#requestsSeen = requests
    if (this.#options.hasHeadHedge) {
      for (const work of view.heads) {
        const flight = latestOf(work)
        if (flight !== undefined && nowMs > this.#dueMs(flight)) view.again(flight)
      }
      if (view.isEnding) this.#end(view, open, nowMs)
    }
    if (this.#options.hasWindowHedge) this.#spend(view, nowMs)
  }

  #end(view: HedgeView, open: ReadonlySet<Flight>, nowMs: number): void {
    for (const flight of [...open]) {
      if (onlyFlightOf(flight.work) !== flight) continue
      if (nowMs > this.#dueMs(flight) || view.isLast(flight.work)) view.again(flight)
    }
  }

  #spend(view: HedgeView, nowMs: number): void {
    while (this.#overdue.leastKey <= nowMs) {
      const flight = this.#overdue.pop()
      if (flight === undefined || onlyFlightOf(flight.work) !== flight) continue
      const mayNow = this.#tokens >= 1 && view.isNear(flight.work)
      if (mayNow && view.again(flight)) this.#tokens -= 1
      else this.#overdue.push(nowMs + againMs, flight)
    }
  }
}

export interface Volume {
  /** Sent so far. */
  readonly requests: number
  readonly open: ReadonlySet<Flight>
}

/** The last request for what holds up everything, if there may be another copy. */
function latestOf(work: Work | undefined): Flight | undefined {
  if (work === undefined) return undefined
  const copiesMax = work.kind === 'bodies' ? copiesOfBodiesMax : copiesOfHeadersMax
  return work.flights.length < copiesMax ? work.flights.at(-1) : undefined
}

/** The request for a piece of work that is not hedged yet. */
function onlyFlightOf(work: Work | undefined): Flight | undefined {
  return work?.flights.length === 1 ? work.flights[0] : undefined
}
