/** Runs for machines. The fields of a run are those of `RunRecord`, whose version is in each. */
import type { Revision } from '../../revision.ts'
import { type RunReport, recordOf } from '../report.ts'
import { type SweepSummary, verdictOf } from '../summary.ts'

/** One run as a line of JSON, without the line's end. */
export function jsonLine(report: RunReport, revision: Revision | undefined): string {
  return JSON.stringify(recordOf(report, revision))
}

/** A whole sweep as one JSON document. */
export function jsonReport(summary: SweepSummary, revision: Revision | undefined): string {
  const { exit, end, elapsedMs, goalsMissed, scenarios, skipped, runs, total } = summary
  const document = {
    format: 'alys-sweep',
    version: 2,
    exit,
    end,
    verdict: verdictOf(summary),
    elapsedMs: Math.round(elapsedMs),
    goalsMissed,
    scenarios,
    skipped,
    /** Runs that were too many to be listed; they are in the figures. */
    runsLeftOut: total.ran - runs.length,
    runs: runs.map((report) => recordOf(report, revision)),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}
