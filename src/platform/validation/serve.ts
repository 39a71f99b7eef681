/**
 * What a worker thread does all its life: take the most urgent piece of work that is ready, judge it, say so; sleep
 * when there is none. It has no event loop while it serves, and needs none: work comes by shared memory, and so does
 * the word that the pool closes.
 *
 * Whatever a judge throws ends the thread: a judge that throws once is not asked again.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { assert, present } from '../../base/assert.ts'
import { type NativeCrypto, nativeCrypto } from '../crypto.ts'
import { claimSlot, finishSlot } from './claim.ts'
import { type JudgeKind, verifyAll, type WorkerJudge } from './judge.ts'
import {
  closingWord,
  judgeBytesMax,
  publishedWord,
  recordsMax,
  type Slot,
  slotsOf,
} from './layout.ts'
import { readTask, runVerdictsIn, startingRules, writeCheckVerdicts } from './task.ts'

/** What a worker is born with. */
export interface WorkerBirth {
  readonly memory: SharedArrayBuffer
  /** From 1; no two workers of a pool have the same. */
  readonly number: number
}

/** What a worker says of itself, once, when it is ready to work. */
export interface WorkerReady {
  readonly kind: JudgeKind
  readonly batchMax: number
}

/** Serves the pool that this thread was started by, until the pool closes. */
export function serve(judge: WorkerJudge): void {
  const { kind, batchMax, memoryBytes } = judge
  assert(batchMax >= 1 && batchMax <= recordsMax, 'a batch that fits a slot')
  assert(memoryBytes <= judgeBytesMax, `${memoryBytes} bytes for a judge`)
  const { memory, number } = workerData as WorkerBirth
  const shared = slotsOf(memory)
  const crypto = nativeCrypto()
  const ready: WorkerReady = { kind, batchMax }
  present(parentPort ?? undefined, 'a pool that this thread works for').postMessage(ready)
  const { words } = shared
  while (Atomics.load(words, closingWord) === 0) {
    const seen = Atomics.load(words, publishedWord)
    const slot = claimSlot(shared, number)
    if (slot === undefined) {
      Atomics.wait(words, publishedWord, seen)
      continue
    }
    work(slot, judge, crypto)
    finishSlot(shared, slot, number)
  }
}

function work({ input, output }: Slot, judge: WorkerJudge, crypto: NativeCrypto): void {
  const task = readTask(input)
  if (task.kind === 'run') {
    const verdicts = runVerdictsIn(output, task.run.lengths.length)
    judge.judgePacked(startingRules(task), task.run, verdicts)
  } else writeCheckVerdicts(output, verifyAll(task.checks, judge, crypto))
}
