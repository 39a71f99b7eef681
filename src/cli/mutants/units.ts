/**
 * The arm that the simulator is compared with: the tests of the parts, as far as they load what a bug
 * changes. And the law that a bug names, which is one file of tests.
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Millis } from '../../base/units.ts'
import { projectRoot } from '../project-root.ts'

/** What tests say of a bug. */
export type TestOutcome =
  | { readonly kind: 'passed'; readonly files: number }
  | {
      readonly kind: 'failed'
      readonly files: number
      readonly title: string
      readonly file: string
    }
  /** They could not be run, or did not end. */
  | { readonly kind: 'broken'; readonly files: number; readonly detail: string }

const testFolders = ['test/unit', 'test/property']
const sourceFolders = ['src', 'sim', 'scenarios', 'bench', 'test']
const testsMsMax: Millis = 900_000
/** Files that are run before all others: most bugs are found by the tests that are nearest to them. */
const nearMax = 6

/** Test files of units and properties that load one of these files, directly or not: the nearest first. */
export function testsOf(files: readonly string[]): readonly string[] {
  const importers = importersOf(readSources())
  const reached = new Set(files)
  // In the order of the distance, as what is added is walked over later.
  for (const file of reached) for (const user of importers.get(file) ?? []) reached.add(user)
  const isTest = (path: string): boolean =>
    path.endsWith('.test.ts') && testFolders.some((folder) => path.startsWith(`${folder}/`))
  return [...reached].filter(isTest)
}

function readSources(): ReadonlyMap<string, string> {
  const paths = sourceFolders.flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .sort()
      .map((path) => `${folder}/${path}`),
  )
  return new Map(paths.map((path) => [path, readFileSync(join(projectRoot, path), 'utf8')]))
}

/** Imports of values, at the top or on demand. Types are gone when a test runs. */
const imports =
  /^(?:import|export)\s+(?!type\b)(?:[^'"`;]*?\sfrom\s+)?'(\.[^']+)'|\bimport\(\s*'(\.[^']+)'/gm

/** Who imports each file. */
function importersOf(sources: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>()
  for (const [path, text] of sources) {
    for (const [, fixed, dynamic] of text.matchAll(imports)) {
      const target = join(dirname(path), fixed ?? dynamic ?? '')
      importers.set(target, [...(importers.get(target) ?? []), path])
    }
  }
  return importers
}

/** Runs test files in a copy of the project until one fails, the first few of them before the others. */
export async function runTests(
  folder: string,
  files: readonly string[],
  signal: AbortSignal,
): Promise<TestOutcome> {
  const near = await runTogether(folder, files.slice(0, nearMax), signal)
  const rest = files.slice(nearMax)
  const isOver = near.kind !== 'passed' || rest.length === 0
  return { ...(isOver ? near : await runTogether(folder, rest, signal)), files: files.length }
}

async function runTogether(
  folder: string,
  files: readonly string[],
  signal: AbortSignal,
): Promise<TestOutcome> {
  const count = files.length
  if (count === 0) return { kind: 'passed', files: 0 }
  const report = join(folder, 'tests.json')
  const runner = join(folder, 'node_modules/vitest/vitest.mjs')
  const config = ['--config', 'test/vitest.config.ts', '--bail', '1']
  const output = ['--reporter', 'json', '--outputFile', report]
  const ended = await run(folder, [runner, 'run', ...config, ...output, ...files], signal)
  if (ended.isLate) return { kind: 'broken', files: count, detail: 'the tests do not end' }
  return outcomeOf(report, count, ended.complaint)
}

function outcomeOf(report: string, files: number, complaint: string): TestOutcome {
  let results: TestReport['testResults']
  try {
    results = (JSON.parse(readFileSync(report, 'utf8')) as TestReport).testResults
  } catch {
    return { kind: 'broken', files, detail: complaint }
  }
  for (const { name, assertionResults } of results) {
    const failed = assertionResults.find(({ status }) => status === 'failed')
    if (failed !== undefined) return { kind: 'failed', files, title: failed.title, file: name }
  }
  const lost = results.find(({ status }) => status === 'failed')
  if (lost === undefined) return { kind: 'passed', files }
  return { kind: 'broken', files, detail: `${lost.name}: ${lost.message}` }
}

function run(
  folder: string,
  words: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly isLate: boolean; readonly complaint: string }> {
  const { promise, resolve } = Promise.withResolvers<{ isLate: boolean; complaint: string }>()
  const child = spawn(process.execPath, words, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, as the tests run in processes of their own.
    detached: true,
  })
  let complaint = ''
  let isLate = false
  const end = (): void => {
    isLate = true
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }
  const watchdog = setTimeout(end, testsMsMax)
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  child.stderr.on('data', (bytes) => {
    complaint = (complaint + String(bytes)).slice(-1_500)
  })
  child.on('close', () => {
    clearTimeout(watchdog)
    signal.removeEventListener('abort', end)
    resolve({ isLate, complaint })
  })
  return promise
}

/** Of vitest's report, what is read here. */
interface TestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[]
  }[]
}
