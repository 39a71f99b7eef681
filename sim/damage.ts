/** What becomes of bytes that are damaged, on a disk or by a memory that is broken. */
import type { SimRandom } from './random.ts'

/** A copy with one bit flipped, or cut short; either half of the time. Of no bytes nothing can be damaged. */
export function damaged(bytes: Uint8Array, random: SimRandom): Uint8Array {
  if (bytes.length === 0) return bytes
  if (random.chance(1, 2)) return bytes.slice(0, random.below(bytes.length))
  const copy = bytes.slice()
  const at = random.below(copy.length)
  copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8))
  return copy
}
