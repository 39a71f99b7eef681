/**
 * Marks on the axis of time: at round moments, neither crowded nor rare, with as many digits as tell them apart. Moments are
 * in seconds, however many, as in all that the command line prints; durations in the unit that fits them.
 */
import { type TimeWindow, usPerPx } from './window.ts'

export interface Tick {
  readonly us: number
  /** Empty for a mark between two that are named. */
  readonly label: string
}

const secondUs = 1_000_000

/** At most one name every so many pixels. */
const labelPxMin = 96

export function ticksOf(window: TimeWindow): readonly Tick[] {
  const { stepUs, parts } = stepFor(usPerPx(window) * labelPxMin)
  const smallUs = stepUs / parts
  const ticks: Tick[] = []
  for (let n = Math.ceil(window.fromUs / smallUs); n * smallUs <= window.toUs; n += 1) {
    ticks.push({ us: n * smallUs, label: n % parts === 0 ? axisTime(n * smallUs, stepUs) : '' })
  }
  return ticks
}

/** The shortest step of 1, 2 or 5 that is long enough, and into how many it is divided. */
function stepFor(wantedUs: number): { readonly stepUs: number; readonly parts: number } {
  for (let unitUs = 1; ; unitUs *= 10) {
    const first = [1, 2, 5].find((count) => count * unitUs >= wantedUs)
    if (first === undefined) continue
    const isWhole = unitUs > 1 || first !== 1
    return { stepUs: first * unitUs, parts: isWhole ? (first === 2 ? (unitUs > 1 ? 4 : 2) : 5) : 1 }
  }
}

/** A moment on the axis, with the digits that the step needs. */
function axisTime(us: number, stepUs: number): string {
  const units = [secondUs, 100_000, 10_000, 1_000, 100, 10]
  const digits = units.findIndex((unit) => stepUs % unit === 0)
  return secondsText(us, digits === -1 ? 6 : digits)
}

/** `12.418 s`. */
export function secondsText(us: number, digits: number): string {
  const text = (Math.abs(us) / secondUs).toFixed(digits)
  return `${us < 0 && Number(text) !== 0 ? '−' : ''}${text} s`
}

/** A duration in the unit that fits it: `40 µs`, `12.4 ms`, `3.25 s`, `2 min 5 s`. */
export function durationText(us: number): string {
  const short = (value: number): string => String(Number(value.toPrecision(3)))
  if (us < 1_000) return `${Math.round(us)} µs`
  if (us < 999_500) return `${short(us / 1_000)} ms`
  if (us < 60 * secondUs) return `${short(us / secondUs)} s`
  const minutes = Math.floor(us / secondUs / 60)
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  const seconds = Math.round((us / secondUs) % 60)
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`
}
