/**
 * Results of several machines, or of shards, as one report: a run that was told twice counts once, and one that came out
 * in two ways is nondeterminism. All is read twice, line by line: the first time to know which runs there are
 * (`index-runs.ts`), the second to count them. So memory holds a mark of each run, and what reports show.
 */
import { copyFileSync, existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type ExitCode, UsageError } from '../exit.ts'
import { bundleName } from '../sim/bundle.ts'
import { keyOf } from '../sim/job.ts'
import { prepareFolder, writeReports } from '../sim/output.ts'
import type { SweepPlan } from '../sim/plan.ts'
import type { RunReport } from '../sim/report.ts'
import type { ReportSettings } from '../sim/report-settings.ts'
import type { RunFiles } from '../sim/reporter/html.ts'
import { jsonLine } from '../sim/reporter/json.ts'
import { writtenBy } from '../sim/reporter/reporter.ts'
import { runLogName } from '../sim/run-log.ts'
import { type SweepSummary, summarise } from '../sim/summary.ts'
import { Tally } from '../sim/tally.ts'
import { indexRuns, type Place, type RunIndex, type Told, understood } from './index-runs.ts'
import { disputed } from './mark.ts'

export interface MergeSettings extends ReportSettings {
  /** Results of different sources are taken as well, each commit's runs as runs of their own. */
  readonly isMixed: boolean
}

/** Merges what lies in folders and files, and writes to the standard streams and into the folder. */
export async function merge(paths: readonly string[], settings: MergeSettings): Promise<ExitCode> {
  const { isMixed, reporter, out } = settings
  const files = paths.flatMap(filesIn)
  checkOut(files, out)
  const index = await indexRuns(files, isMixed)
  const tally = new Tally()
  /** Where the runs that reports show come from. */
  const folders = new Map<string, string>()
  for await (const { run, place } of runsOf(index)) {
    const told = judged(run, index)
    const isOfSeveral = index.revision === undefined && run.revision !== undefined
    const report = isOfSeveral ? { ...told, revision: run.revision } : told
    if (reporter === 'json') process.stdout.write(`${jsonLine(report, run.revision)}\n`)
    if (!tally.add(report) || report.outcome === 'held') continue
    folders.set(keyOf(report), dirname(index.files[place.file] ?? ''))
  }
  const summary = summaryOf(index, tally, settings)
  const command = ['alys', ...process.argv.slice(2)].join(' ')
  const provenance = { command, node: process.versions.node, revision: index.revision }
  if (out !== undefined) {
    prepareFolder(out)
    writeReports(out, summary, { ...provenance, files: broughtBundles(summary, folders, out) })
  }
  process.stdout.write(writtenBy(reporter, summary, provenance))
  for (const line of remarksOn(index)) process.stderr.write(`${line}\n`)
  if (out !== undefined) process.stderr.write(`The reports are in ${out}\n`)
  return summary.exit
}

/** The files that a path means: itself, or of a folder its log, or those of the folders in it. */
function filesIn(path: string): readonly string[] {
  if (!existsSync(path)) throw new UsageError(`${path}: there is no such file or folder`)
  if (!statSync(path).isDirectory()) return [path]
  const own = join(path, runLogName)
  if (existsSync(own)) return [own]
  const logs = readdirSync(path)
    .toSorted()
    .map((name) => join(path, name, runLogName))
    .filter((file) => existsSync(file))
  if (logs.length > 0) return logs
  throw new UsageError(
    `${path}: expected ${runLogName} in it or in the folders in it; "alys sim --out" writes it`,
  )
}

/** Reports may not take the place of what they are made of. */
function checkOut(files: readonly string[], out: string | undefined): void {
  const inside = files.find((file) => out !== undefined && dirname(resolve(file)) === resolve(out))
  if (inside === undefined) return
  throw new UsageError(`--out ${out}: expected another folder than that of ${inside}`)
}

/** Each run once, where it is first told. */
async function* runsOf(
  index: RunIndex,
): AsyncGenerator<{ readonly run: Told; readonly place: Place }, undefined> {
  for (const [file, name] of index.files.entries()) {
    for await (const { line, at } of understood(name)) {
      if (line?.kind !== 'run') continue
      const place = { file, line: at }
      if (index.isFirst(line, place)) yield { run: line, place }
    }
  }
}

/** The report of a run; if it was told with another result too, that it is not to be relied upon. */
function judged(run: Told, index: RunIndex): RunReport {
  const conflict = index.conflictOf(run)
  if (conflict === undefined) return run.report
  const [first, second] = conflict.map(({ file, line }) => `${index.files[file]}:${line}`)
  return disputed(run.report, `${first} and ${second}`)
}

function summaryOf(index: RunIndex, tally: Tally, settings: MergeSettings): SweepSummary {
  const { coverage, end, elapsedMs } = index
  const { seedsMin, mustReachGoals } = settings
  const { scenarios, skipped } = coverage
  const plan: SweepPlan = {
    ...{ scenarios, skipped, firstSeed: 0, seeds: undefined, shard: { index: 1, count: 1 } },
    ...{ crypto: 'ideal', network: 'model' },
  }
  const asked = (scenario: string): number | undefined => coverage.asked(scenario)
  const outcome = { plan, asked, tally, end, elapsedMs, seedsMin, mustReachGoals }
  const summary = summarise(outcome)
  const order = new Map(scenarios.map((scenario, place) => [scenario, place]))
  const placeOf = ({ scenario }: RunReport): number => order.get(scenario) ?? scenarios.length
  // As one machine would have told them, whichever part came first.
  const inOrder = (reports: readonly RunReport[]): readonly RunReport[] =>
    reports.toSorted((a, b) => a.seed - b.seed || placeOf(a) - placeOf(b))
  return { ...summary, runs: inOrder(summary.runs), failures: inOrder(summary.failures) }
}

/** Brings the bundles of what did not hold into the folder of the reports, as far as they lie beside the results. */
function broughtBundles(
  { failures }: SweepSummary,
  folders: ReadonlyMap<string, string>,
  out: string,
): ReadonlyMap<string, RunFiles> {
  const files = new Map<string, RunFiles>()
  for (const report of failures) {
    const bundle = bundleName(report)
    const source = join(folders.get(keyOf(report)) ?? '', bundle)
    if (!existsSync(source)) continue
    copyFileSync(source, join(out, bundle))
    files.set(keyOf(report), { bundle })
  }
  return files
}

function remarksOn({ coverage, cutOff, copies }: RunIndex): readonly string[] {
  return [
    ...(copies === 0 ? [] : [`told more than once, and counted once: ${copies}`]),
    ...cutOff.map((name) => `${name} ends before its sweep did`),
    ...coverage.missing.map((what) => `missing: ${what}`),
  ]
}
