/**
 * A copy of a LevelDB folder to look into. LevelDB cannot open a folder without writing to it, and a
 * running node has it locked; so what is opened is a copy, and the original stays as it is.
 *
 * Tables never change once written, so they are linked where the file system allows it; the rest is
 * small. Files that come or go meanwhile, because a node runs, make a copy that may not fit together:
 * it is thrown away and made again.
 */
import { copyFileSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failed, ok, type Result } from '../../base/result.ts'
import type { SetupFault } from './setup-fault.ts'

export interface ScratchCopy {
  readonly folder: string
  remove(): void
}

const triesMax = 5

/** Copies a data folder. Whoever asked removes the copy. */
export function scratchCopy(folder: string): Result<ScratchCopy, SetupFault> {
  try {
    for (let tries = 0; tries < triesMax; tries += 1) {
      const copy = mkdtempSync(join(tmpdir(), 'alys-look-'))
      const remove = (): void => rmSync(copy, { recursive: true, force: true })
      if (copyAll(folder, copy)) return ok({ folder: copy, remove })
      remove()
    }
    return failed({ code: 'data', detail: `${folder} changes too fast to be copied` })
  } catch (error) {
    return failed({ code: 'io', detail: `cannot copy ${folder}: ${String(error)}` })
  }
}

/** Whether the copy is one of a single moment, but for what was appended to a log meanwhile. */
function copyAll(from: string, to: string): boolean {
  const before = stateOf(from)
  for (const name of readdirSync(from)) {
    if (name === 'LOCK') continue
    try {
      if (!name.endsWith('.ldb') || !tryLink(join(from, name), join(to, name))) {
        copyFileSync(join(from, name), join(to, name))
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
      throw error
    }
  }
  return stateOf(from) === before
}

/** Another file system, or one without links, is no fault. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch {
    return false
  }
}

function stateOf(folder: string): string {
  return `${readFileSync(join(folder, 'CURRENT'), 'utf8')} ${readdirSync(folder).sort().join(' ')}`
}
