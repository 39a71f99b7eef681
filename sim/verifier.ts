/**
 * A simulated pool of validators: verdicts come after the virtual time that the work would have taken,
 * urgent batches before those that wait, one batch at a time in each worker.
 *
 * What a valid signature or record is, the caller says: real cryptography, or an ideal one.
 */
import { assert } from '../src/base/assert.ts'
import { Ring } from '../src/base/ring.ts'
import type {
  Check,
  RecordRun,
  RecordVerdict,
  Verifier,
  VerifierPriority,
} from '../src/kernel/environment.ts'
import type { Life } from './life.ts'
import type { Timeline } from './timeline.ts'

/** What the work is, and what it costs. */
export interface VerifierModel {
  readonly check: (check: Check) => boolean
  /** One verdict for each record, in order. */
  readonly validate: (run: RecordRun) => readonly RecordVerdict[]
  readonly aggregate: (signatures: readonly Uint8Array[]) => Uint8Array | undefined
  readonly costs: VerifierCosts
}

/** Whole microseconds of one worker, save where another unit is named. */
export interface VerifierCosts {
  /** Handing a batch over and taking its verdicts back. */
  readonly batchUs: number
  readonly ed25519Us: number
  readonly blsUs: number
  /** On top of `blsUs`, for each public key that has to be added up. */
  readonly blsKeyUs: number
  /** Whatever a record costs, however short. */
  readonly recordUs: number
  /** On top of `recordUs`, whole nanoseconds for each byte of a record. */
  readonly recordByteNs: number
  readonly workers: number
}

/**
 * Two workers as measured on a 2.x GHz server: 25 µs an Ed25519 check in a batch, 1.1 ms a BLS one, and 24 µs a block
 * of 15 kB in a batch of them.
 */
export const twoWorkers: VerifierCosts = {
  batchUs: 30,
  ed25519Us: 25,
  blsUs: 1_100,
  blsKeyUs: 2,
  recordUs: 6,
  recordByteNs: 2,
  workers: 2,
}

/** Batches that may wait. Whoever asks bounds what it asks; more than this is a fault of its code. */
const waitingMax = 100_000
/** The bounds of a run, as the seam states them. */
const recordsMax = 4_096
const recordBytesMax = 16 * 1_048_576

interface Batch {
  readonly costUs: number
  /** Does the work and tells the verdicts. */
  readonly finish: () => void
}

/** The pool of one life. */
export function simVerifier(
  model: VerifierModel,
  seat: { readonly timeline: Timeline; readonly life: Life },
): Verifier {
  return new SimVerifier(model, seat.timeline, seat.life)
}

class SimVerifier implements Verifier {
  readonly #model: VerifierModel
  readonly #timeline: Timeline
  readonly #life: Life
  readonly #urgent = new Ring<Batch>()
  readonly #bulk = new Ring<Batch>()
  #busy = 0

  constructor(model: VerifierModel, timeline: Timeline, life: Life) {
    this.#model = model
    this.#timeline = timeline
    this.#life = life
  }

  verify(
    checks: readonly Check[],
    priority: VerifierPriority,
    done: (verdicts: readonly boolean[]) => void,
  ): void {
    const finish = (): void => done(checks.map((check) => this.#model.check(check)))
    this.#add({ costUs: this.#checksCostUs(checks), finish }, priority)
  }

  validate(
    run: RecordRun,
    priority: VerifierPriority,
    done: (verdicts: readonly RecordVerdict[]) => void,
  ): void {
    const bytes = run.records.reduce((sum, record) => sum + record.length, 0)
    assert(run.records.length <= recordsMax && bytes <= recordBytesMax, 'a run within its bounds')
    const { batchUs, recordUs, recordByteNs } = this.#model.costs
    const costUs =
      batchUs + recordUs * run.records.length + Math.ceil((recordByteNs * bytes) / 1_000)
    this.#add({ costUs, finish: () => done(this.#model.validate(run)) }, priority)
  }

  aggregate(signatures: readonly Uint8Array[]): Uint8Array | undefined {
    return this.#model.aggregate(signatures)
  }

  #add(batch: Batch, priority: VerifierPriority): void {
    const queue = priority === 'urgent' ? this.#urgent : this.#bulk
    assert(queue.length < waitingMax, 'fewer batches wait than any bound of the askers allows')
    queue.push(batch)
    this.#work()
  }

  /** Gives every idle worker a batch. A paused process has no idle workers. */
  #work(): void {
    while (this.#busy < this.#model.costs.workers) {
      const queue = this.#urgent.length > 0 ? this.#urgent : this.#bulk
      if (queue.length === 0) return
      const batch = queue.shift()
      this.#busy += 1
      const dueUs = this.#timeline.nowUs + batch.costUs
      const finish = { fire: () => this.#finish(batch) }
      this.#timeline.at(dueUs, { fire: () => this.#life.enter(finish) })
    }
  }

  #finish(batch: Batch): void {
    this.#busy -= 1
    this.#work()
    batch.finish()
  }

  #checksCostUs(checks: readonly Check[]): number {
    const { batchUs, ed25519Us, blsUs, blsKeyUs } = this.#model.costs
    let us = batchUs
    for (const check of checks) {
      us += check.kind === 'ed25519' ? ed25519Us : blsUs + blsKeyUs * check.publicKeys.length
    }
    return us
  }
}
