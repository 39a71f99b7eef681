/**
 * JUnit's XML, as continuous integration reads it: a suite a scenario, a case a seed. Times are those
 * that runs took. A run that did not hold is a failure; one whose machinery broke is an error; one of which it is not
 * known is skipped.
 */
import { replayCommand } from '../job.ts'
import type { Skipped } from '../plan.ts'
import type { RunReport } from '../report.ts'
import type { ScenarioSummary, SweepSummary } from '../summary.ts'
import { escapeXml } from './xml.ts'

export function junitReport(summary: SweepSummary): string {
  const { scenarios, skipped, total, runs } = summary
  const suites = scenarios.map((row) =>
    suiteOf(
      row,
      runs.filter((report) => report.scenario === row.scenario),
    ),
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="alys sim" ${countsOf(total, skipped.length)}>`,
    ...suites,
    ...skipped.map(skippedSuite),
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteOf(row: ScenarioSummary, reports: readonly RunReport[]): string {
  const left = row.ran - reports.length
  return [
    `  <testsuite name="${escapeXml(row.scenario)}" ${countsOf(row, 0)}>`,
    ...reports.map(caseOf),
    ...(left === 0
      ? []
      : [`    <system-out>${left} more runs are counted, not listed</system-out>`]),
    '  </testsuite>',
  ].join('\n')
}

/** A scenario that was not told on this network. */
function skippedSuite({ scenario, reason }: Skipped): string {
  const name = escapeXml(scenario)
  return [
    `  <testsuite name="${name}" tests="1" failures="0" errors="0" skipped="1" time="0.000">`,
    `    <testcase classname="${name}" name="${name}" time="0.000">`,
    `      <skipped message="${escapeXml(reason)}"/>`,
    '    </testcase>',
    '  </testsuite>',
  ].join('\n')
}

function countsOf(row: ScenarioSummary, skipped: number): string {
  const { ran, violated, unknown, broken, wallMs } = row
  const failures = `failures="${violated - broken}" errors="${broken}" skipped="${skipped + unknown}"`
  return `tests="${ran + skipped}" ${failures} time="${secondsOf(wallMs)}"`
}

function caseOf(report: RunReport): string {
  const { scenario, seed, wallMs, failure } = report
  const name = `${escapeXml(scenario)} seed ${seed}`
  const opening = `    <testcase classname="${escapeXml(scenario)}" name="${name}" time="${secondsOf(wallMs)}"`
  if (failure === undefined) return `${opening}/>`
  const { property, detail, atMs } = failure
  const message = escapeXml(`${property}: ${detail}`)
  if (report.outcome === 'unknown') {
    return [`${opening}>`, `      <skipped message="${message}"/>`, '    </testcase>'].join('\n')
  }
  const tag = isError(report) ? 'error' : 'failure'
  const text = `${detail}\nvirtual time ${secondsOf(atMs)} s\nrepeat: ${replayCommand(report)}`
  return [
    `${opening}>`,
    `      <${tag} type="${escapeXml(property)}" message="${message}">${escapeXml(text)}</${tag}>`,
    '    </testcase>',
  ].join('\n')
}

function isError({ outcome }: RunReport): boolean {
  return outcome === 'crashed' || outcome === 'nondeterministic'
}

function secondsOf(ms: number): string {
  return (ms / 1_000).toFixed(3)
}
