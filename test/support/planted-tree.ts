/**
 * A copy of the program with bugs planted in it, to see that its own checks find them. It lies in a
 * folder of its own, so that nothing that runs beside the test sees the bugs.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A textual replacement in one file. What is replaced must be there, once. */
export interface Planting {
  /** Below the root of the repository. */
  readonly file: string
  readonly from: string
  readonly to: string
}

export interface PlantedTree {
  readonly folder: string
  remove(): void
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Copies the sources and plants the bugs. Throws if one does not fit. */
export function plantTree(plantings: readonly Planting[]): PlantedTree {
  const folder = mkdtempSync(join(tmpdir(), 'alys-planted-'))
  for (const name of ['src', 'sim', 'scenarios', 'bench', 'package.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  for (const { file, from, to } of plantings) {
    const path = join(folder, file)
    const parts = readFileSync(path, 'utf8').split(from)
    if (parts.length !== 2) throw new Error(`${parts.length - 1} places in ${file} read: ${from}`)
    writeFileSync(path, parts.join(to))
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `alys` in a folder that holds its sources; this repository, if none is named. */
export function runAlys(args: readonly string[], folder = root): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>()
  const file = join(folder, 'src/cli/alys.mjs')
  execFile(process.execPath, [file, ...args], { cwd: folder }, (error, stdout, stderr) => {
    const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
    resolve({ code, stdout, stderr })
  })
  return promise
}
