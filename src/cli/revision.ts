/** Which state of the sources this is, if git can say so. */
import { execFileSync } from 'node:child_process'
import { projectRoot } from './project-root.ts'

export interface Revision {
  /** The full hash of the commit. */
  readonly commit: string
  /** Whether files differ from it. */
  readonly isDirty: boolean
}

/** Undefined where there is no git, or no repository. */
export function currentRevision(): Revision | undefined {
  try {
    const commit = git('rev-parse', 'HEAD').trim()
    return { commit, isDirty: git('status', '--porcelain') !== '' }
  } catch {
    return undefined
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: projectRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 5_000,
  })
}
