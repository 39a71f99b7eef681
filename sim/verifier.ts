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

/** What is wrong with a pool at the moment. Batches that are begun are finished as they were begun. */
export interface VerifierFaults {
  /** How long everything takes, in percent of the usual. */
  readonly slownessPercent: number
  /** Workers that take nothing on. If they are all, whatever is asked waits until they are fewer. */
  readonly workersStuck: number
  /** What it says of a record, where that is not what is so. Knows what verdicts there are, as this does not. */
  readonly misjudge?: (verdict: RecordVerdict) => RecordVerdict
}

export const soundVerifier: VerifierFaults = { slownessPercent: 100, workersStuck: 0 }

/** What a pool needs of the world. `faults` is asked as each batch begins. */
export interface VerifierSeat {
  readonly timeline: Timeline
  readonly life: Life
  readonly faults: () => VerifierFaults
}

/** Work that was asked for. */
interface Batch {
  readonly costUs: number
  /** Tells the verdicts. */
  readonly finish: (faults: VerifierFaults) => void
  /** As it was begun. */
  faults: VerifierFaults
  isDone: boolean
}

/** What was asked with one priority, in the order of asking. */
interface Lane {
  /** What no worker has taken. */
  readonly waiting: Ring<Batch>
  /** What has not been answered yet, whether it waits, is under way, or is done before one that was asked earlier. */
  readonly unanswered: Ring<Batch>
}

/** The pool of one life. */
export class SimVerifier implements Verifier {
  readonly #model: VerifierModel
  readonly #timeline: Timeline
  readonly #life: Life
  readonly #faults: () => VerifierFaults
  readonly #urgent: Lane = { waiting: new Ring(), unanswered: new Ring() }
  readonly #bulk: Lane = { waiting: new Ring(), unanswered: new Ring() }
  #busy = 0

  constructor(model: VerifierModel, { timeline, life, faults }: VerifierSeat) {
    this.#model = model
    this.#timeline = timeline
    this.#life = life
    this.#faults = faults
  }

  /** What is wrong has changed: workers that are free may take something on. */
  look(): void {
    this.#work()
  }

  verify(
    checks: readonly Check[],
    priority: VerifierPriority,
    done: (verdicts: readonly boolean[]) => void,
  ): void {
    const finish = (): void => done(checks.map((check) => this.#model.check(check)))
    this.#add(this.#checksCostUs(checks), finish, priority)
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
    const finish = ({ misjudge }: VerifierFaults): void => {
      const verdicts = this.#model.validate(run)
      done(misjudge === undefined ? verdicts : verdicts.map(misjudge))
    }
    this.#add(costUs, finish, priority)
  }

  aggregate(signatures: readonly Uint8Array[]): Uint8Array | undefined {
    return this.#model.aggregate(signatures)
  }

  #add(costUs: number, finish: Batch['finish'], priority: VerifierPriority): void {
    const { waiting, unanswered } = priority === 'urgent' ? this.#urgent : this.#bulk
    assert(waiting.length < waitingMax, 'fewer batches wait than any bound of the askers allows')
    const batch = { costUs, finish, faults: soundVerifier, isDone: false }
    waiting.push(batch)
    unanswered.push(batch)
    this.#work()
  }

  /** Gives every idle worker a batch. A paused process has no idle workers. */
  #work(): void {
    const faults = this.#faults()
    const { slownessPercent, workersStuck } = faults
    while (this.#busy < this.#model.costs.workers - workersStuck) {
      const lane = this.#urgent.waiting.length > 0 ? this.#urgent : this.#bulk
      if (lane.waiting.length === 0) return
      const batch = lane.waiting.shift()
      this.#busy += 1
      batch.faults = faults
      const us = Math.floor((batch.costUs * slownessPercent) / 100)
      const finish = { fire: () => this.#finish(batch, lane) }
      this.#timeline.at(this.#timeline.nowUs + us, { fire: () => this.#life.enter(finish) })
    }
  }

  /** Answers what is done, unless something that was asked before it is not. */
  #finish(batch: Batch, { unanswered }: Lane): void {
    this.#busy -= 1
    batch.isDone = true
    this.#work()
    if (unanswered.first !== batch) return
    unanswered.shift()
    // What had to wait for this one follows it, each as an entry of its own.
    while (unanswered.first?.isDone === true) {
      const { finish, faults } = unanswered.shift()
      this.#timeline.soon(() => this.#life.enter({ fire: () => finish(faults) }))
    }
    batch.finish(batch.faults)
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
