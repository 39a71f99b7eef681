/**
 * JUnit's XML, as continuous integration reads it: a suite a scenario, a case a seed that held, and a case a
 * bug, by its quickest run, which names the others. All runs are counted. Times are those
 * that runs took. A run that did not hold is a failure; one whose machinery broke is an error; one of which it is not
 * known is skipped.
 */
import { type Bug, linesBeside } from '../bugs.ts'
import { keyOf, replayCommand } from '../job.ts'
import type { Skipped } from '../plan.ts'
import type { RunReport } from '../report.ts'
import type { ScenarioSummary, SweepSummary } from '../summary.ts'
import { escapeXml } from './xml.ts'

export function junitReport(summary: SweepSummary): string {
  const { scenarios, skipped, total, runs, bugs } = summary
  const bugOf = new Map(bugs.map((bug) => [keyOf(bug.quickest), bug]))
  const suites = scenarios.map((row) => {
    const own = runs.filter(({ scenario }) => scenario === row.scenario)
    const listed = own.filter((each) => each.outcome === 'held' || bugOf.has(keyOf(each)))
    return suiteOf(
      row,
      listed.map((report) => caseOf(report, bugOf.get(keyOf(report)))),
    )
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="alys sim" ${countsOf(total, skipped.length)}>`,
    ...suites,
    ...skipped.map(skippedSuite),
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteOf(row: ScenarioSummary, cases: readonly string[]): string {
  const left = row.ran - cases.length
  return [
    `  <testsuite name="${escapeXml(row.scenario)}" ${countsOf(row, 0)}>`,
    ...cases,
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

function caseOf(report: RunReport, bug: Bug | undefined): string {
  const { scenario, seed, wallMs, failure } = report
  const name = `${escapeXml(scenario)} seed ${seed}`
  const opening = `    <testcase classname="${escapeXml(scenario)}" name="${name}" time="${secondsOf(wallMs)}"`
  if (failure === undefined || bug === undefined) return `${opening}/>`
  const { property, detail, atMs } = failure
  const message = escapeXml(`${property}: ${detail}`)
  if (report.outcome === 'unknown') {
    return [`${opening}>`, `      <skipped message="${message}"/>`, '    </testcase>'].join('\n')
  }
  const tag = isError(report) ? 'error' : 'failure'
  const text = [
    ...[detail, `virtual time ${secondsOf(atMs)} s`],
    ...[...linesBeside(bug), `repeat: ${replayCommand(report)}`],
  ].join('\n')
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
