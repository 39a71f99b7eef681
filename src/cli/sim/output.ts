/** The files of `--out` beside the log of runs: `report.json`, `report.html`, `junit.xml`, a bundle for each failure, and pages of the first. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../exit.ts'
import { bundleName, bundleOf, bundleSuffix, bundleText } from './bundle.ts'
import { thisMaker } from './maker.ts'
import type { RunReport } from './report.ts'
import { htmlReport, type Provenance } from './reporter/html.ts'
import { jsonReport } from './reporter/json.ts'
import { junitReport } from './reporter/junit.ts'
import { runLogName } from './run-log.ts'
import type { SweepSummary } from './summary.ts'
import { viewSuffix } from './views.ts'

/** Makes the folder, and takes away the bundles and pages of an earlier sweep. To be called before the sweep. */
export function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--out ${folder}: expected a folder, or a place for a new one (${why})`)
  }
  for (const name of readdirSync(folder)) {
    if (name === runLogName) rmSync(join(folder, name))
    if (name.endsWith(bundleSuffix) || name.endsWith(viewSuffix)) rmSync(join(folder, name))
  }
}

/** Writes a failure's bundle; the result is its path. At once, so that a sweep that dies leaves it. */
export function writeBundle(folder: string, report: RunReport): string {
  const file = join(folder, bundleName(report))
  writeFileSync(file, bundleText(bundleOf(report, thisMaker())))
  return file
}

/** Writes what exploring came to. */
export function writeExploration(folder: string, json: string): void {
  writeFileSync(join(folder, 'explore.json'), json)
}

export function writeReports(folder: string, summary: SweepSummary, provenance: Provenance): void {
  writeFileSync(join(folder, 'report.json'), jsonReport(summary, provenance.revision))
  writePage(folder, summary, provenance)
  writeFileSync(join(folder, 'junit.xml'), junitReport(summary))
}

/** Writes the page for people, again if more is known of what lies beside it. */
export function writePage(folder: string, summary: SweepSummary, provenance: Provenance): void {
  writeFileSync(join(folder, 'report.html'), htmlReport(summary, provenance))
}
