/**
 * Which records lie in each lane, and how many in any stretch of time. Two levels: a count up to each of many
 * buckets, for what is narrower than a pixel, and the records themselves in order of time, for what is not.
 */

import { firstPlace } from './first.ts'

/** What of a run has to be known for this; record i is the i-th in order of time. */
export interface Placed {
  readonly count: number
  readonly atUs: Float64Array
  /** The lane of each record. */
  readonly lane: Uint16Array
  readonly laneCount: number
  readonly endUs: number
}

export interface LaneIndex {
  /** The records of each lane, in order of time. */
  readonly records: readonly Uint32Array[]
  /** How many of a lane's records come before each bucket; one more entry than buckets. */
  readonly before: readonly Uint32Array[]
  readonly bucketUs: number
}

const bucketsMax = 16_384

/** The lanes of the records that `isShown` marks. */
export function indexLanes(run: Placed, isShown: Uint8Array): LaneIndex {
  const bucketUs = Math.max(1, (run.endUs + 1) / bucketsMax)
  const before = countsOf(run, isShown, bucketUs)
  const records = before.map((counts) => new Uint32Array(counts[bucketsMax] ?? 0))
  const filled = new Uint32Array(run.laneCount)
  const { count, lane } = run
  for (let i = 0; i < count; i += 1) {
    if (isShown[i] === 0) continue
    const at = lane[i] ?? 0
    const place = filled[at] ?? 0
    const list = records[at] ?? none
    list[place] = i
    filled[at] = place + 1
  }
  return { records, before, bucketUs }
}

const none = new Uint32Array(0)

function countsOf(run: Placed, isShown: Uint8Array, bucketUs: number): readonly Uint32Array[] {
  const { count, lane, atUs, laneCount } = run
  const before = Array.from({ length: laneCount }, () => new Uint32Array(bucketsMax + 1))
  for (let i = 0; i < count; i += 1) {
    if (isShown[i] === 0) continue
    const counts = before[lane[i] ?? 0] ?? none
    const next = Math.floor((atUs[i] ?? 0) / bucketUs) + 1
    counts[next] = (counts[next] ?? 0) + 1
  }
  for (const counts of before) {
    for (let b = 1; b <= bucketsMax; b += 1) counts[b] = (counts[b] ?? 0) + (counts[b - 1] ?? 0)
  }
  return before
}

/** How many records of a lane come before a moment, to the bucket. */
export function roughlyBefore({ before, bucketUs }: LaneIndex, lane: number, us: number): number {
  const counts = before[lane]
  if (counts === undefined) return 0
  const bucket = Math.min(Math.max(0, Math.round(us / bucketUs)), bucketsMax)
  return counts[bucket] ?? 0
}

/** The place in `list` of its first record at or after a moment; its length if there is none. */
export function firstAtOrAfter(list: Uint32Array, atUs: Float64Array, us: number): number {
  return firstPlace(list.length, (place) => (atUs[list[place] ?? 0] ?? 0) >= us)
}
