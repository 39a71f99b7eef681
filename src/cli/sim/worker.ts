/**
 * A process that runs jobs, one after another, as its parent sends them. It ends when the parent is
 * gone. An interruption from the terminal is the parent's to deal with.
 */
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import { type Recipe, recipeOf } from '../../../sim/cluster/recipe.ts'
import type { Draws } from '../../../sim/cluster/scenario.ts'
import type { Job } from './job.ts'
import { withRecord } from './record.ts'
import type { RunReport } from './report.ts'
import { runJob, scenarioCalled, type Told } from './run.ts'
import { type Note, type WatchRequest, watch } from './watch.ts'

export interface WorkerRequest {
  readonly job: Job
  readonly watch?: WatchRequest
  /** A run that does not hold is repeated, and its decisions are noted. */
  readonly isRecorded?: boolean
  /** What it is told with in place of what would be drawn. */
  readonly told?: Told
  /** The recipe of the run is asked for. */
  readonly isTakenApart?: boolean
}

export interface WorkerAnswer {
  readonly report: RunReport
  readonly checkpoints: readonly string[]
  readonly notes: readonly Note[]
  readonly recipe?: Recipe
  /** Of the processor, for all that was asked. */
  readonly cpuMs?: number
}

async function answer(request: WorkerRequest): Promise<WorkerAnswer> {
  const before = process.cpuUsage()
  const said = await answerIn(request)
  const { user, system } = process.cpuUsage(before)
  return { ...said, cpuMs: (user + system) / 1_000 }
}

async function answerIn(request: WorkerRequest): Promise<WorkerAnswer> {
  const said = await run(request)
  const { parts: _, ...report } = said.report
  if (request.isRecorded !== true || report.outcome === 'held') return { ...said, report }
  return { ...said, report: await withRecord(said.report) }
}

async function run(request: WorkerRequest): Promise<WorkerAnswer> {
  if (request.isTakenApart === true) return await takeApart(request)
  if (request.watch === undefined) {
    const report = await runJob(request.job, {}, request.told)
    // Whoever runs a million seeds does not want the faults of those that held.
    const kept = report.outcome === 'held' ? { ...report, plan: [] } : report
    return { report: kept, checkpoints: [], notes: [] }
  }
  const { onlookers, checkpoints, notes, features } = watch(request.watch)
  const report = await runJob(request.job, onlookers)
  if (features === undefined) return { report, checkpoints, notes }
  return { report: { ...report, sightings: features.sightings }, checkpoints, notes }
}

/** With the recipe, if a world has begun. */
async function takeApart({ job, told }: WorkerRequest): Promise<WorkerAnswer> {
  let cluster: Cluster | undefined
  const onCluster = (begun: Cluster): void => {
    cluster = begun
  }
  const report = await runJob(job, { onCluster }, told)
  const said = { report, checkpoints: [], notes: [] }
  if (cluster === undefined) return said
  return { ...said, recipe: recipeOf(cluster, told?.recipe?.drawsAs ?? (await drawsOf(job))) }
}

/** Whose chance a job goes by. Of a scenario in a file, the name is not what the file is called. */
async function drawsOf({ scenario, seed, reseeds }: Job): Promise<Draws> {
  const { name, drawsAs = { scenario: name, seed } } = await scenarioCalled(scenario)
  return { ...drawsAs, ...(reseeds === undefined ? {} : { reseeds }) }
}

process.on('SIGINT', () => undefined)
process.on('message', (request: WorkerRequest) => {
  // A parent that is gone is not told, and that is no fault.
  void answer(request).then((said) => process.send?.(said, undefined, {}, () => undefined))
})
