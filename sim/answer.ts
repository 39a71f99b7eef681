/**
 * An answer on its way back to whoever asked: when its bytes come in, and how it is stopped. On a link with a
 * bandwidth they come in one after another at that pace; on one without, all at once.
 */
import type { Link } from './link.ts'
import type { Timeline, TimelineEntry, TimelineEvent } from './timeline.ts'

/** How much has come in, and when, in true microseconds. */
export interface Arrived {
  readonly bytes: number
  readonly firstUs: number
  readonly lastUs: number
}

export class AnswerFlight implements TimelineEvent {
  readonly #timeline: Timeline
  readonly #link: Link
  readonly #bytes: number
  readonly #arrive: () => void
  /** How long its bytes take, from the first to the last. */
  readonly #spanUs: number
  /** When the link is through with it. */
  #sentUs = 0
  /** Where its end stands on the timeline; undefined if it never set out. */
  #entry: TimelineEntry | undefined

  constructor(timeline: Timeline, link: Link, bytes: number, arrive: () => void) {
    this.#timeline = timeline
    this.#link = link
    this.#bytes = bytes
    this.#arrive = arrive
    this.#spanUs = link.spanUs(bytes)
  }

  sent(entry: TimelineEntry): void {
    this.#entry = entry
    this.#sentUs = this.#link.busyUntilUs
  }

  fire(): void {
    this.#arrive()
  }

  /** What has come in at `atUs`; undefined if nothing has. */
  arrivedAt(atUs: number): Arrived | undefined {
    if (this.#entry === undefined || this.#bytes === 0) return undefined
    const { dueUs } = this.#entry
    const firstUs = dueUs - this.#spanUs
    if (atUs < firstUs) return undefined
    if (atUs >= dueUs) return { bytes: this.#bytes, firstUs, lastUs: dueUs }
    const share = (atUs - firstUs) / this.#spanUs
    const bytes = Math.max(1, Math.floor(this.#bytes * share))
    return { bytes, firstUs, lastUs: firstUs + Math.floor((bytes / this.#bytes) * this.#spanUs) }
  }

  /** Nobody wants it any more at the far end. */
  drop(): void {
    if (this.#entry !== undefined) this.#timeline.cancel(this.#entry)
  }

  /** The sender has learned of that: what it has not sent yet makes room. */
  stop(): void {
    if (this.#entry === undefined) return
    const unsentUs = Math.min(this.#spanUs, this.#sentUs - this.#timeline.nowUs)
    if (unsentUs > 0) this.#link.takeBack(unsentUs, this.#entry.dueUs)
  }
}
