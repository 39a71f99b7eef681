/** Plants a bug: copies the project to a folder of its own and changes one place in it. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Mutant } from './mutant.ts'

const root = resolve(import.meta.dirname, '../..')
const folders = ['src', 'sim', 'scenarios', 'examples', 'bench', 'test']
const copied = [...folders, 'package.json', 'tsconfig.json']

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

/** Has a copy of the project with this bug in it hunted through; without one, a clean copy. */
export function hunt(mutant: Mutant | undefined, seeds: { from: number; count: number }): Finding {
  const folder = mkdtempSync(join(tmpdir(), 'alys-mutant-'))
  try {
    for (const path of copied) cpSync(join(root, path), join(folder, path), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    if (mutant !== undefined) {
      writeFileSync(join(folder, mutant.file), mutated(sourceOf(mutant), mutant))
    }
    return mutant?.tests === undefined
      ? bySeeds(folder, mutant?.scenario ?? 'swarm', seeds)
      : byTests(folder, mutant.tests)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function bySeeds(
  folder: string,
  scenario: string,
  seeds: { readonly from: number; readonly count: number },
): Finding {
  const driver = join(folder, 'test/mutants/driver.ts')
  const run = node(folder, [driver, scenario, String(seeds.from), String(seeds.count)])
  if (run.status !== 0) throw new Error(`${scenario}: ${run.stderr.slice(-2_000)}`)
  return JSON.parse(run.stdout) as Finding
}

/** Their seeds are pinned; that of the first is 1. */
function byTests(folder: string, file: string): Finding {
  const report = join(folder, 'report.json')
  const runner = join(folder, 'node_modules/vitest/vitest.mjs')
  const config = ['--config', 'test/vitest.config.ts', '--bail', '1']
  const output = ['--reporter', 'json', '--outputFile', report]
  node(folder, [runner, 'run', ...config, ...output, file])
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as TestReport
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed')
  if (failed === undefined) return {}
  const [detail = ''] = failed.failureMessages
  return { seed: 1, property: failed.title, detail: detail.replaceAll('\n', ' ') }
}

function node(
  folder: string,
  words: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  const options = { cwd: folder, encoding: 'utf8', timeout: 600_000 } as const
  return spawnSync(process.execPath, [...words], options)
}

/** Of vitest's report, what is read here. */
interface TestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}
