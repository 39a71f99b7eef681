/**
 * The worker threads of the pool: started when they are wanted, waited for until they are ready, replaced when they die. A thread that
 * dies again and again is replaced more and more slowly, and from some number of deaths on, in some time, not at all.
 *
 * Does not know what they work on: whoever hands out the work is told who is ready and who is lost.
 */
import { Worker } from 'node:worker_threads'
import type { WorkerBirth, WorkerReady } from './serve.ts'

/** What the owner of a crew hears. Each comes from the event loop, never from within a call. */
export interface CrewEars {
  /** This worker takes work from now on. */
  ready(number: number, what: WorkerReady): void
  /** This worker's thread has ended, for the reason told: what it held will not be finished. */
  lost(number: number, reason: string): void
  /** No worker is left, and none will come. */
  gone(): void
}

export interface CrewSettings {
  readonly memory: SharedArrayBuffer
  readonly workers: number
  /** The program of a worker, which ends by `serve`. */
  readonly program: URL
  /** Handed to each worker besides its birth. */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly replacement: ReplacementLimits
}

/** How the dead are replaced. */
export interface ReplacementLimits {
  /** After the first death in a while; doubled by each further one. */
  readonly pauseMs: number
  readonly pauseMsMax: number
  /** Deaths within the window that are made up for. */
  readonly deathsMax: number
  readonly windowMs: number
}

/** A machine's fault passes or it does not; and a thread costs a tenth of a second of work to start. */
export const defaultReplacement: ReplacementLimits = {
  ...{ pauseMs: 100, pauseMsMax: 30_000 },
  ...{ deathsMax: 16, windowMs: 3_600_000 },
}

/** To load its program and to get warm, on a machine that does other things. */
const startMsMax = 60_000
/** To leave when the pool closes. What a worker is at by then is of no use to anybody. */
const leaveMsMax = 300
/** A worker keeps little. Its garbage dies at once, but with less room each look at what is left would come too soon. */
const heapLimits = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 96 }

interface Member {
  readonly number: number
  readonly thread: Worker
  readonly starting: NodeJS.Timeout
  isReady: boolean
  reason: string | undefined
}

export class Crew {
  readonly #settings: CrewSettings
  readonly #ears: CrewEars
  readonly #members = new Map<number, Member>()
  /** Replacements that are on their way. */
  readonly #pauses = new Set<NodeJS.Timeout>()
  /** When workers died, within the window. */
  #deathsMs: number[] = []
  #born = 0
  #deaths = 0
  #isStarted = false
  #isClosed = false

  constructor(settings: CrewSettings, ears: CrewEars) {
    this.#settings = settings
    this.#ears = ears
  }

  /** Starts the workers, if that was not done before. */
  start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    for (let i = 0; i < this.#settings.workers; i += 1) this.#start()
  }

  /** Workers that take work. */
  get ready(): number {
    let count = 0
    for (const { isReady } of this.#members.values()) if (isReady) count += 1
    return count
  }

  /** Workers that have died so far, those that were retired among them. */
  get deaths(): number {
    return this.#deaths
  }

  /**
   * Ends a worker that does not answer. It is `lost`, and replaced, once its thread has really ended: one that is in
   * foreign code goes on until it returns from there.
   */
  retire(number: number, reason: string): void {
    const member = this.#members.get(number)
    if (member === undefined) return
    member.isReady = false
    member.reason ??= reason
    void member.thread.terminate()
  }

  /** Waits for the workers to leave, which they were told to by the shared memory, and ends those that do not. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const pause of this.#pauses) clearTimeout(pause)
    this.#pauses.clear()
    await Promise.all(Array.from(this.#members.values(), leave))
  }

  #start(): void {
    this.#born += 1
    const number = this.#born
    const { memory, program, extra } = this.#settings
    const birth: WorkerBirth = { memory, number }
    const thread = new Worker(program, {
      workerData: { ...extra, ...birth },
      name: `validation-${number}`,
      execArgv: [],
      resourceLimits: heapLimits,
    })
    const starting = setTimeout(() => this.retire(number, 'did not get ready'), startMsMax)
    starting.unref()
    const member: Member = { number, thread, starting, isReady: false, reason: undefined }
    this.#members.set(number, member)
    thread.on('message', (what: WorkerReady) => this.#welcome(member, what))
    thread.on('error', (error) => {
      member.reason ??= error instanceof Error ? error.message : String(error)
    })
    thread.on('exit', (code) => this.#bury(member, code))
    // The node decides when the process ends, not a thread that sleeps. To listen holds the process again, so this is
    // the last thing that is done to it.
    thread.unref()
  }

  #welcome(member: Member, what: WorkerReady): void {
    clearTimeout(member.starting)
    // It may have been retired meanwhile.
    if (member.reason !== undefined || this.#isClosed) return
    member.isReady = true
    this.#ears.ready(member.number, what)
  }

  #bury(member: Member, code: number): void {
    clearTimeout(member.starting)
    this.#members.delete(member.number)
    if (this.#isClosed) return
    this.#deaths += 1
    const nowMs = performance.now()
    const { replacement } = this.#settings
    this.#deathsMs = [...this.#deathsMs, nowMs].filter((ms) => nowMs - ms < replacement.windowMs)
    this.#replace()
    this.#ears.lost(member.number, member.reason ?? `exit code ${code}`)
    if (this.#members.size === 0 && this.#pauses.size === 0) this.#ears.gone()
  }

  #replace(): void {
    const { pauseMs, pauseMsMax, deathsMax } = this.#settings.replacement
    const deaths = this.#deathsMs.length
    if (deaths > deathsMax) return
    const pause = setTimeout(
      () => {
        this.#pauses.delete(pause)
        this.#start()
      },
      Math.min(pauseMsMax, pauseMs * 2 ** (deaths - 1)),
    )
    pause.unref()
    this.#pauses.add(pause)
  }
}

async function leave({ thread, isReady }: Member): Promise<void> {
  const { promise: left, resolve } = Promise.withResolvers<void>()
  thread.once('exit', () => resolve())
  // One that is not ready yet would first get ready.
  if (!isReady) void thread.terminate()
  const patience = setTimeout(() => void thread.terminate(), leaveMsMax)
  await left
  clearTimeout(patience)
}
