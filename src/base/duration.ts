/** Durations as people write them: `500ms`, `90s`, `5m`, `2h`. */
import { failed, ok, type Result } from './result.ts'
import type { Millis } from './units.ts'

const unitMs: Readonly<Record<string, Millis>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** Ten years. More is a slip of the finger, and would overflow the timers. */
const durationMsMax = 10 * 365 * 24 * 3_600_000

/** Reads a duration of at most ten years, to the microsecond. The fault says what was expected. */
export function parseDuration(text: string): Result<Millis, string> {
  const [, digits, unit = ''] = /^(\d+(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(text) ?? []
  if (digits === undefined) return failed('expected a number and a unit, such as 500ms, 90s or 5m')
  const ms = Math.round(Number(digits) * (unitMs[unit] ?? 0) * 1_000) / 1_000
  if (ms > durationMsMax) return failed('expected at most ten years')
  return ok(ms)
}

/** For people: three digits or so, in the largest unit that fits. */
export function formatDuration(ms: Millis): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
}
