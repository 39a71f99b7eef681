/** A run with a tracer that looks on, and the trace of it. */
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import type { Fault } from '../../../sim/cluster/fault/catalogue.ts'
import type { Trace } from '../../../sim/trace/record.ts'
import { Tracer } from '../../../sim/trace/tracer.ts'
import type { Millis } from '../../base/units.ts'
import { currentRevision } from '../revision.ts'
import { type Job, replayCommand } from '../sim/job.ts'
import type { RunReport } from '../sim/report.ts'
import { runJob } from '../sim/run.ts'

/** What is run. */
export interface RunWish {
  readonly job: Job
  /** Faults in place of those that would be drawn. */
  readonly plan?: readonly Fault[] | undefined
  /** Virtual time at which it is cut off. */
  readonly untilMs?: Millis | undefined
}

export interface TracedRun {
  readonly report: RunReport
  readonly trace: Trace
}

export async function runTraced({ job, plan, untilMs }: RunWish): Promise<TracedRun> {
  const tracer = new Tracer()
  let cluster: Cluster | undefined
  const onCluster = (begun: Cluster): void => {
    cluster = begun
  }
  const until = untilMs === undefined ? {} : { untilMs }
  const told = plan === undefined ? {} : { plan }
  const report = await runJob(job, { tracer, onCluster, ...until }, told)
  const { scenario, seed, outcome, digest, virtualMs, failure } = report
  const isTold = tracer.records.some(({ kind }) => kind === 'violation')
  // What was thrown out of a run was seen by nobody in it.
  if (failure !== undefined && !isTold) tracer.violation(failure.property, failure.detail)
  const nodes = cluster?.simulation.hosts.map(({ name }) => name) ?? []
  const { records, recordsInAll } = tracer
  const commit = currentRevision()?.commit ?? ''
  const command = replayCommand(job)
  const endUs = Math.round(virtualMs * 1_000)
  const run = { scenario, seed, command, commit, nodes, outcome, digest, endUs, recordsInAll }
  return { report, trace: { header: run, records } }
}
