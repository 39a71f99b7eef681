/**
 * The decisions of one run, as far as they tell it from another: its digest at every so many events, and which random
 * streams it drew from, how often, and between which of those points. Not what was drawn: that follows from the labels
 * of the streams; nor the faults: those are the plan.
 *
 * Small whatever the run: see {@link thinned}.
 */
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import { StreamBook } from '../../../sim/stream-book.ts'
import type { Onlookers } from './run.ts'

/** The state of the run after so many events. */
export interface Checkpoint {
  readonly events: number
  readonly atMs: number
  /** 16 hexadecimal digits. */
  readonly digest: string
}

/** The use of one random stream. */
export interface StreamRecord {
  /** All labels from the root down, joined by slashes. */
  readonly label: string
  readonly draws: number
  /** 8 hexadecimal digits over what was drawn. */
  readonly checksum: string
  /**
   * Draws between each checkpoint and the one before it, the same several times over as `draws*times`; what is not
   * listed at the end is 0. Absent if there was no room.
   */
  readonly stretches?: string
}

export interface Decisions {
  /** There is a checkpoint whenever this many more events have happened. */
  readonly everyEvents: number
  readonly checkpoints: readonly Checkpoint[]
  readonly streams: readonly StreamRecord[]
  /** Streams that there was no room for. */
  readonly streamsLeftOut?: number
}

/** So many checkpoints a run has at most. At 256, a minute and a half has one every third of a second. */
export const checkpointsMax = 256

/** How far apart the checkpoints of a run of so many events are. */
export function spacingFor(events: number): number {
  return Math.max(1, Math.ceil(events / checkpointsMax))
}

/** Looks on at a run, and notes its decisions. */
export class DecisionRecorder {
  /** For the run. */
  readonly onlookers: Required<Pick<Onlookers, 'onCluster' | 'book'>>
  readonly #everyEvents: number
  readonly #book = new StreamBook()
  readonly #checkpoints: Checkpoint[] = []
  /** Draws of each stream by the end of each stretch. */
  readonly #drawn = new Map<string, number[]>()

  constructor(everyEvents: number) {
    this.#everyEvents = everyEvents
    this.onlookers = { book: this.#book, onCluster: (cluster) => this.#watch(cluster) }
  }

  /** What was noted so far. */
  decisions(): Decisions {
    const streams = this.#book.uses().map(({ label, draws, checksum }) => ({
      label,
      draws,
      checksum: checksum.toString(16).padStart(8, '0'),
      stretches: formatStretches(stretchesOf(this.#drawn.get(label) ?? [])),
    }))
    return { everyEvents: this.#everyEvents, checkpoints: [...this.#checkpoints], streams }
  }

  #watch({ simulation }: Cluster): void {
    simulation.onEvent(() => {
      const { events, nowMs, digest } = simulation
      if (events % this.#everyEvents !== 0) return
      const stretch = this.#checkpoints.length
      this.#checkpoints.push({ events, atMs: nowMs, digest: digest.hex() })
      for (const { label, draws } of this.#book.uses()) this.#note(label, stretch, draws)
    })
  }

  #note(label: string, stretch: number, draws: number): void {
    let drawn = this.#drawn.get(label)
    if (drawn === undefined) {
      drawn = []
      this.#drawn.set(label, drawn)
    }
    while (drawn.length < stretch) drawn.push(0)
    drawn.push(draws)
  }
}

function stretchesOf(drawn: readonly number[]): readonly number[] {
  return drawn.map((draws, index) => draws - (drawn[index - 1] ?? 0))
}

/** As in {@link StreamRecord}. */
export function formatStretches(stretches: readonly number[]): string {
  const words: string[] = []
  for (let from = 0; from < stretches.length; ) {
    let end = from + 1
    while (end < stretches.length && stretches[end] === stretches[from]) end += 1
    const isRest = end === stretches.length && stretches[from] === 0
    if (!isRest)
      words.push(end - from === 1 ? `${stretches[from]}` : `${stretches[from]}*${end - from}`)
    from = end
  }
  return words.join(' ')
}

/** The other way round. Undefined if the text is no such list, or has more than `lengthMax` numbers. */
export function parseStretches(text: string, lengthMax: number): readonly number[] | undefined {
  const stretches: number[] = []
  if (text === '') return stretches
  for (const word of text.split(' ')) {
    const [, draws, times = '1'] = /^(\d{1,10})(?:\*(\d{1,6}))?$/.exec(word) ?? []
    if (draws === undefined || stretches.length + Number(times) > lengthMax) return undefined
    for (let left = Number(times); left > 0; left -= 1) stretches.push(Number(draws))
  }
  return stretches
}

/** Fewer checkpoints than this say too little. */
const checkpointsMin = 16

/**
 * The same, in less room: with half of the checkpoints; or, when few are left, without the draws between them; or,
 * when that does not suffice either, with the first half of the streams.
 */
export function thinned(decisions: Decisions): Decisions {
  const { everyEvents, checkpoints, streams, streamsLeftOut = 0 } = decisions
  if (checkpoints.length > checkpointsMin) {
    return {
      ...decisions,
      everyEvents: 2 * everyEvents,
      checkpoints: checkpoints.filter((_, index) => index % 2 === 1),
      streams: streams.map((stream) => halved(stream, checkpoints.length)),
    }
  }
  if (streams.some(({ stretches }) => stretches !== undefined)) {
    const bare = streams.map(({ label, draws, checksum }) => ({ label, draws, checksum }))
    return { ...decisions, streams: bare }
  }
  const kept = streams.slice(0, streams.length >> 1)
  const streamsGone = streamsLeftOut + streams.length - kept.length
  return { ...decisions, streams: kept, streamsLeftOut: streamsGone }
}

function halved(stream: StreamRecord, checkpoints: number): StreamRecord {
  const stretches = parseStretches(stream.stretches ?? '', checkpoints) ?? []
  const pairs = Array.from({ length: Math.ceil(stretches.length / 2) }, (_, index) => {
    return (stretches[2 * index] ?? 0) + (stretches[2 * index + 1] ?? 0)
  })
  return { ...stream, stretches: formatStretches(pairs) }
}
