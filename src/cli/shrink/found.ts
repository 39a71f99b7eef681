/** The run that is made smaller: what it breaks, and whether another run breaks the same. */
import type { Recipe } from '../../../sim/cluster/recipe.ts'
import type { Job } from '../sim/job.ts'
import type { Failure, RunReport } from '../sim/report.ts'
import type { WorkerRequest } from '../sim/worker.ts'
import type { Case } from './case.ts'

/** A run that breaks something, taken apart. */
export interface Found {
  readonly failure: Failure
  /** The simulation failed, or the scenario, rather than the chain in it. */
  readonly isCrash: boolean
  readonly recipe: Recipe
}

/** What is asked of a worker to have a case told. */
export function requestFor(
  { recipe, crypto, network }: Case,
  { scenario, seed }: Job,
): WorkerRequest {
  return { job: { scenario, seed, crypto, network }, told: { recipe } }
}

/** Whether a run breaks what was broken. Crashes are told apart by what they say. */
export function isBroken({ outcome, failure }: RunReport, found: Found): boolean {
  if (failure?.property !== found.failure.property) return false
  if (!found.isCrash) return outcome === 'violated'
  const saying = (text: string): string => text.split('\n')[0] ?? ''
  return outcome === 'crashed' && saying(failure.detail) === saying(found.failure.detail)
}
