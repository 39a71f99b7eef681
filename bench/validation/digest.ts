/** What shows that contenders have come to the same verdicts, though not all of them over the same number of blocks. */
import { createHash } from 'node:crypto'
import { assert } from '../../src/base/assert.ts'
import type { RecordVerdict } from '../../src/kernel/environment.ts'

/** Every contender validates as many, or more. */
const digestedBlocks = 32

/** A digest of the first {@link digestedBlocks} hashes. Asserts that there are so many, and no fault in any block. */
export function digestOfAccepted(verdicts: readonly RecordVerdict[]): string {
  assert(verdicts.length >= digestedBlocks, `${digestedBlocks} verdicts, not ${verdicts.length}`)
  const digest = createHash('sha256')
  for (const [i, { fault, hash }] of verdicts.entries()) {
    assert(fault === undefined, `block ${i} is refused: ${fault}`)
    if (i < digestedBlocks) digest.update(hash)
  }
  return digest.digest('hex')
}
