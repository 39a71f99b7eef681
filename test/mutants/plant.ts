/** Plants a bug: copies the project to a folder of its own and changes one place in it. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Mutant } from './catalogue.ts'

const root = resolve(import.meta.dirname, '../..')
const copied = ['src', 'sim', 'scenarios', 'test/mutants', 'package.json']

/** What the swarm says of a mutant. No property: it found nothing within its seeds. */
export interface Finding {
  readonly seed?: number
  readonly property?: string
  readonly detail?: string
}

/** The file with the bug in it. Throws if the place is not there, or there more than once. */
export function mutated(source: string, { name, file, find, replace }: Mutant): string {
  const places = source.split(find).length - 1
  if (places !== 1) throw new Error(`${name}: ${file} has the place to change ${places} times`)
  return source.replace(find, () => replace)
}

export function sourceOf(mutant: Mutant): string {
  return readFileSync(join(root, mutant.file), 'utf8')
}

/** Runs the mutant's scenario on a copy of the project with this bug in it; without one, on a clean copy. */
export function hunt(mutant: Mutant | undefined, seeds: { from: number; count: number }): Finding {
  const folder = mkdtempSync(join(tmpdir(), 'alys-mutant-'))
  try {
    for (const path of copied) cpSync(join(root, path), join(folder, path), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    if (mutant !== undefined) {
      writeFileSync(join(folder, mutant.file), mutated(sourceOf(mutant), mutant))
    }
    const driver = join(folder, 'test/mutants/driver.ts')
    const scenario = mutant?.scenario ?? 'swarm'
    const words = [driver, scenario, String(seeds.from), String(seeds.count)]
    const run = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 600_000 })
    if (run.status !== 0) throw new Error(`${mutant?.name}: ${run.stderr.slice(-2_000)}`)
    return JSON.parse(run.stdout) as Finding
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
