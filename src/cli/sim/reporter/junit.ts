/**
 * JUnit's XML, as continuous integration reads it: a suite a scenario, a case a seed. Times are those
 * that runs took. A run that did not hold is a failure; one whose machinery broke is an error.
 */
import { replayCommand } from '../job.ts'
import type { RunReport } from '../report.ts'
import type { ScenarioSummary, SweepSummary } from '../summary.ts'
import { escapeXml } from './xml.ts'

export function junitReport(summary: SweepSummary, reports: readonly RunReport[]): string {
  const suites = summary.scenarios.map((row) =>
    suiteOf(
      row,
      reports.filter((report) => report.scenario === row.scenario),
    ),
  )
  const counts = countsOf(summary.total, reports)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="alys sim" ${counts}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteOf(row: ScenarioSummary, reports: readonly RunReport[]): string {
  return [
    `  <testsuite name="${escapeXml(row.scenario)}" ${countsOf(row, reports)}>`,
    ...reports.map(caseOf),
    '  </testsuite>',
  ].join('\n')
}

function countsOf(row: ScenarioSummary, reports: readonly RunReport[]): string {
  const errors = reports.filter(isError).length
  const failures = row.violated - errors
  const time = secondsOf(row.wallMs)
  return `tests="${row.ran}" failures="${failures}" errors="${errors}" time="${time}"`
}

function caseOf(report: RunReport): string {
  const { scenario, seed, wallMs, failure } = report
  const name = `${escapeXml(scenario)} seed ${seed}`
  const opening = `    <testcase classname="${escapeXml(scenario)}" name="${name}" time="${secondsOf(wallMs)}"`
  if (failure === undefined) return `${opening}/>`
  const tag = isError(report) ? 'error' : 'failure'
  const { property, detail, atMs } = failure
  const text = `${detail}\nvirtual time ${secondsOf(atMs)} s\nrepeat: ${replayCommand(report)}`
  return [
    `${opening}>`,
    `      <${tag} type="${escapeXml(property)}" message="${escapeXml(`${property}: ${detail}`)}">${escapeXml(text)}</${tag}>`,
    '    </testcase>',
  ].join('\n')
}

function isError({ outcome }: RunReport): boolean {
  return outcome === 'crashed' || outcome === 'nondeterministic'
}

function secondsOf(ms: number): string {
  return (ms / 1_000).toFixed(3)
}
