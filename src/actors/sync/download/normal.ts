/**
 * Chance and growth by plain arithmetic alone. The functions of `Math` for them differ in their last digit between
 * engines, and one digit is enough to choose another peer.
 */
import type { Random } from '../../../kernel/environment.ts'

const words = 4_294_967_296

/**
 * About a standard normal variable: the sum of four uniform ones (Irwin and Hall), scaled. Its
 * variance is exactly one; it never leaves ±2√3.
 */
export function normalOf(random: Random): number {
  const sum = random.u32() + random.u32() + random.u32() + random.u32()
  return (sum / words - 2) * Math.sqrt(3)
}

/** About e to the power of `x`, within one in a thousand for |x| ≤ 2.5: Padé's approximant of x/4, to the fourth. */
export function expOf(x: number): number {
  const y = x / 4
  const even = 1 + (y * y) / 12
  const quarter = (even + y / 2) / (even - y / 2)
  const half = quarter * quarter
  return half * half
}
