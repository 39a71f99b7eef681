/** Puts a sweep on the farm, as jobs of some seeds each. What has been run before is not asked for again. */
import { type ExitCode, exitCode } from '../exit.ts'
import { currentRevision } from '../revision.ts'
import { jobsOf, type SweepPlan } from '../sim/plan.ts'
import { connect, farmPackages } from './redis.ts'
import { FarmStore, queueName, sweepOf } from './store.ts'

/** Seeds of a job: of every scenario so many, from the first. */
export interface Stretch {
  readonly firstSeed: number
  readonly seeds: number
}

export interface EnqueueSettings {
  readonly url: string
  readonly seedsPerJob: number
}

/** A job that fails is tried so often, later and later: a machine may be ill. */
const attemptsMax = 5
const backoffMs = 1_000
/** Redis is not waited for by somebody who waits for the command. */
const awayMsMax = 5_000

export async function enqueue(plan: SweepPlan, settings: EnqueueSettings): Promise<ExitCode> {
  const packages = await farmPackages()
  const connection = await connect(packages, settings.url, awayMsMax)
  const sweep = sweepOf(plan, currentRevision())
  const store = new FarmStore(connection.redis)
  const queue = new packages.bullmq.Queue(queueName(sweep), { connection: connection.redis })
  const progress = { jobs: 0, runs: 0 }
  const put = async (): Promise<'done'> => {
    await store.put(sweep, Date.now())
    for (const stretch of stretchesOf(plan, settings.seedsPerJob)) {
      const known = await store.runs(sweep, [...jobsOf({ ...plan, ...stretch })])
      const missing = known.filter((report) => report === undefined).length
      if (missing === 0) continue
      // A job of the same name that waits or runs already stays the only one.
      const jobId = `seeds-${stretch.firstSeed}-${stretch.seeds}`
      await queue.add('seeds', stretch, {
        ...{ jobId, attempts: attemptsMax, backoff: { type: 'exponential', delay: backoffMs } },
        ...{ removeOnComplete: true, removeOnFail: true },
      })
      progress.jobs += 1
      progress.runs += missing
    }
    return 'done'
  }
  const end = await Promise.race([put(), connection.lost])
  const { jobs, runs } = progress
  console.log(`sweep ${sweep.id}: ${runs} runs to do in ${jobs} jobs`)
  connection.close()
  if (end === 'done') return exitCode.held
  process.stderr.write('Redis is gone: not all jobs are there. The same command goes on.\n')
  return exitCode.undecided
}

function* stretchesOf(plan: SweepPlan, seedsPerJob: number): Generator<Stretch, undefined> {
  const { firstSeed, seeds = 1 } = plan
  for (let done = 0; done < seeds; done += seedsPerJob) {
    yield { firstSeed: firstSeed + done, seeds: Math.min(seedsPerJob, seeds - done) }
  }
}
