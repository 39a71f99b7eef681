/**
 * Which bugs do not compile: such a copy would be "found" by whoever stumbles over a name that is not there.
 * As many bugs as do not touch the same place are planted in one copy and compiled together.
 */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mutant } from '../../../test/mutants/mutant.ts'
import { plant, withCopy } from './plant.ts'

const complaintCharsMax = 1_500

/** What the compiler says of each bug that it refuses, by name. */
export async function compileFaults(
  mutants: readonly Mutant[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const faults = new Map<string, string>()
  let left = mutants
  while (left.length > 0 && !signal.aborted) {
    const { planted, complaint } = await compileMany(left)
    if (complaint !== '') await findFaulty(planted, signal, faults)
    left = left.filter((mutant) => !planted.includes(mutant))
  }
  return faults
}

/** Who of several is to blame shows when each is compiled alone. */
async function findFaulty(
  mutants: readonly Mutant[],
  signal: AbortSignal,
  faults: Map<string, string>,
): Promise<void> {
  for (const mutant of mutants) {
    if (signal.aborted) return
    const { complaint } = await compileMany([mutant])
    if (complaint !== '') faults.set(mutant.name, complaint)
  }
}

/** Plants what fits together, the first in any case, and compiles it. */
function compileMany(
  mutants: readonly Mutant[],
): Promise<{ readonly planted: readonly Mutant[]; readonly complaint: string }> {
  return withCopy(async (folder) => {
    const planted = mutants.filter((mutant, index) => {
      if (index > 0 && !fits(mutant, folder)) return false
      plant(folder, mutant)
      return true
    })
    const files = planted.flatMap(({ edits }) => edits.map(({ file }) => file))
    return { planted, complaint: await compile(folder, [...new Set(files)]) }
  })
}

function fits(mutant: Mutant, folder: string): boolean {
  return mutant.edits.every(({ file, find }) => {
    return readFileSync(join(folder, file), 'utf8').split(find).length === 2
  })
}

/** What the compiler says of these files and what they import; nothing if all is well. */
function compile(folder: string, files: readonly string[]): Promise<string> {
  // What a bug leaves behind unused is no fault of its types.
  const lax = { noUnusedLocals: false, noUnusedParameters: false, allowUnreachableCode: true }
  const alone = { composite: false, noEmit: true, rootDir: '.', types: ['node'] }
  const config = { extends: './tsconfig.json', compilerOptions: { ...alone, ...lax }, files }
  const path = join(folder, 'tsconfig.mutants.json')
  writeFileSync(path, JSON.stringify({ ...config, references: [] }))
  const { promise, resolve } = Promise.withResolvers<string>()
  const compiler = join(folder, 'node_modules/.bin/tsc')
  execFile(compiler, ['-p', path], { cwd: folder }, (error, stdout, stderr) => {
    const complaint = stdout + stderr
    resolve(error === null ? '' : complaint.slice(0, complaintCharsMax) || error.message)
  })
  return promise
}
