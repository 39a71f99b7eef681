/**
 * Repeats a run that did not hold, and notes its decisions. So runs that hold, nearly all of a sweep, pay nothing for
 * what only bundles need; and a run that is worth a bundle is seen to repeat.
 *
 * It is repeated by what it was made of, since that is what a bundle is repeated by when the sources have changed; by less,
 * where that does not give it back, as where a story does by itself what a recipe does not know of.
 */
import { DecisionRecorder, spacingFor } from './decisions.ts'
import { jobOf } from './job.ts'
import type { Recorded, RunReport } from './report.ts'
import { runJob } from './run.ts'
import { toldBy } from './told.ts'

const ways: readonly Recorded['by'][] = ['recipe', 'plan', 'seed']

/** The report with a record of its run. If the run does not repeat, the report says that instead. */
export async function withRecord(report: RunReport): Promise<RunReport> {
  // Of a run that left nothing, or that was caught at being like no other, there is nothing to repeat.
  if (report.digest === '' || report.outcome === 'nondeterministic') return report
  let came = ''
  for (const by of ways) {
    const recorder = new DecisionRecorder(spacingFor(report.events))
    const { digest } = await runJob(jobOf(report), recorder.onlookers, toldBy(report, by))
    came = digest
    if (came === report.digest)
      return { ...report, recorded: { by, decisions: recorder.decisions() } }
  }
  return unlike(report, came)
}

function unlike(report: RunReport, came: string): RunReport {
  const { failure, digest, virtualMs } = report
  const what = failure === undefined ? '' : ` (${failure.property}: ${failure.detail})`
  const detail = `repeated at once, in the same process, it came to ${came}, not ${digest}${what}`
  const atMs = failure?.atMs ?? virtualMs
  return {
    ...report,
    outcome: 'nondeterministic',
    failure: { property: 'determinism', detail, atMs },
  }
}
