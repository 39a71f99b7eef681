/**
 * Forgetting at a steady pace. Halves by whole half-lives and by a straight line in between, which needs no
 * logarithm: the same digits on every machine, and never more than 6 % beside the curve.
 */
import type { Millis } from '../../base/units.ts'

/** Beyond so many half-lives nothing is left. */
const halvingsMax = 60

/** What is left of `value` after `ageMs`. A negative age is none. */
export function decayed(value: number, ageMs: Millis, halfLifeMs: Millis): number {
  if (!(ageMs > 0)) return value
  const halvings = Math.floor(ageMs / halfLifeMs)
  if (halvings >= halvingsMax) return 0
  const rest = ageMs / halfLifeMs - halvings
  return (value / 2 ** halvings) * (1 - rest / 2)
}
