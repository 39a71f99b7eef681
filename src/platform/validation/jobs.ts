/**
 * A question to the pool, and the pieces it is cut into. A piece is what one thread does in one go: some blocks of one
 * run, or checks of any number of questions. When the last piece of a question is settled it has its answer.
 */
import { assert, present } from '../../base/assert.ts'
import type { Check, RecordVerdict, VerifierPriority } from '../../kernel/environment.ts'
import type { RunVerdict } from '../../protocol/block/run.ts'
import { headOf, verdictAfterUnreadable } from '../../validation/cut.ts'
import {
  blockRoom,
  checkRoom,
  isWellFormed,
  roomForBlocks,
  roomForChecks,
  type Task,
} from './task.ts'

/** A question. It is answered by `finish` once nothing of it is left. */
export interface Job {
  /** Verdicts that are not there yet. */
  left: number
  readonly finish: () => void
}

/** A question about checks. */
export interface CheckJob extends Job {
  readonly checks: readonly Check[]
  readonly verdicts: boolean[]
}

/** A question about a run. */
export interface RunJob extends Job {
  readonly rules: Uint8Array
  readonly blocks: readonly Uint8Array[]
  readonly verdicts: (RunVerdict | undefined)[]
  /** Where pieces begin, but for the first. */
  readonly cuts: number[]
}

/** Blocks `from` to `from + count` of a run. */
export interface RunPiece {
  readonly kind: 'run'
  readonly priority: VerifierPriority
  readonly job: RunJob
  readonly from: number
  readonly count: number
  /** How many workers were lost over it. */
  losses: number
}

/** Checks of any number of questions: the check at `index` of each job. */
export interface ChecksPiece {
  readonly kind: 'checks'
  readonly priority: VerifierPriority
  readonly items: readonly CheckItem[]
  losses: number
}

export interface CheckItem {
  readonly job: CheckJob
  readonly index: number
}

export type Piece = RunPiece | ChecksPiece

/** A question about checks. Those of another form are answered already: they are wrong. */
export function checkJob(
  checks: readonly Check[],
  done: (verdicts: readonly boolean[]) => void,
): CheckJob {
  const verdicts = new Array<boolean>(checks.length).fill(false)
  const left = checks.filter(isWellFormed).length
  return { checks, verdicts, left, finish: () => done(verdicts) }
}

/** What is to be asked of the checks of a question. */
export function itemsOf(job: CheckJob): readonly CheckItem[] {
  return job.checks.flatMap((check, index) => (isWellFormed(check) ? [{ job, index }] : []))
}

/** A question about a run. */
export function runJob(
  rules: Uint8Array,
  blocks: readonly Uint8Array[],
  done: (verdicts: readonly RecordVerdict[]) => void,
): RunJob {
  const verdicts = new Array<RunVerdict | undefined>(blocks.length).fill(undefined)
  const cuts: number[] = []
  const finish = (): void => done(joined({ blocks, verdicts, cuts }))
  return { rules, blocks, verdicts, cuts, left: blocks.length, finish }
}

/** The pieces of a run, of at most `blocksMax` blocks each. */
export function cutRun(job: RunJob, priority: VerifierPriority, blocksMax: number): Piece[] {
  const { blocks, rules } = job
  const roomMax = roomForBlocks(rules.length)
  const pieces: RunPiece[] = []
  let from = 0
  let room = 0
  const cutAt = (to: number): void => {
    if (from > 0) job.cuts.push(from)
    pieces.push({ kind: 'run', priority, job, from, count: to - from, losses: 0 })
    from = to
    room = 0
  }
  for (const [i, block] of blocks.entries()) {
    const more = blockRoom(block)
    if (i > from && (i - from === blocksMax || room + more > roomMax)) cutAt(i)
    room += more
  }
  if (from < blocks.length) cutAt(blocks.length)
  return pieces
}

/** The same piece as a worker reads it. */
export function taskOf(piece: Piece): Task {
  if (piece.kind === 'checks') return { kind: 'checks', checks: piece.items.map(checkOf) }
  const { job, from, count } = piece
  const before = job.blocks[from - 1]
  const head = before === undefined ? undefined : headOf(before)
  return { kind: 'run', rules: job.rules, head, blocks: job.blocks.slice(from, from + count) }
}

/** The check that an item stands for. */
export function checkOf({ job, index }: CheckItem): Check {
  return present(job.checks[index], 'a check')
}

/** How many checks or blocks a piece has. */
export function countOf(piece: Piece): number {
  return piece.kind === 'run' ? piece.count : piece.items.length
}

/** Enters the verdicts over some blocks, from `at` on. */
export function settleBlocks(job: RunJob, at: number, verdicts: readonly RunVerdict[]): void {
  for (const [i, verdict] of verdicts.entries()) {
    assert(job.verdicts[at + i] === undefined, 'one verdict for each block')
    job.verdicts[at + i] = verdict
  }
  job.left -= verdicts.length
}

/** Enters one verdict for each item. */
export function settleChecks(items: readonly CheckItem[], verdicts: readonly boolean[]): void {
  assert(items.length === verdicts.length, 'one verdict for each check')
  for (const [i, { job, index }] of items.entries()) {
    job.verdicts[index] = verdicts[i] === true
    job.left -= 1
  }
}

/** The verdicts over a whole run. What follows a block that cannot be read is known only now, if a cut was between. */
function joined({
  blocks,
  verdicts,
  cuts,
}: Pick<RunJob, 'blocks' | 'verdicts' | 'cuts'>): readonly RecordVerdict[] {
  const all = verdicts.map((verdict) => present(verdict, 'a verdict for each block'))
  for (const at of cuts) {
    const verdict = present(all[at], 'a verdict after the cut')
    const block = present(blocks[at], 'a block after the cut')
    if (all[at - 1]?.fault === 'length') all[at] = verdictAfterUnreadable(verdict, block)
  }
  return all
}

/** Gathers checks of several questions into pieces, each of which fits a slot. */
export class Gathering {
  readonly #priority: VerifierPriority
  #items: CheckItem[] = []
  #room = 0

  constructor(priority: VerifierPriority) {
    this.#priority = priority
  }

  get isEmpty(): boolean {
    return this.#items.length === 0
  }

  /** Adds one more; answers the piece that is full because of it, if there is one. */
  add(item: CheckItem, itemsMax: number): ChecksPiece | undefined {
    const more = checkRoom(checkOf(item))
    const isFull = this.#items.length >= itemsMax || this.#room + more > roomForChecks
    const full = isFull ? this.take() : undefined
    this.#items.push(item)
    this.#room += more
    return full
  }

  /** What was gathered, which may be nothing. */
  take(): ChecksPiece | undefined {
    const items = this.#items
    this.#items = []
    this.#room = 0
    return items.length === 0
      ? undefined
      : { kind: 'checks', priority: this.#priority, items, losses: 0 }
  }
}

/** Whether a check can lie in a slot at all. One with an enormous message is for the calling thread. */
export function fitsSlot(item: CheckItem): boolean {
  return checkRoom(checkOf(item)) <= roomForChecks
}
