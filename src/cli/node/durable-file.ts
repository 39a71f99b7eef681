/**
 * A new file that is wholly there or not at all, whatever happens meanwhile: written beside its place
 * under another name, forced to the disk, renamed, and the folder forced to the disk too.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { failed, ok, type Result } from '../../base/result.ts'
import type { SetupFault } from './setup-fault.ts'

/** Writes a file that does not exist yet. */
export function writeNewFile(file: string, bytes: Uint8Array): Result<undefined, SetupFault> {
  if (existsSync(file)) {
    return failed({ code: 'exists', detail: `${file} is there already, and is not overwritten` })
  }
  const folder = dirname(file)
  const temporary = join(folder, `.${basename(file)}.${process.pid}.tmp`)
  try {
    writeFileSync(temporary, bytes, { flag: 'wx', flush: true })
    renameSync(temporary, file)
    syncFolder(folder)
    return ok(undefined)
  } catch (error) {
    forget(temporary)
    const detail = error instanceof Error ? error.message : String(error)
    return failed({ code: 'io', detail: `cannot write ${file}: ${detail}` })
  }
}

/** What could not be written may not be there either. */
function forget(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // The fault that led here is the one that is told.
  }
}

/** Without it, the name may be lost with the power. Systems that cannot open a folder need not. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
