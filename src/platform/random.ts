/**
 * Randomness of the operating system, drawn in blocks because one call costs far more than four bytes.
 * Nothing here is repeatable, and forks share no state: every stream is independent by construction.
 */
import { randomFillSync } from 'node:crypto'
import { assert } from '../base/assert.ts'
import type { Random } from '../kernel/environment.ts'

const wordsPerBlock = 256
const boundMax = 2 ** 20

/** A fresh stream of the operating system's randomness. */
export function openRandom(): Random {
  let block: Uint32Array | undefined
  let used = wordsPerBlock
  const u32 = (): number => {
    block ??= new Uint32Array(wordsPerBlock)
    if (used === wordsPerBlock) {
      randomFillSync(block)
      used = 0
    }
    const word = block[used] ?? 0
    used += 1
    return word
  }
  return { u32, below: (bound) => below(u32, bound), fork: () => openRandom() }
}

/**
 * A uniform integer in [0, bound). The words at the top that do not fill a whole multiple of the bound
 * are drawn again (for bounds up to 2^20, one draw in 4096 at worst), or small values would be favoured.
 */
function below(u32: () => number, bound: number): number {
  assert(Number.isInteger(bound) && bound >= 1 && bound <= boundMax, `1 ≤ ${bound} ≤ 2^20`)
  const fair = 2 ** 32 - (2 ** 32 % bound)
  let word = u32()
  while (word >= fair) word = u32()
  return word % bound
}
