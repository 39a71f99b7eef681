/**
 * Pieces done by the thread that asked: those too small to be worth a slot, all of them where there are no workers, and
 * those over which workers were lost. It works in slices, so that the event loop goes on meanwhile, and an urgent
 * piece goes before what was begun of another.
 *
 * The grain is one step: a few blocks or checks, or one block however large. A slice may run over by a step.
 */
import { present } from '../../base/assert.ts'
import type { VerifierPriority } from '../../kernel/environment.ts'
import type { RunRules, RunVerdict } from '../../protocol/block/run.ts'
import { headOf, rulesAfter, verdictAfterUnreadable } from '../../validation/cut.ts'
import type { NativeCrypto } from '../crypto.ts'
import {
  type ChecksPiece,
  checkOf,
  countOf,
  type Piece,
  type RunPiece,
  settleBlocks,
  settleChecks,
} from './jobs.ts'
import { verifyAll, type WorkerJudge } from './judge.ts'
import { startingRules } from './task.ts'

/** How long one slice may last. */
export const sliceMsMax = 4
/** Bytes of blocks after which a step ends. The reference hashes so many in a millisecond. */
const stepBytesMax = 65_536
/** BLS checks in one step: some 2 ms. */
const blsStepMax = 4

/** A piece that is being done: what comes next in it, and by which rules. */
interface Begun {
  readonly piece: Piece
  at: number
  rules: RunRules | undefined
  /** The last block that was judged could not be read. */
  isAfterUnreadable: boolean
}

/** Where pieces come from and what is told. */
export interface CallingThreadParts {
  readonly judge: WorkerJudge
  readonly crypto: NativeCrypto
  /** The next piece for this thread; undefined if there is none of that priority. */
  readonly next: (priority: VerifierPriority) => Piece | undefined
  /** Some verdicts were entered; `piece` if it is done with all of its own. */
  readonly settled: (piece: Piece) => void
  /** A slice is over. */
  readonly paused: () => void
}

const priorities = ['urgent', 'bulk'] as const

export class CallingThread {
  readonly #parts: CallingThreadParts
  readonly #begun: { urgent: Begun | undefined; bulk: Begun | undefined } = {
    urgent: undefined,
    bulk: undefined,
  }
  #scheduled: NodeJS.Immediate | undefined

  constructor(parts: CallingThreadParts) {
    this.#parts = parts
  }

  /** Looks for work, after the present call. */
  wake(): void {
    this.#scheduled ??= setImmediate(() => this.#slice())
  }

  close(): void {
    clearImmediate(this.#scheduled)
  }

  #slice(): void {
    this.#scheduled = undefined
    const end = performance.now() + sliceMsMax
    let begun = this.#first()
    while (begun !== undefined) {
      this.#step(begun)
      begun = performance.now() < end ? this.#first() : undefined
    }
    if (this.#first() !== undefined) this.wake()
    this.#parts.paused()
  }

  #first(): Begun | undefined {
    for (const priority of priorities) {
      this.#begun[priority] ??= this.#begin(priority)
      const begun = this.#begun[priority]
      if (begun !== undefined) return begun
    }
    return undefined
  }

  #begin(priority: VerifierPriority): Begun | undefined {
    const piece = this.#parts.next(priority)
    if (piece === undefined) return undefined
    return { piece, at: 0, rules: undefined, isAfterUnreadable: false }
  }

  #step(begun: Begun): void {
    const { piece } = begun
    if (piece.kind === 'run') this.#judge(begun, piece)
    else this.#check(begun, piece)
    if (begun.at < countOf(piece)) return
    this.#begun[piece.priority] = undefined
    this.#parts.settled(piece)
  }

  #judge(begun: Begun, { job, from, count }: RunPiece): void {
    const { judge } = this.#parts
    const first = from + begun.at
    const end = Math.min(from + count, first + judge.sliceMax)
    let next = first
    for (let bytes = 0; next < end && bytes < stepBytesMax; next += 1) {
      bytes += present(job.blocks[next], 'a block').length
    }
    const blocks = job.blocks.slice(first, next)
    const before = job.blocks[from - 1]
    const head = before === undefined ? undefined : headOf(before)
    const rules = begun.rules ?? startingRules({ rules: job.rules, head })
    const verdicts = corrected(judge.judge(rules, blocks), blocks, begun.isAfterUnreadable)
    settleBlocks(job, first, verdicts)
    begun.at += blocks.length
    begun.rules = rulesAfter(rules, headOf(present(blocks.at(-1), 'a block')))
    begun.isAfterUnreadable = verdicts.at(-1)?.fault === 'length'
  }

  #check(begun: Begun, { items }: ChecksPiece): void {
    const { judge, crypto } = this.#parts
    const isBls = items.slice(begun.at, begun.at + judge.sliceMax).some(({ job, index }) => {
      return job.checks[index]?.kind === 'bls'
    })
    const step = items.slice(begun.at, begun.at + (isBls ? blsStepMax : judge.sliceMax))
    settleChecks(step, verifyAll(step.map(checkOf), judge, crypto))
    begun.at += step.length
  }
}

function corrected(
  verdicts: readonly RunVerdict[],
  blocks: readonly Uint8Array[],
  isAfterUnreadable: boolean,
): readonly RunVerdict[] {
  const [verdict, ...others] = verdicts
  const [block] = blocks
  if (!isAfterUnreadable || verdict === undefined || block === undefined) return verdicts
  return [verdictAfterUnreadable(verdict, block), ...others]
}
