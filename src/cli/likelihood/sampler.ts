/** Tries of points, in worker processes, one for each seed: the same with any number of them. */
import type { Reseed } from '../../../sim/simulation.ts'
import type { Millis } from '../../base/units.ts'
import type { Crew } from '../sim/crew.ts'
import type { Job } from '../sim/job.ts'
import type { RunReport } from '../sim/report.ts'
import type { Told } from '../sim/run.ts'
import { isDeath } from '../sim/worker-process.ts'
import type { Point } from './curve.ts'

export interface SamplerOptions {
  readonly crew: Pick<Crew, 'ask'>
  readonly job: Job
  /** What all runs are told with. */
  readonly told: Told
  readonly property: string
  readonly stop: AbortSignal
  /** Called as a run is over. */
  readonly onFinished: (report: RunReport) => void
}

/**
 * Runs so many tries of each point, first one of each, then a second: so that what is there when it is stopped says
 * something of all. The result is of those that were run.
 */
export async function sample(
  timesMs: readonly Millis[],
  tries: number,
  options: SamplerOptions,
): Promise<readonly Point[]> {
  const points = timesMs.map((atMs) => ({ atMs, tries: 0, failed: 0 }))
  const { crew, job, told, property, stop, onFinished } = options
  const runOne = async (point: (typeof points)[number], seed: number): Promise<void> => {
    const request = { job: { ...job, reseeds: reseedsOf(job, { atMs: point.atMs, seed }) }, told }
    const said = await crew.ask(request, () => !stop.aborted)
    if (stop.aborted) return
    // A run whose process died is a try that says nothing.
    if (isDeath(said)) return
    point.tries += 1
    const { outcome, failure } = said.report
    const isSame = outcome === 'violated' || outcome === 'crashed'
    if (isSame && failure?.property === property) point.failed += 1
    onFinished(said.report)
  }
  for (let seed = 1; seed <= tries && !stop.aborted; seed += 1) {
    await Promise.all(points.map((point) => runOne(point, seed)))
  }
  return points
}

/** Those before the point, and then the other chance. */
function reseedsOf({ reseeds = [] }: Job, other: Reseed): readonly Reseed[] {
  return [...reseeds.filter(({ atMs }) => atMs < other.atMs), other]
}
