/** What the pool has done and how it is: counted for metrics, told for the log. */
import type { RecordVerdict } from '../../kernel/environment.ts'
import type { JudgeKind } from './judge.ts'

/** Counts since the start, and the state at this moment. */
export interface ValidationReport {
  /** Who judges in the workers; in the calling thread, if no worker is ready. */
  readonly judge: JudgeKind
  readonly workersWanted: number
  /** Alive, and past their warm-up. */
  readonly workersReady: number
  readonly workerDeaths: number
  /** Pieces that were given to another thread because a worker was lost. */
  readonly reruns: number
  readonly slots: number
  readonly slotsUsed: number
  /** Checks and blocks that are not answered yet. */
  readonly waiting: number
  /** Pieces done by workers. */
  readonly batches: number
  /** Pieces done by the calling thread. */
  readonly batchesAlone: number
  readonly blocks: number
  /** Checks, besides the signatures of blocks. */
  readonly signatures: number
  /** Refused blocks by fault, and `check`: wrong signatures among the checks. */
  readonly refusals: Readonly<Record<string, number>>
}

/** What an operator should hear of. */
export type ValidationEvent =
  /** Once, at the start: who judges in the calling thread, and how many others may join it. */
  | {
      readonly kind: 'validation-started'
      readonly judge: JudgeKind
      readonly workersMax: number
      readonly slots: number
    }
  /** A worker is warm and takes work. */
  | {
      readonly kind: 'validation-worker-ready'
      readonly worker: number
      readonly judge: JudgeKind
      /** Blocks or checks in a slot. */
      readonly batchMax: number
    }
  | { readonly kind: 'validation-worker-lost'; readonly worker: number; readonly reason: string }
  /** The judge of the calling thread threw, and the reference has taken its place. */
  | { readonly kind: 'validation-judge-failed'; readonly reason: string }
  /** No worker is left, and none will come: the calling thread does everything. */
  | { readonly kind: 'validation-degraded'; readonly deaths: number }

export class Tally {
  reruns = 0
  batches = 0
  batchesAlone = 0
  #blocks = 0
  #signatures = 0
  readonly #refusals = new Map<string, number>()

  countChecks(verdicts: readonly boolean[]): void {
    this.#signatures += verdicts.length
    for (const isRight of verdicts) if (!isRight) this.#refuse('check')
  }

  countBlocks(verdicts: readonly RecordVerdict[]): void {
    this.#blocks += verdicts.length
    for (const { fault } of verdicts) if (fault !== undefined) this.#refuse(fault)
  }

  /** The counts of a report. */
  counts() {
    const { reruns, batches, batchesAlone } = this
    return {
      ...{ reruns, batches, batchesAlone, blocks: this.#blocks, signatures: this.#signatures },
      refusals: Object.fromEntries(this.#refusals),
    }
  }

  #refuse(fault: string): void {
    this.#refusals.set(fault, (this.#refusals.get(fault) ?? 0) + 1)
  }
}
