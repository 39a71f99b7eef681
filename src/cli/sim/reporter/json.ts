/** Runs for machines. */
import { type RunReport, recordOf } from '../report.ts'
import { type SweepSummary, verdictOf } from '../summary.ts'

/** One run as a line of JSON, without the line's end. */
export function jsonLine(report: RunReport): string {
  return JSON.stringify(recordOf(report))
}

/** A whole sweep as one JSON document. */
export function jsonReport(summary: SweepSummary, reports: readonly RunReport[]): string {
  const { exit, end, elapsedMs, goalsMissed, scenarios, skipped } = summary
  const document = {
    format: 'alys-sweep',
    version: 1,
    exit,
    end,
    verdict: verdictOf(summary),
    elapsedMs: Math.round(elapsedMs),
    goalsMissed,
    scenarios,
    skipped,
    runs: reports.map(recordOf),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}
