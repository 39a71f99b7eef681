/** Repeats a run that is to be looked into, by its seed, and if that alone does not break what it did, by its faults. */
import type { Fault } from '../../../sim/cluster/fault/catalogue.ts'
import type { Recipe } from '../../../sim/cluster/recipe.ts'
import { UsageError } from '../exit.ts'
import type { Crew } from './crew.ts'
import type { Job } from './job.ts'
import type { Failure, RunReport } from './report.ts'
import { isDeath } from './worker-process.ts'

export interface LostRun {
  readonly job: Job
  /** The faults of its bundle, if there is one. */
  readonly plan: readonly Fault[] | undefined
  /** The property that must be broken, if it is said. */
  readonly keep?: string | undefined
}

export interface FoundRun {
  readonly failure: Failure
  /** The simulation failed, or the scenario, rather than the chain in it. */
  readonly isCrash: boolean
  readonly recipe: Recipe
  /** Faults that struck. */
  readonly plan: readonly Fault[]
  /** Whether it takes the faults of the bundle. */
  readonly isByPlan: boolean
}

/** Undefined if the run holds, or it was stopped. A usage error if nothing can be made of it. */
export async function findAgain(
  crew: Pick<Crew, 'ask'>,
  { job, plan, keep }: LostRun,
  stop: AbortSignal,
): Promise<FoundRun | undefined> {
  const which = `${job.scenario} seed ${job.seed}`
  const bySeed = await crew.ask({ job, isTakenApart: true })
  if (isDeath(bySeed)) {
    if (stop.aborted) return undefined
    throw new UsageError(`${which}: the process that ran it ended: ${bySeed.died}`)
  }
  const isWanted = ({ failure }: RunReport): boolean =>
    failure !== undefined && (keep === undefined || failure.property === keep)
  let said = bySeed
  if (plan !== undefined && !isWanted(said.report)) {
    const byPlan = await crew.ask({ job, told: { plan }, isTakenApart: true })
    if (!isDeath(byPlan)) said = byPlan
  }
  const { report, recipe } = said
  if (report.outcome === 'held') return undefined
  return { ...requireFailure(report, recipe, keep), plan: report.plan, isByPlan: said !== bySeed }
}

function requireFailure(
  { scenario, seed, outcome, failure }: RunReport,
  recipe: Recipe | undefined,
  keep: string | undefined,
): Pick<FoundRun, 'failure' | 'isCrash' | 'recipe'> {
  const which = `${scenario} seed ${seed}`
  if (outcome === 'unknown') {
    throw new UsageError(
      `${which}: it is not known whether all held, so nothing is broken for sure`,
    )
  }
  if (outcome === 'nondeterministic') {
    const find = `alys check-determinism ${scenario} --seed ${seed}`
    throw new UsageError(`${which} is not the same when it is repeated: see ${find}`)
  }
  if (failure === undefined || recipe === undefined) {
    throw new UsageError(`${which} fails before there is a world: ${failure?.detail ?? outcome}`)
  }
  if (keep !== undefined && failure.property !== keep) {
    throw new UsageError(`--keep ${keep}: ${which} breaks ${failure.property}, and not that`)
  }
  return { failure, isCrash: outcome === 'crashed', recipe }
}
