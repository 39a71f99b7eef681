/**
 * Links, each one direction between two hosts: how long things take on it, and what gets lost by nature. What is
 * lost by a fault is a matter of `rules.ts`.
 *
 * A link serialises what is put on it at its bandwidth and then delays each piece by itself. What is urgent does not
 * wait for all that was put on it before, only until the piece under way has left.
 */
import { constant, type Distribution, draw, exponential } from './distribution.ts'
import { type SimRandom, SmallRandom } from './random.ts'
import type { Meter } from './stream-book.ts'

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

/** A link, by the number of its row in {@link Links}. */
export type LinkNumber = number

/** Rows of one host lie together by so many: gossip goes out over all links of a host at once. */
const rowsTogether = 8
/** A row is 32 bytes, half a line of the processor's cache: three times and a random stream. */
const timesPerRow = 4
const wordsPerRow = 8
const busyUntilUs = 0
const lastInOrderUs = 1
const streamWord = 4
const urgentUntilUs = 3
/** How much of what is not urgent leaves in one go. */
const pieceBytes = 65_536

/**
 * All links of a world, as rows of numbers. An object each, with its stream, would be five times as many bytes in
 * several places; of thousands of links hardly any would be in the processor's cache when it is used.
 */
export class Links {
  readonly #models: LinkModel[] = []
  readonly #from: string[] = []
  readonly #to: string[] = []
  /** Where the next link from a host goes. A multiple of `rowsTogether` is the end of its rows. */
  readonly #next = new Map<string, LinkNumber>()
  #times = new Float64Array(timesPerRow * rowsTogether)
  /** The same bytes as words. */
  #words = new Int32Array(this.#times.buffer)
  #random = new SmallRandom(this.#words)
  readonly #parent: SimRandom
  /** The parent's generation when the streams were seeded. */
  #generation: number
  /** By link, if the use of streams is noted. */
  readonly #meters: Meter[] = []

  /** The streams of links are children of `parent`, by the names of their ends. */
  constructor(parent: SimRandom) {
    this.#parent = parent
    this.#generation = parent.generation
  }

  /** Adds the link of a direction. */
  add(from: string, to: string, model: LinkModel): LinkNumber {
    const link = this.#takeRow(from)
    this.#models[link] = model
    this.#from[link] = from
    this.#to[link] = to
    this.#seed(link)
    return link
  }

  model(link: LinkNumber): LinkModel {
    return this.#models[link] as LinkModel
  }

  setModel(link: LinkNumber, model: LinkModel): void {
    this.#models[link] = model
  }

