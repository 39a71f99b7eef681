/** Marks on the axis of time: at round moments, neither crowded nor rare, with as many digits as tell them apart. */
import { type TimeWindow, usPerPx } from './window.ts'

export interface Tick {
  readonly us: number
  /** Empty for a mark between two that are named. */
  readonly label: string
}

const secondUs = 1_000_000
const minuteUs = 60 * secondUs
const hourUs = 60 * minuteUs

/** Steps that people count in, and into how many each is divided. */
const steps: readonly (readonly [stepUs: number, parts: number])[] = [
  ...[1, 10, 100, 1_000, 10_000, 100_000].flatMap((unit) => [
    [unit, unit === 1 ? 1 : 5] as const,
    [2 * unit, unit === 1 ? 2 : 4] as const,
    [5 * unit, 5] as const,
  ]),
  ...[1, 2, 5, 10, 15, 30].map((count) => [count * secondUs, count === 15 ? 3 : 5] as const),
  ...[1, 2, 5, 10, 15, 30].map((count) => [count * minuteUs, count === 15 ? 3 : 5] as const),
  ...[1, 2, 6, 12, 24, 72, 168].map((count) => [count * hourUs, count === 1 ? 4 : 6] as const),
]

/** At most one name every so many pixels. */
const labelPxMin = 96

export function ticksOf(window: TimeWindow): readonly Tick[] {
  const wanted = usPerPx(window) * labelPxMin
  const [stepUs, parts] = steps.find(([step]) => step >= wanted) ?? [
    Math.ceil(wanted / hourUs) * hourUs,
    1,
  ]
  const smallUs = stepUs / parts
  const ticks: Tick[] = []
  for (let n = Math.ceil(window.fromUs / smallUs); n * smallUs <= window.toUs; n += 1) {
    ticks.push({ us: n * smallUs, label: n % parts === 0 ? axisTime(n * smallUs, stepUs) : '' })
  }
  return ticks
}

/** A moment on the axis, with the digits that the step needs. */
function axisTime(us: number, stepUs: number): string {
  const digits = [secondUs, 100_000, 10_000, 1_000, 100, 10].findIndex(
    (unit) => stepUs % unit === 0,
  )
  return clockTime(us, digits === -1 ? 6 : digits)
}

/** `12.418 s`, `3:07.5` or `1:02:03`. */
export function clockTime(us: number, digits: number): string {
  const sign = us < 0 ? '−' : ''
  const scale = 10 ** digits
  const units = Math.round((Math.abs(us) / secondUs) * scale)
  const seconds = Math.floor(units / scale)
  const rest = digits === 0 ? '' : `.${String(units % scale).padStart(digits, '0')}`
  if (seconds < 60) return `${sign}${seconds}${rest} s`
  const two = (value: number): string => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  const tail = `${two(seconds % 60)}${rest}`
  if (minutes < 60) return `${sign}${minutes}:${tail}`
  return `${sign}${Math.floor(minutes / 60)}:${two(minutes % 60)}:${tail}`
}

/** A duration in the unit that fits it: `40 µs`, `12.4 ms`, `3.25 s`, `2 min 5 s`. */
export function durationText(us: number): string {
  const short = (value: number): string => String(Number(value.toPrecision(3)))
  if (us < 1_000) return `${Math.round(us)} µs`
  if (us < 999_500) return `${short(us / 1_000)} ms`
  if (us < minuteUs) return `${short(us / secondUs)} s`
  const minutes = Math.floor(us / minuteUs)
  if (us >= hourUs) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  const seconds = Math.round((us % minuteUs) / secondUs)
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`
}
