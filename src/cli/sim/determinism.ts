/**
 * Runs every job twice, in two processes that differ in whatever must not matter: the seed of V8's hash
 * tables, the garbage collector's generations, the size of the thread pool, the time zone, the language, and the order of
 * the jobs, so that what one run leaves behind for the next shows up too. Where two runs differ, both are repeated
 * alone, and the first event that differs is found.
 */
import { describeDivergence, findDivergence, firstDifferent } from './divergence.ts'
import { type Job, keyOf } from './job.ts'
import { type Failure, lostRun, type RunReport } from './report.ts'
import { sweep } from './sweep.ts'
import type { WatchRequest } from './watch.ts'
import type { WorkerAnswer } from './worker.ts'
import { isDeath, startWorker, type WorkerSettings } from './worker-process.ts'

/** The two ways in which each job is run. */
const plain: WorkerSettings = {
  nodeOptions: ['--hash-seed=1'],
  environment: { TZ: 'UTC', LANG: 'C', LC_ALL: 'C', UV_THREADPOOL_SIZE: '1' },
}
const disturbed: WorkerSettings = {
  nodeOptions: ['--hash-seed=20240229', '--max-semi-space-size=1'],
  environment: {
    TZ: 'Pacific/Chatham',
    LANG: 'tr_TR.UTF-8',
    LC_ALL: 'tr_TR.UTF-8',
    UV_THREADPOOL_SIZE: '16',
  },
}

/** One job, run both ways. */
export interface Pair {
  readonly job: Job
  readonly first: RunReport
  readonly second: RunReport
}

export interface PairOptions {
  readonly jobs: readonly Job[]
  /** Processes at a time. */
  readonly workersMax: number
  readonly stop: AbortSignal
  readonly onFinished: (report: RunReport) => void
}

/** Runs all pairs. What was stopped before both were run is left out. */
export async function runPairs(options: PairOptions): Promise<readonly Pair[]> {
  const { jobs, workersMax } = options
  const forth = (): Promise<Reports> => runAll(options, jobs, plain)
  const back = (): Promise<Reports> => runAll(options, jobs.toReversed(), disturbed)
  const [firsts, seconds] =
    workersMax === 1 ? [await forth(), await back()] : await Promise.all([forth(), back()])
  return jobs.flatMap((job) => {
    const first = firsts.get(keyOf(job))
    const second = seconds.get(keyOf(job))
    return first === undefined || second === undefined ? [] : [{ job, first, second }]
  })
}

type Reports = ReadonlyMap<string, RunReport>

/** Runs one side of all pairs, on half of the workers. */
async function runAll(
  { workersMax, stop, onFinished }: PairOptions,
  jobs: readonly Job[],
  worker: WorkerSettings,
): Promise<Reports> {
  const reports = new Map<string, RunReport>()
  const onReport = (report: RunReport): void => void reports.set(keyOf(report), report)
  const half = Math.max(1, Math.floor(workersMax / 2))
  await sweep({ jobs, worker, workersMax: half, stop, onFinished, onReport })
  return reports
}

/** What the two runs of a pair differ in; empty if they are the same. */
export function differencesOf({ first, second }: Pair): readonly string[] {
  const failureOf = ({ failure }: RunReport): string =>
    failure === undefined ? 'none' : `${failure.property} at ${failure.atMs} ms`
  const pairs: readonly (readonly [string, string | number, string | number])[] = [
    ['digest', first.digest, second.digest],
    ['events', first.events, second.events],
    ['height', first.height, second.height],
    ['violation', failureOf(first), failureOf(second)],
  ]
  return pairs.filter(([, a, b]) => a !== b).map(([name, a, b]) => `${name} ${a} and ${b}`)
}

/** What was caught in the act, if anything was: it names file and line. */
export function caughtIn({ first, second }: Pair): Failure | undefined {
  return [first, second].find(({ outcome }) => outcome === 'nondeterministic')?.failure
}

/** Events between two checkpoints. */
const checkpointEvery = 1_000

/** Repeats both runs of a job alone, and says where they part. */
export async function locate(job: Job): Promise<readonly string[]> {
  const both = (watch: WatchRequest): Promise<readonly [WorkerAnswer, WorkerAnswer]> =>
    Promise.all([askAlone(plain, job, watch), askAlone(disturbed, job, watch)])
  const [first, second] = await both({ kind: 'checkpoints', everyEvents: checkpointEvery })
  if (first.report.digest === second.report.digest) return [onlyInCompany]
  const from = firstDifferent(first.checkpoints, second.checkpoints) * checkpointEvery
  const [a, b] = await both({ kind: 'stretch', from, to: from + checkpointEvery })
  const divergence = findDivergence(a.notes, b.notes)
  return divergence === undefined ? [notAgain] : describeDivergence(divergence)
}

const onlyInCompany =
  'Alone in their processes both runs are the same: an earlier run left something behind, such as a ' +
  'variable of a module.'
const notAgain = 'It did not happen again when both were repeated: it does not happen each time.'

async function askAlone(
  settings: WorkerSettings,
  job: Job,
  watch: WatchRequest,
): Promise<WorkerAnswer> {
  const worker = startWorker(settings)
  const answer = await worker.ask({ job, watch })
  worker.kill()
  if (!isDeath(answer)) return answer
  const failure = { property: 'no-crash', detail: answer.died, atMs: 0 }
  return { report: lostRun(job, failure, 0), checkpoints: [], notes: [] }
}
