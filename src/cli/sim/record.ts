/**
 * Repeats a run that did not hold, and notes its decisions. So runs that hold, nearly all of a sweep, pay nothing for
 * what only bundles need; and a run that is worth a bundle is seen to repeat.
 *
 * It is repeated by the plan of its faults, since that is what a bundle is repeated by when the sources have changed.
 */
import { factsOf } from '../../../sim/cluster/world-facts.ts'
import { DecisionRecorder, spacingFor } from './decisions.ts'
import { jobOf } from './job.ts'
import type { Recorded, RunReport } from './report.ts'
import { runJob } from './run.ts'

/** The report with a record of its run. If the run does not repeat, the report says that instead. */
export async function withRecord(report: RunReport): Promise<RunReport> {
  // Of a run that left nothing, or that was caught at being like no other, there is nothing to repeat.
  if (report.digest === '' || report.outcome === 'nondeterministic') return report
  const byPlan = await repeat(report, 'plan')
  if (byPlan.digest === report.digest) return { ...report, ...byPlan.found }
  const bySeed = await repeat(report, 'seed')
  if (bySeed.digest === report.digest) return { ...report, ...bySeed.found }
  const { failure, digest, virtualMs } = report
  const what = failure === undefined ? '' : ` (${failure.property}: ${failure.detail})`
  const detail = `repeated at once, in the same process, it came to ${bySeed.digest}, not ${digest}${what}`
  const atMs = failure?.atMs ?? virtualMs
  return {
    ...report,
    outcome: 'nondeterministic',
    failure: { property: 'determinism', detail, atMs },
  }
}

async function repeat(
  report: RunReport,
  by: Recorded['by'],
): Promise<{ readonly digest: string; readonly found: Pick<RunReport, 'recorded'> }> {
  const recorder = new DecisionRecorder(spacingFor(report.events))
  const told = by === 'plan' ? { plan: report.plan } : {}
  const { digest } = await runJob(jobOf(report), recorder.onlookers, told)
  const { cluster } = recorder
  if (cluster === undefined) return { digest, found: {} }
  const recorded = {
    by,
    world: { nodes: cluster.names, ...factsOf(cluster.options) },
    decisions: recorder.decisions(),
  }
  return { digest, found: { recorded } }
}
