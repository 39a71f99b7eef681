/** What a suite comes to: figures for people, and the same as plain data for machines. */
import type { Machine } from './machine.ts'

export interface Result {
  /** Unique within its suite, and the same from one version to the next. */
  readonly name: string
  readonly value: number
  readonly unit: string
  /** How many units of work one measurement did. */
  readonly size?: number
  /** What `ratio` compares with: something measured in the same run, or a fixed budget. */
  readonly baseline?: string
  /** How many times as good as the baseline. More is better, whatever the unit. */
  readonly ratio?: number
}

/** What is written to disk, and compared with later. */
export interface SuiteReport {
  readonly suite: string
  readonly machine: Machine
  readonly results: readonly Result[]
}

/** A ratio that is less than this part of what it was has fallen. Less would be noise on a busy machine. */
export const ratioKeptMin = 0.7

/** A result, and what a reader wants to know besides. */
export interface Figure extends Result {
  /** The least that is expected, or the most where less is better. */
  readonly floor?: number
  readonly isLessBetter?: boolean
  /** What holds this figure where it is. */
  readonly boundBy: string
}

/** Whether a figure is as good as is expected of it. */
export function meetsFloor({ value, floor, isLessBetter = false }: Figure): boolean {
  if (floor === undefined) return true
  return isLessBetter ? value <= floor : value >= floor
}

/** The data alone, in the order of the format. */
export function resultOf({ name, value, unit, size, baseline, ratio }: Figure): Result {
  return {
    name,
    value: rounded(value),
    unit,
    ...(size === undefined ? {} : { size }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(ratio === undefined ? {} : { ratio: rounded(ratio) }),
  }
}

/** To four digits: more than any of these measurements can bear. */
function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
