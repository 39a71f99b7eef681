/**
 * Several worker processes that answer questions, each one at a time, in the order in which they are asked. Which worker
 * answers is left to chance; the answers are not. One that dies, or takes too long, is replaced, and its death answers.
 */
import type { Millis } from '../../base/units.ts'
import type { WorkerAnswer, WorkerRequest } from './worker.ts'
import { isDeath, startWorker, type Worker, type WorkerDeath } from './worker-process.ts'

/** A run takes a second or so; what takes this long goes round in circles. */
const answerMsMax: Millis = 120_000

interface Asked {
  readonly request: WorkerRequest
  readonly isWanted: () => boolean
  readonly answer: (answer: WorkerAnswer | WorkerDeath) => void
}

export class Crew {
  readonly #idle: (Worker | undefined)[]
  readonly #busy = new Set<Worker>()
  #waiting: readonly Asked[] = []
  #isClosed = false
  #cpuMs: Millis = 0

  constructor(workers: number) {
    this.#idle = Array.from({ length: workers }, () => undefined)
  }

  /** A question that is not wanted any more when its turn comes is not asked, and is answered by a death. */
  ask(
    request: WorkerRequest,
    isWanted: () => boolean = () => true,
  ): Promise<WorkerAnswer | WorkerDeath> {
    const { promise, resolve } = Promise.withResolvers<WorkerAnswer | WorkerDeath>()
    this.#waiting = [...this.#waiting, { request, isWanted, answer: resolve }]
    this.#next()
    return promise
  }

  /** What all answers have cost the processors. */
  get cpuMs(): Millis {
    return this.#cpuMs
  }

  /** Ends all workers at once. What was asked is answered by their deaths. */
  close(): void {
    this.#isClosed = true
    for (const worker of [...this.#busy, ...this.#idle]) worker?.kill()
    for (const { answer } of this.#waiting) answer({ died: 'closed' })
    this.#waiting = []
  }

  #next(): void {
    const [asked, ...left] = this.#waiting
    if (asked === undefined) return
    if (this.#isClosed || !asked.isWanted()) {
      this.#waiting = left
      asked.answer({ died: 'not wanted' })
      return this.#next()
    }
    if (this.#idle.length === 0) return
    this.#waiting = left
    const worker = this.#idle.pop() ?? startWorker()
    this.#busy.add(worker)
    const watchdog = setTimeout(() => worker.kill(), answerMsMax)
    void worker.ask(asked.request).then((answer) => {
      clearTimeout(watchdog)
      this.#busy.delete(worker)
      this.#idle.push(isDeath(answer) ? undefined : worker)
      this.#cpuMs += isDeath(answer) ? 0 : (answer.cpuMs ?? 0)
      asked.answer(answer)
      this.#next()
    })
  }
}
