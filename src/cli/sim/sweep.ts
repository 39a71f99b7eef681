/**
 * Runs jobs in worker processes, and hands on what became of them in the order of the jobs, however
 * many workers there are. A job whose worker dies is reported as crashed, and the others go on.
 */
import type { Job } from './job.ts'
import { lostRun, type RunReport } from './report.ts'
import type { WatchRequest } from './watch.ts'
import { isDeath, startWorker, type Worker, type WorkerSettings } from './worker-process.ts'

export interface SweepOptions {
  /** May wait for what became of earlier ones; then it has to end when `stop` fires. */
  readonly jobs: Iterable<Job> | AsyncIterable<Job>
  /** What workers look at while they run a job. */
  readonly watch?: WatchRequest
  /** Runs that do not hold are repeated, and their decisions are noted, for their bundles. */
  readonly isRecorded?: boolean
  readonly workersMax: number
  readonly worker?: WorkerSettings
  /** Begin no run after one that did not hold. */
  readonly isBail?: boolean
  /** When it fires, runs in progress are given up. */
  readonly stop?: AbortSignal
  /** Called as soon as a run is over. */
  readonly onFinished?: (report: RunReport) => void
  /** Called in the order of the jobs. */
  readonly onReport: (report: RunReport) => void
}

/** Runs the jobs until there are no more, or until it is told to stop, or bails out. */
export async function sweep(options: SweepOptions): Promise<void> {
  const { jobs, workersMax, isBail = false, stop, onReport } = options
  const queue =
    Symbol.asyncIterator in jobs ? jobs[Symbol.asyncIterator]() : jobs[Symbol.iterator]()
  const reports = new Reorderer(onReport)
  let taken = 0
  let isOver = stop?.aborted === true
  const take = async (): Promise<{ readonly job: Job; readonly place: number } | undefined> => {
    if (isOver) return undefined
    const next = await queue.next()
    if (next.done === true || isOver) return undefined
    taken += 1
    return { job: next.value, place: taken - 1 }
  }
  const seats = Array.from({ length: workersMax }, () => new Seat(options))
  const end = (): void => {
    isOver = true
    reports.letGo()
    for (const seat of seats) seat.leave()
  }
  stop?.addEventListener('abort', end, { once: true })
  const work = async (seat: Seat): Promise<void> => {
    for (let next = await take(); next !== undefined; next = await take()) {
      const report = await seat.run(next.job)
      if (stop?.aborted === true) return
      options.onFinished?.(report)
      reports.put(next.place, report)
      if (isBail && report.outcome !== 'held') isOver = true
      await reports.room()
    }
    seat.leave()
  }
  try {
    await Promise.all(seats.map(work))
  } finally {
    end()
    stop?.removeEventListener('abort', end)
  }
  reports.flush()
}

type SeatOptions = Pick<SweepOptions, 'worker' | 'watch' | 'isRecorded'>

/** Where one worker works at a time. */
class Seat {
  readonly #options: SeatOptions
  #worker: Worker | undefined

  constructor(options: SeatOptions) {
    this.#options = options
  }

  async run(job: Job): Promise<RunReport> {
    const { worker, watch, isRecorded = false } = this.#options
    this.#worker ??= startWorker(worker)
    const begunMs = performance.now()
    const request = { job, isRecorded, ...(watch === undefined ? {} : { watch }) }
    const answer = await this.#worker.ask(request)
    if (!isDeath(answer)) return answer.report
    this.#worker = undefined
    const detail = `the worker's process ended: ${answer.died}`
    return lostRun(job, { property: 'no-crash', detail, atMs: 0 }, performance.now() - begunMs)
  }

  leave(): void {
    this.#worker?.kill()
    this.#worker = undefined
  }
}

/** Reports that wait for that of an earlier job. As many more runs than that may get ahead of a slow one. */
const waitingMax = 10_000

/** Hands on reports by place, from 0. */
class Reorderer {
  readonly #onReport: (report: RunReport) => void
  readonly #waiting = new Map<number, RunReport>()
  #due = 0
  /** Those who wait for room. */
  #pending = Promise.withResolvers<void>()

  constructor(onReport: (report: RunReport) => void) {
    this.#onReport = onReport
  }

  put(place: number, report: RunReport): void {
    const waiting = this.#waiting
    waiting.set(place, report)
    for (let next = waiting.get(this.#due); next !== undefined; next = waiting.get(this.#due)) {
      waiting.delete(this.#due)
      this.#due += 1
      this.#onReport(next)
    }
    if (waiting.size < waitingMax) this.letGo()
  }

  /** Comes back when there is room for one more to wait. */
  async room(): Promise<void> {
    if (this.#waiting.size >= waitingMax) await this.#pending.promise
  }

  /** Lets all go on who wait for room. */
  letGo(): void {
    this.#pending.resolve()
    this.#pending = Promise.withResolvers()
  }

  /** Hands on what waits for places that will not come. */
  flush(): void {
    const places = [...this.#waiting.keys()].toSorted((a, b) => a - b)
    for (const place of places) {
      const report = this.#waiting.get(place)
      if (report !== undefined) this.#onReport(report)
    }
    this.#waiting.clear()
  }
}
