/**
 * How likely a run fails, by how much of it is as it was: points in virtual time from which all chance is another, and
 * of how many runs from there so many fail on the same property. Where the share rises most, it is looked at more
 * closely, by halves.
 *
 * Runs nothing, and keeps of each point two numbers.
 */
import type { Millis } from '../../base/units.ts'
import { clopperPearson } from '../interval.ts'

/** Runs that were as they had been up to a time, and went on by another chance. */
export interface Point {
  readonly atMs: Millis
  readonly tries: number
  /** Those that failed on the same property. */
  readonly failed: number
}

/** Two neighbours, and what lies between them. */
export interface Stretch {
  readonly from: Point
  readonly to: Point
}

/** So many times evenly from the beginning to when it failed, both included, to the microsecond. */
export function evenly(endMs: Millis, count: number): readonly Millis[] {
  return Array.from({ length: count }, (_, index) => inMicros((endMs * index) / (count - 1)))
}

/** The share of a point that failed; 0 if nothing was tried. */
export function shareOf({ tries, failed }: Point): number {
  return tries === 0 ? 0 : failed / tries
}

/** The stretch in which the share rises most, the first of such; undefined if it rises nowhere. */
export function steepest(points: readonly Point[]): Stretch | undefined {
  let best: Stretch | undefined
  for (const [index, to] of points.entries()) {
    const from = points[index - 1]
    if (from === undefined || from.tries === 0 || to.tries === 0) continue
    if (shareOf(to) - shareOf(from) > (best === undefined ? 0 : riseOf(best))) best = { from, to }
  }
  return best
}

function riseOf({ from, to }: Stretch): number {
  return shareOf(to) - shareOf(from)
}

/** A stretch is not halved any more when it is as short as this. */
const widthMsMin: Millis = 1

/** The middle of a stretch, if that is worth looking at: it is long enough, and rises clearly. */
export function middleOf(stretch: Stretch): Millis | undefined {
  const { from, to } = stretch
  if (to.atMs - from.atMs <= widthMsMin || !isClear(stretch)) return undefined
  return inMicros((from.atMs + to.atMs) / 2)
}

/** That half of a stretch in which the share rises more; the first, if it is as much in both. */
export function halfOf({ from, to }: Stretch, middle: Point): Stretch {
  const [first, second] = [
    { from, to: middle },
    { from: middle, to },
  ]
  return riseOf(second) > riseOf(first) ? second : first
}

/** Whether a rise is worth a name, a quarter of all runs at least, and more than so few tries make of nothing. */
export function isClear(stretch: Stretch): boolean {
  const { from, to } = stretch
  const isBeyondChance =
    clopperPearson(from.failed, from.tries).high < shareOf(to) &&
    clopperPearson(to.failed, to.tries).low > shareOf(from)
  return riseOf(stretch) >= 0.25 && isBeyondChance
}

function inMicros(ms: Millis): Millis {
  return Math.round(ms * 1_000) / 1_000
}
