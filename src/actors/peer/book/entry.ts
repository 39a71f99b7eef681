/** One address that is remembered, and whether it is worth remembering. */
import type { Millis } from '../../../base/units.ts'
import type { PeerId } from '../../../kernel/environment.ts'
import type { Place } from '../place.ts'

/** As it is told and kept. Times may be negative: they are on the scale of this life of the node. */
export interface AddressFacts {
  readonly address: string
  /** The neighbourhood of whoever told it first. */
  readonly source: string
  readonly isTried: boolean
  readonly heardMs: Millis
  readonly triedMs: Millis | undefined
  readonly succeededMs: Millis | undefined
  /** Dials that failed since the last success. */
  readonly failures: number
}

/** As it lies in the book. */
export interface Entry {
  readonly address: string
  readonly peer: PeerId
  readonly place: Place
  readonly source: string
  isTried: boolean
  heardMs: Millis
  triedMs: Millis | undefined
  succeededMs: Millis | undefined
  failures: number
  /** Not dialled again before. */
  nextTryMs: Millis
  /** Where it lies in its table: several places while it is new, one when it is tried. */
  readonly places: number[]
  /** Where it lies in the list of its table. */
  listed: number
}

const minuteMs = 60_000
const dayMs = 86_400_000
const triesWithoutSuccessMax = 3
const failuresMax = 10
const failingMsMax = 7 * dayMs
const unseenMsMax = 30 * dayMs

/** Not worth a place: never found in three tries, lost for a week, or not heard of for a month. */
export function isTerrible(entry: Entry, nowMs: Millis): boolean {
  const { triedMs, succeededMs, failures, heardMs } = entry
  // It may be just about to succeed.
  if (triedMs !== undefined && nowMs - triedMs < minuteMs) return false
  if (nowMs - Math.max(heardMs, succeededMs ?? heardMs) > unseenMsMax) return true
  if (succeededMs === undefined) return failures >= triesWithoutSuccessMax
  return failures >= failuresMax && nowMs - succeededMs > failingMsMax
}

/** 1 in 2^20. */
export const chanceWhole = 1_048_576
/** 0.66 to the power of the failures, as Bitcoin has it, at most eight of them. */
const chances: readonly number[] = [
  1_048_576, 692_060, 456_759, 301_461, 198_964, 131_316, 86_668, 57_201, 37_753,
]
const recentMs = 10 * minuteMs

/** How likely an address is taken once it is drawn, of 2^20. */
export function chanceOf({ failures, triedMs }: Entry, nowMs: Millis): number {
  const chance = chances[Math.min(failures, chances.length - 1)] ?? 0
  const isRecent = triedMs !== undefined && nowMs - triedMs < recentMs
  return isRecent ? Math.ceil(chance / 100) : chance
}
