/**
 * What waits in the pool with one priority: questions for their answers, in the order in which they were asked, and
 * pieces for a thread. Answers leave in that order too, whichever thread was faster.
 */
import { present } from '../../base/assert.ts'
import { Ring } from '../../base/ring.ts'
import type { VerifierPriority } from '../../kernel/environment.ts'
import { Gathering, type Job, type Piece } from './jobs.ts'

export class Lane {
  readonly priority: VerifierPriority
  /** Checks that wait for company. */
  readonly gathering: Gathering
  /** Fires when they have waited long enough. */
  flush: NodeJS.Timeout | NodeJS.Immediate | undefined
  readonly #jobs = new Ring<Job>()
  /** The oldest question, which is at the head of the ring no more. */
  #oldest: Job | undefined
  /** For the calling thread only. */
  readonly #alone = new Ring<Piece>()
  readonly #pieces = new Ring<Piece>()
  /** Were out already, and go first. */
  readonly #again = new Ring<Piece>()

  constructor(priority: VerifierPriority) {
    this.priority = priority
    this.gathering = new Gathering(priority)
  }

  addJob(job: Job): void {
    this.#jobs.push(job)
  }

  /** For any thread. */
  add(piece: Piece | undefined): void {
    if (piece !== undefined) this.#pieces.push(piece)
  }

  /** For any thread, before the others: it was taken back from a worker. */
  addAgain(piece: Piece): void {
    this.#again.push(piece)
  }

  /** For the calling thread. */
  addAlone(piece: Piece | undefined): void {
    if (piece !== undefined) this.#alone.push(piece)
  }

  /** The next piece that any thread may do. */
  next(): Piece | undefined {
    if (this.#again.length > 0) return this.#again.shift()
    return this.#pieces.length > 0 ? this.#pieces.shift() : undefined
  }

  /** The next piece that the calling thread has to do. */
  nextAlone(): Piece | undefined {
    return this.#alone.length > 0 ? this.#alone.shift() : undefined
  }

  /** Whether the oldest question has its answer. */
  get isAnswered(): boolean {
    if (this.#oldest === undefined && this.#jobs.length > 0) this.#oldest = this.#jobs.shift()
    return this.#oldest?.left === 0
  }

  /** Gives the oldest question its answer, which it has. */
  answer(): void {
    const job = present(this.#oldest, 'a question with its answer')
    this.#oldest = undefined
    job.finish()
  }

  /** Forgets everything. */
  clear(): void {
    clearTimeout(this.flush as NodeJS.Timeout | undefined)
    clearImmediate(this.flush as NodeJS.Immediate | undefined)
    this.flush = undefined
    this.gathering.take()
    this.#oldest = undefined
    for (const ring of [this.#jobs, this.#alone, this.#pieces, this.#again]) ring.clear()
  }
}
