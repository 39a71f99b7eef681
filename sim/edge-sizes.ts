/** Sizes at which something may change, for whoever wants to be sure that they occur. */
import { assert } from '../src/base/assert.ts'

/** Nothing, one byte, and what lies around a limit: the last two sizes that are allowed, and the first that is not. */
export function edgeSizes(bytesMax: number): readonly number[] {
  assert(Number.isSafeInteger(bytesMax) && bytesMax > 1, 'a limit of some bytes')
  return [0, 1, bytesMax - 1, bytesMax, bytesMax + 1]
}