  ends(link: LinkNumber): { readonly from: string; readonly to: string } {
    return { from: this.#from[link] ?? '', to: this.#to[link] ?? '' }
  }

  /** When so many bytes arrive that are put on the link now; undefined if its queue is full. */
  arrivalUs(link: LinkNumber, nowUs: number, bytes: number): number | undefined {
    const { bytesPerSecond, backlogMsMax, latency } = this.model(link)
    if (bytesPerSecond === 0) return nowUs + this.drawUs(link, latency)
    const at = timesPerRow * link + busyUntilUs
    const beginUs = Math.max(nowUs, this.#times[at] ?? 0)
    if (beginUs - nowUs > backlogMsMax * 1_000) return undefined
    const endUs = beginUs + this.spanUs(link, bytes)
    this.#times[at] = endUs
    return endUs + this.drawUs(link, latency)
  }

  /** As {@link arrivalUs}, between the pieces of whatever else waits: that leaves so much later instead. */
  urgentArrivalUs(link: LinkNumber, nowUs: number, bytes: number): number | undefined {
    const { bytesPerSecond, backlogMsMax, latency } = this.model(link)
    if (bytesPerSecond === 0) return nowUs + this.drawUs(link, latency)
    const times = this.#times
    const row = timesPerRow * link
    const busyUs = this.busyUntilUs(link)
    const pieceUs = nowUs + this.spanUs(link, pieceBytes)
    const beginUs = Math.max(nowUs, times[row + urgentUntilUs] ?? 0, Math.min(busyUs, pieceUs))
    if (beginUs - nowUs > backlogMsMax * 1_000) return undefined
    const spanUs = this.spanUs(link, bytes)
    times[row + urgentUntilUs] = beginUs + spanUs
    times[row + busyUntilUs] = Math.max(busyUs, nowUs) + spanUs
    return beginUs + spanUs + this.drawUs(link, latency)
  }

  /** How long it takes to put so many bytes on the link. */
  spanUs(link: LinkNumber, bytes: number): number {
    const { bytesPerSecond } = this.model(link)
    return bytesPerSecond === 0 ? 0 : Math.ceil((bytes * 1_000_000) / bytesPerSecond)
  }

  /** Until when it is busy with what was put on it so far. */
  busyUntilUs(link: LinkNumber): number {
    return this.#times[timesPerRow * link + busyUntilUs] ?? 0
  }

  /**
   * So much of what was to arrive at `dueUs` is not put on the link after all: what is sent from now on goes so much
   * sooner, but never before what stands behind it.
   */
  takeBack(link: LinkNumber, us: number, dueUs: number): void {
    const times = this.#times
    const row = timesPerRow * link
    times[row + busyUntilUs] = this.busyUntilUs(link) - us
    if (times[row + lastInOrderUs] === dueUs) times[row + lastInOrderUs] = dueUs - us
  }

  /** As {@link arrivalUs}, behind whatever else was sent in order, and `delayUs` later. */
  orderedArrivalUs(
    link: LinkNumber,
    nowUs: number,
    bytes: number,
    delayUs: number,
  ): number | undefined {
    const us = this.arrivalUs(link, nowUs, bytes)
    if (us === undefined) return undefined
    if (!this.model(link).isOrdered) return us + delayUs
    const at = timesPerRow * link + lastInOrderUs
    const orderedUs = Math.max(us + delayUs, this.#times[at] ?? 0)
    this.#times[at] = orderedUs
    return orderedUs
  }

  /** Whether something happens that does in so many of a million cases. Draws nothing if never. */
  happens(link: LinkNumber, perMillion: number): boolean {
    return perMillion > 0 && this.#stream(link).chance(perMillion, 1_000_000)
  }

  /** A time of this law, by the link's own stream. */
  drawUs(link: LinkNumber, law: Distribution): number {
    return draw(law, this.#stream(link))
  }

  #stream(link: LinkNumber): SmallRandom {
    if (this.#generation !== this.#parent.generation) this.#seedAll()
    return this.#random.stream(wordsPerRow * link + streamWord)
  }

  #seed(link: LinkNumber): void {
    const { from, to } = this.ends(link)
    const origin = this.#parent.originOf(`${from}>${to}`)
    const at = wordsPerRow * link + streamWord
    this.#meters[link]?.close()
    this.#random.seed(at, origin)
    const { book } = this.#parent
    if (book === undefined) return
    this.#meters[link] = book.metered(
      origin,
      SmallRandom.meter(() => ({ words: this.#words, at })),
    )
  }

  /** The world was re-seeded since the last draw. */
  #seedAll(): void {
    this.#generation = this.#parent.generation
    for (let link = 0; link < this.#from.length; link += 1) this.#seed(link)
  }

  #takeRow(from: string): LinkNumber {
    const next = this.#next.get(from) ?? 0
    const link = next % rowsTogether === 0 ? this.#takeRows() : next
    this.#next.set(from, link + 1)
    return link
  }

  /** The first of some new rows. */
  #takeRows(): LinkNumber {
    const first = this.#models.length
    // Places are taken at once, so that the array has no gaps.
    for (let row = first; row < first + rowsTogether; row += 1) this.#models.push(soundLink)
    const capacity = this.#times.length / timesPerRow
    if (this.#models.length > capacity) this.#grow(2 * capacity)
    return first
  }

  #grow(rows: number): void {
    const times = new Float64Array(timesPerRow * rows)
    times.set(this.#times)
    this.#times = times
    this.#words = new Int32Array(times.buffer)
    this.#random = new SmallRandom(this.#words)
  }
}
