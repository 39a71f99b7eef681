/**
 * Works on a sweep of the farm until nothing of it is left. Runs take place in the project's own worker processes, so
 * this one is always free to tell Redis that it lives: a job is taken over only from a machine that is gone. Each
 * result is stored as soon as it is there, so of a machine that dies little is run again, and nothing counts twice.
 */
import type { Job as QueueJob } from 'bullmq'
import type { Millis } from '../../base/units.ts'
import { type ExitCode, exitCode, UsageError } from '../exit.ts'
import { currentRevision, type Revision } from '../revision.ts'
import { jobsOf } from '../sim/plan.ts'
import type { RunReport } from '../sim/report.ts'
import { watchStops } from '../sim/stops.ts'
import { sweep as runSweep } from '../sim/sweep.ts'
import type { Stretch } from './enqueue.ts'
import { type Connection, connect, farmPackages, type Packages } from './redis.ts'
import { FarmStore, type FarmSweep, queueName } from './store.ts'

export interface WorkSettings {
  readonly url: string
  readonly sweep: string | undefined
  readonly workersMax: number
  /** After so long without a sign of life another machine takes a job over. */
  readonly lockMs: Millis
  /** Redis may be away for so long. */
  readonly awayMsMax: Millis
}

/** How often a job may be taken over: machines may come and go all night. */
const stalledMax = 100
const pollMs = 500

export async function work(settings: WorkSettings): Promise<ExitCode> {
  const packages = await farmPackages()
  const connection = await connect(packages, settings.url, settings.awayMsMax)
  try {
    const store = new FarmStore(connection.redis)
    const sweep = await store.sweep(settings.sweep)
    checkSources(sweep, currentRevision())
    return await new Bench(packages, connection, sweep, settings).work(store)
  } finally {
    connection.close()
  }
}

/** Results of other sources would not be those of the sweep. */
function checkSources({ id, revision }: FarmSweep, own: Revision | undefined): void {
  if (revision?.commit === own?.commit && revision?.isDirty === own?.isDirty) return
  const text = (of: Revision | undefined): string =>
    of === undefined ? 'no commit that is known' : `${of.commit}${of.isDirty ? ' and changes' : ''}`
  throw new UsageError(`sweep ${id} is of ${text(revision)}, and the sources here are ${text(own)}`)
}

/** Where one machine works. */
class Bench {
  readonly #packages: Packages
  readonly #connection: Connection
  readonly #sweep: FarmSweep
  readonly #settings: WorkSettings
  #runs = 0

  constructor(
    packages: Packages,
    connection: Connection,
    sweep: FarmSweep,
    settings: WorkSettings,
  ) {
    this.#packages = packages
    this.#connection = connection
    this.#sweep = sweep
    this.#settings = settings
  }

  async work(store: FarmStore): Promise<ExitCode> {
    const { bullmq } = this.#packages
    const { lockMs } = this.#settings
    const stops = watchStops(undefined)
    const abort = new AbortController()
    const options = { connection: this.#connection.redis }
    const queue = new bullmq.Queue(queueName(this.#sweep), options)
    const worker = new bullmq.Worker(
      queueName(this.#sweep),
      (job) => this.#run(job, store, abort.signal),
      {
        ...{ ...options, concurrency: 1, lockDuration: lockMs, stalledInterval: lockMs },
        maxStalledCount: stalledMax,
      },
    )
    // What is wrong with the connection is seen by the connection, and what is wrong with a job by its next attempt.
    queue.on('error', () => undefined)
    worker.on('error', () => undefined)
    const interrupted = new Promise<'interrupted'>((resolve) => {
      stops.signal.addEventListener('abort', () => resolve('interrupted'), { once: true })
    })
    const gone = this.#connection.lost.then(() => 'gone' as const)
    const end = await Promise.race([
      drained(() => queue.getJobCounts('waiting', 'active', 'delayed'), abort.signal),
      interrupted,
      gone,
    ])
    abort.abort()
    stops.release()
    if (end !== 'gone') await Promise.race([worker.close(end === 'interrupted'), gone])
    else void worker.close(true).catch(() => undefined)
    console.log(`sweep ${this.#sweep.id}: ${this.#runs} runs were done here`)
    if (end === 'drained') return exitCode.held
    const why = end === 'gone' ? 'Redis is gone' : 'Interrupted'
    process.stderr.write(`${why}: what was done until then is kept, the rest is not done here.\n`)
    return exitCode.undecided
  }

  /** One job: the runs of it that nobody has told yet. */
  async #run(job: QueueJob, store: FarmStore, stop: AbortSignal): Promise<void> {
    const sweep = this.#sweep
    const jobs = [...jobsOf({ ...sweep.plan, ...(job.data as Stretch) })]
    const known = await store.runs(sweep, jobs)
    const stored: Promise<void>[] = []
    const isLast = job.attemptsMade + 1 >= (job.opts.attempts ?? 1)
    let died: RunReport | undefined
    const onReport = (report: RunReport): void => {
      // A process that was killed says nothing of the run: another attempt will.
      if (isDeath(report) && !isLast) died ??= report
      else {
        this.#runs += 1
        stored.push(store.add(sweep, report, Date.now()))
      }
    }
    const { workersMax } = this.#settings
    const left = jobs.filter((_, index) => known[index] === undefined)
    await runSweep({ jobs: left, workersMax, stop, onReport })
    await Promise.all(stored)
    if (stop.aborted) throw new Error('stopped')
    if (died !== undefined) throw new Error(died.failure?.detail)
  }
}

/** Comes back when no job waits, and no machine works on one. */
async function drained(
  counts: () => Promise<Readonly<Record<string, number>>>,
  stop: AbortSignal,
): Promise<'drained'> {
  while (!stop.aborted) {
    if (Object.values(await counts()).every((count) => count === 0)) break
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  return 'drained'
}

/** The process of the run ended before the run did. */
function isDeath({ outcome, digest, failure }: RunReport): boolean {
  return outcome === 'crashed' && digest === '' && failure?.property === 'no-crash'
}
