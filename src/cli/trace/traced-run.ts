/** A run with a tracer that looks on, and the trace of it. */
import { type Trace, violationIn } from '../../../sim/trace/record.ts'
import { Tracer } from '../../../sim/trace/tracer.ts'
import type { Millis } from '../../base/units.ts'
import { currentRevision } from '../revision.ts'
import { type Job, replayCommand } from '../sim/job.ts'
import type { RunReport } from '../sim/report.ts'
import { runJob, type Told } from '../sim/run.ts'

/** What is run. */
export interface RunWish {
  readonly job: Job
  /** What happens in place of what would be drawn. */
  readonly told?: Told
  /** Virtual time at which it is cut off. */
  readonly untilMs?: Millis | undefined
}

export interface TracedRun {
  readonly report: RunReport
  readonly trace: Trace
}

export async function runTraced({ job, told = {}, untilMs }: RunWish): Promise<TracedRun> {
  const tracer = new Tracer()
  const until = untilMs === undefined ? {} : { untilMs }
  const report = await runJob(job, { tracer, ...until }, told)
  const { scenario, seed, outcome, digest, virtualMs, failure } = report
  // What was thrown out of a run was seen by nobody in it.
  if (failure !== undefined && violationIn(tracer) === undefined) {
    tracer.violation(failure.property, failure.detail)
  }
  const command = replayCommand(job)
  const commit = currentRevision()?.commit ?? ''
  const endUs = Math.round(virtualMs * 1_000)
  const trace = tracer.traceOf({ scenario, seed, command, commit, outcome, digest, endUs })
  return { report, trace }
}
