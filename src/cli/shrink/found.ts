/** How a case is told, and whether it breaks what the run did that is made smaller. */
import type { FoundRun } from '../sim/find-again.ts'
import type { Job } from '../sim/job.ts'
import type { RunReport } from '../sim/report.ts'
import type { WorkerRequest } from '../sim/worker.ts'
import type { Case } from './case.ts'

/** What is asked of a worker to have a case told. */
export function requestFor(
  { recipe, crypto, network }: Case,
  { scenario, seed }: Job,
): WorkerRequest {
  return { job: { scenario, seed, crypto, network }, told: { recipe } }
}

/** Whether a run breaks what was broken. Crashes are told apart by what they say. */
export function isBroken({ outcome, failure }: RunReport, found: FoundRun): boolean {
  if (failure?.property !== found.failure.property) return false
  if (!found.isCrash) return outcome === 'violated'
  const saying = (text: string): string => text.split('\n')[0] ?? ''
  return outcome === 'crashed' && saying(failure.detail) === saying(found.failure.detail)
}
