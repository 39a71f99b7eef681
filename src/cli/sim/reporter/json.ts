/** Runs for machines. The fields of a run are those of `RunRecord`, whose version is in each. */
import type { Revision } from '../../revision.ts'
import type { Bug } from '../bugs.ts'
import { replayCommand } from '../job.ts'
import { type RunReport, recordOf } from '../report.ts'
import { type SweepSummary, verdictOf } from '../summary.ts'

/** One run as a line of JSON, without the line's end. */
export function jsonLine(report: RunReport, revision: Revision | undefined): string {
  return JSON.stringify(recordOf(report, revision))
}

/** A whole sweep as one JSON document. */
export function jsonReport(summary: SweepSummary, revision: Revision | undefined): string {
  const { exit, end, elapsedMs, goalsMissed, scenarios, skipped, bugs, runs, total } = summary
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
    bugs: bugs.map((bug) => bugRecord(bug, revision)),
    /** Runs that were too many to be listed; they are in the figures. */
    runsLeftOut: total.ran - runs.length,
    runs: runs.map((report) => recordOf(report, revision)),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** A bug: how many runs it broke, the quickest of them and how to repeat it, and others. */
function bugRecord(bug: Bug, revision: Revision | undefined): object {
  const { outcome, property, inForce, runs, quickest, others } = bug
  const how = { command: replayCommand(quickest), quickest: recordOf(quickest, revision) }
  return { outcome, property, inForce, runs, ...how, others }
}
