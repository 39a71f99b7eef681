/** Where a command is to write, looked at before it works for minutes. */
import { accessSync, constants, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UsageError } from './exit.ts'

/** Makes the folder of a file, if it is not there. A usage error if nothing can be written there. */
export function requirePlaceFor(file: string): void {
  const folder = dirname(resolve(file))
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--out ${file}: expected a place where a file can be written (${why})`)
  }
}
