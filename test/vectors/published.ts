/** Published test vectors: read from the folder named by ALYS_VECTORS, not kept in this repository. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'vitest'

/** The text of a published file. Skips the test, and says why, where no folder is named. */
export function published(context: TestContext, name: string): string {
  const folder = process.env.ALYS_VECTORS
  if (folder === undefined || folder === '') {
    const reason = 'ALYS_VECTORS is not set'
    process.stderr.write(`skipped, because ${reason}: ${context.task.name}\n`)
    context.skip(reason)
  }
  return readFileSync(join(folder ?? '', name), 'utf8')
}
