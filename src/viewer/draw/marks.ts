/**
 * Where single records are drawn in a lane: each at its time, and one above the other where several share a moment, as
 * those of one turn do. What is drawn and what the pointer finds follow from the same places.
 */

import { firstAtOrAfter, type LaneIndex } from '../model/lanes.ts'
import type { Run } from '../model/run.ts'
import { type TimeWindow, usAt, xOf } from '../time/window.ts'
import type { Row } from './rows.ts'

export interface Mark {
  readonly record: number
  readonly xPx: number
  readonly yPx: number
  /** How many records the mark stands for: more than one at the top of a stack that is too high. */
  readonly stands: number
}

/** Marks closer than this are one above the other. */
const stackPx = 3
const markPx = 5

/** The places of `list`, from `first` up to before `end`. */
export function marksOf(
  { atUs }: Pick<Run, 'atUs'>,
  list: Uint32Array,
  row: Row,
  window: TimeWindow,
): readonly Mark[] {
  const high = Math.max(1, Math.floor((row.basePx - row.topPx - 8) / markPx))
  const marks: Mark[] = []
  let stackX = Number.NEGATIVE_INFINITY
  let level = 0
  for (const record of list) {
    const xPx = xOf(window, atUs[record] ?? 0)
    if (xPx - stackX > stackPx) {
      stackX = xPx
      level = 0
    }
    const last = marks.at(-1)
    if (level >= high && last !== undefined)
      marks[marks.length - 1] = { ...last, stands: last.stands + 1 }
    else marks.push({ record, xPx, yPx: row.basePx - 6 - level * markPx, stands: 1 })
    level += 1
  }
  return marks
}

/** The records of a lane in a window, and a little to either side. */
export function recordsIn(
  { records }: LaneIndex,
  lane: number,
  atUs: Float64Array,
  window: TimeWindow,
): Uint32Array {
  const list = records[lane] ?? new Uint32Array(0)
  const first = firstAtOrAfter(list, atUs, usAt(window, -20))
  const end = firstAtOrAfter(list, atUs, usAt(window, window.widthPx + 20))
  return list.subarray(first, end)
}

/** So many records a pixel are drawn as how many they are, rather than each. */
export function isCrowded(records: number, { widthPx }: TimeWindow): boolean {
  return records > widthPx * 0.8
}
