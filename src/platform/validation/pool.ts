/**
 * The pool: questions come in, are cut into pieces, and the pieces go through shared memory to worker threads, or to
 * the calling thread where that is better. Answers leave in the order of the questions of their priority.
 *
 * What it does when things are not as they should be:
 * - Until a worker is ready, when none is left, and where none are wanted, the calling thread does everything. Workers
 *   start when enough waits at once for the first time: a quiet chain never needs them, and saves their memory.
 * - A piece whose worker died or stalls goes to another; after `lossesMax` of them, to the calling thread.
 * - What does not fit into the slots waits here, up to `waitingMax`; to ask for more is misuse.
 */
import { availableParallelism } from 'node:os'
import { assert } from '../../base/assert.ts'
import type {
  Check,
  RecordRun,
  RecordVerdict,
  Verifier,
  VerifierPriority,
} from '../../kernel/environment.ts'
import { decodeRules } from '../../protocol/block/run.ts'
import { aggregateBlsNative, nativeCrypto } from '../crypto.ts'
import { Board, type Finished } from './board.ts'
import { CallingThread, sliceMsMax } from './calling-thread.ts'
import { Crew, defaultReplacement, type ReplacementLimits } from './crew.ts'
import {
  type CheckJob,
  checkJob,
  countOf,
  cutRun,
  fitsSlot,
  itemsOf,
  type Job,
  type Piece,
  type RunJob,
  runJob,
  settleBlocks,
  settleChecks,
  taskOf,
} from './jobs.ts'
import { type JudgeKind, nativeJudge, type WorkerJudge } from './judge.ts'
import { Lane } from './lane.ts'
import { slotCount, urgentSlotCount, workersMax } from './layout.ts'
import type { WorkerReady } from './serve.ts'
import { Tally, type ValidationEvent, type ValidationReport } from './tally.ts'
import { readCheckVerdicts, readRunVerdicts } from './task.ts'

/** How a pool differs from the usual. */
export interface PoolSettings {
  /** 0 to `workersMax` of the layout. */
  readonly workers?: number
  /** Whether workers start with the pool, instead of when there is enough for them to do. */
  readonly isEager?: boolean
  /** Told from the event loop. */
  readonly tell?: (event: ValidationEvent) => void
  /** The program of a worker, and what it is given besides its birth. */
  readonly program?: URL
  readonly extra?: Readonly<Record<string, unknown>>
  readonly replacement?: ReplacementLimits
  /**
   * Who judges in the calling thread; the reference, if absent. What workers were lost over comes to it too, so it is
   * better another one than theirs.
   */
  readonly judge?: WorkerJudge
  /** A worker that has one piece for so long is given up. */
  readonly stallMsMax?: number
}

/**
 * Ed25519 checks and small blocks that are not worth a slot: they take this thread 0.1 ms each. To hand them over takes
 * it 34 µs, and the asker 90 µs more, or as long as a batch that is being worked on: up to 8 ms (`nativeJudge`).
 */
const aloneMax = 3
/** Bytes of blocks that are as dear to hash as a check is to verify: 0.3 ms. */
const aloneBytesMax = 16_384
/** Checks and blocks that wait at once, or bytes of the latter, for which workers are started: some 20 ms of work. */
const demandMin = 128
const demandBytesMin = 1_048_576
/** Bulk checks wait so long for company; urgent ones for the end of the present turn. */
const flushMsMax = 2
/** A run is not cut smaller for the sake of more workers. */
const sharedBlocksMin = 64
/** Workers that one piece may cost. */
const lossesMax = 2
/** More than ten times what a slot full of forgeries takes the slowest judge. */
const defaultStallMsMax = 5_000
const stallLooks = 4

/** Checks and blocks without an answer, and the bytes of the latter. Whoever asks bounds what it asks. */
const waitingMax = 1_000_000
const waitingBytesMax = 128 * 1_048_576

/** The bounds of a run, as the seam states them. */
const runBlocksMax = 4_096
const runBytesMax = 16 * 1_048_576
const rulesBytesMax = 4_096

/** One core is left to the calling thread. More than `workersMax` workers could not be kept busy. */
export function defaultWorkers(cores = availableParallelism()): number {
  return Math.min(workersMax, Math.max(0, cores - 1))
}

export class ValidationPool implements Verifier {
  readonly #workers: number
  readonly #tell: (event: ValidationEvent) => void
  readonly #stallMsMax: number
  readonly #board = new Board<Piece>()
  readonly #lanes: Readonly<Record<VerifierPriority, Lane>> = {
    urgent: new Lane('urgent'),
    bulk: new Lane('bulk'),
  }
  readonly #tally = new Tally()
  /** Of the calling thread. */
  readonly #own: WorkerJudge
  readonly #callingThread: CallingThread
  readonly #crew: Crew
  /** Of the workers. */
  #judge: JudgeKind
  #batchMax: number
  #waiting = 0
  #waitingBytes = 0
  /** How many pieces had been finished when they were last collected. */
  #seen = 0
  #isListening = false
  #watch: NodeJS.Timeout | undefined
  #nextTurn: NodeJS.Immediate | undefined
  #isClosed = false

  constructor(settings: PoolSettings = {}) {
    const { workers = defaultWorkers(), tell = () => undefined } = settings
    assert(workers >= 0 && workers <= workersMax, `0 to ${workersMax} workers, not ${workers}`)
    this.#workers = workers
    this.#tell = tell
    this.#stallMsMax = settings.stallMsMax ?? defaultStallMsMax
    this.#own = settings.judge ?? nativeJudge()
    this.#judge = this.#own.kind
    this.#batchMax = this.#own.batchMax
    this.#callingThread = new CallingThread({
      judge: this.#own,
      crypto: nativeCrypto(),
      next: (priority) => this.#nextForCallingThread(priority),
      settled: () => {
        this.#tally.batchesAlone += 1
      },
      paused: () => this.#answer(),
    })
    const crewSettings = {
      ...{ workers, memory: this.#board.memory },
      program: settings.program ?? new URL('./worker.ts', import.meta.url),
      ...(settings.extra !== undefined && { extra: settings.extra }),
      replacement: settings.replacement ?? defaultReplacement,
    }
    this.#crew = new Crew(crewSettings, {
      ready: (worker, what) => this.#welcome(worker, what),
      lost: (number, reason) => this.#lose(number, reason),
      gone: () => tell({ kind: 'validation-degraded', deaths: this.#crew.deaths }),
    })
    if (settings.isEager === true) this.#crew.start()
    const started = { judge: this.#own.kind, workersMax: workers, slots: slotCount }
    setImmediate(() => this.#isClosed || tell({ kind: 'validation-started', ...started }))
  }

  verify(
    checks: readonly Check[],
    priority: VerifierPriority,
    done: (verdicts: readonly boolean[]) => void,
  ): void {
    if (this.#isClosed) return
    this.#reserve(checks.length, 0)
    const job = checkJob(checks, (verdicts) => {
      this.#waiting -= checks.length
      this.#tally.countChecks(verdicts)
      done(verdicts)
    })
    this.#admit(job, this.#lanes[priority])
    const isSmall = checks.length <= aloneMax && checks.every(({ kind }) => kind === 'ed25519')
    this.#gather(job, this.#lanes[priority], isSmall)
  }

  validate(
    { rules, records }: RecordRun,
    priority: VerifierPriority,
    done: (verdicts: readonly RecordVerdict[]) => void,
  ): void {
    const bytes = records.reduce((sum, { length }) => sum + length, 0)
    assert(records.length <= runBlocksMax, `a run of ${records.length} records`)
    assert(bytes <= runBytesMax, `a run of ${bytes} bytes`)
    assert(rules.length <= rulesBytesMax && decodeRules(rules).ok, 'rules that can be read')
    if (this.#isClosed) return
    this.#reserve(records.length, bytes)
    const job = runJob(rules, records, (verdicts) => {
      this.#waiting -= records.length
      this.#waitingBytes -= bytes
      this.#tally.countBlocks(verdicts)
      done(verdicts)
    })
    this.#admit(job, this.#lanes[priority])
    const isSmall = records.length <= aloneMax && bytes <= aloneBytesMax
    this.#cut(job, this.#lanes[priority], isSmall)
  }

  aggregate(signatures: readonly Uint8Array[]): Uint8Array | undefined {
    return aggregateBlsNative(signatures)
  }

  /** What was done so far, and how things stand. */
  report(): ValidationReport {
    return {
      judge: this.#crew.ready > 0 ? this.#judge : this.#own.kind,
      workersWanted: this.#workers,
      workersReady: this.#crew.ready,
      workerDeaths: this.#crew.deaths,
      slots: slotCount,
      slotsUsed: this.#board.used,
      waiting: this.#waiting,
      ...this.#tally.counts(),
    }
  }

  /** Ends all threads. What is not answered by now never will be, and what is asked from now on neither. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const lane of Object.values(this.#lanes)) lane.clear()
    this.#callingThread.close()
    clearInterval(this.#watch)
    clearImmediate(this.#nextTurn)
    this.#board.close()
    await this.#crew.close()
  }

  // ----- questions in -----

  #reserve(count: number, bytes: number): void {
    const waiting = this.#waiting + count
    assert(waiting <= waitingMax, `${this.#waiting} checks wait already`)
    const waitingBytes = this.#waitingBytes + bytes
    assert(waitingBytes <= waitingBytesMax, `${this.#waitingBytes} bytes wait already`)
    this.#waiting = waiting
    this.#waitingBytes = waitingBytes
    if (waiting >= demandMin || waitingBytes >= demandBytesMin) this.#crew.start()
  }

  #admit(job: Job, lane: Lane): void {
    lane.addJob(job)
    // A question that is answered already, for nothing was asked, is so in the next turn.
    if (job.left === 0) this.#turnSoon()
  }

  #gather(job: CheckJob, lane: Lane, isSmall: boolean): void {
    const items = itemsOf(job)
    const alone = isSmall ? items : items.filter((item) => !fitsSlot(item))
    const { priority } = lane
    if (alone.length > 0) lane.addAlone({ kind: 'checks', priority, items: alone, losses: 0 })
    for (const item of isSmall ? [] : items) {
      if (fitsSlot(item)) lane.add(lane.gathering.add(item, this.#batchMax))
    }
    if (alone.length > 0) this.#callingThread.wake()
    if (lane.gathering.isEmpty) return this.#pump()
    const flush = (): void => {
      lane.flush = undefined
      lane.add(lane.gathering.take())
      this.#pump()
    }
    const isHurried = priority === 'urgent' || this.#crew.ready === 0
    lane.flush ??= isHurried ? setImmediate(flush) : setTimeout(flush, flushMsMax)
    this.#pump()
  }

  #cut(job: RunJob, lane: Lane, isSmall: boolean): void {
    const share = Math.ceil(job.blocks.length / Math.max(1, this.#crew.ready))
    const blocksMax = Math.min(this.#batchMax, Math.max(sharedBlocksMin, share))
    for (const piece of cutRun(job, lane.priority, blocksMax)) {
      if (isSmall) lane.addAlone(piece)
      else lane.add(piece)
    }
    if (isSmall) this.#callingThread.wake()
    this.#pump()
  }

  // ----- pieces out, and back -----

  #nextForCallingThread(priority: VerifierPriority): Piece | undefined {
    const lane = this.#lanes[priority]
    const alone = lane.nextAlone()
    if (alone !== undefined || this.#crew.ready > 0) return alone
    return lane.next()
  }

  /** Bulk leaves some slots to what is urgent. */
  #nextForWorkers(): Piece | undefined {
    if (this.#crew.ready === 0 || this.#board.free === 0) return undefined
    const urgent = this.#lanes.urgent.next()
    if (urgent !== undefined || this.#board.free <= urgentSlotCount) return urgent
    return this.#lanes.bulk.next()
  }

  /** Fills the slots, for as long as a slice, or sees to it that somebody does the work if nobody takes from them. */
  #pump(): void {
    const end = performance.now() + sliceMsMax
    for (let piece = this.#nextForWorkers(); piece !== undefined; piece = this.#nextForWorkers()) {
      this.#board.publish(piece, taskOf(piece), piece.priority)
      if (performance.now() < end) continue
      this.#turnSoon()
      break
    }
    if (this.#crew.ready === 0) this.#callingThread.wake()
    this.#listen()
  }

  /** While anything is in flight: hears of what is finished, and keeps an eye on the workers. */
  #listen(): void {
    const isBusy = this.#board.inFlight > 0 && !this.#isClosed
    if (isBusy) this.#watch ??= setInterval(() => this.#look(), this.#stallMsMax / stallLooks)
    else {
      clearInterval(this.#watch)
      this.#watch = undefined
    }
    if (!isBusy || this.#isListening) return
    this.#isListening = true
    this.#board.whenFinished(this.#seen, () => {
      this.#isListening = false
      this.#turn()
    })
  }

  /** Takes in what is finished, answers, and hands out more. */
  #turn(): void {
    if (this.#isClosed) return
    this.#seen = this.#board.finishedCount
    this.#board.collect((finished) => this.#settle(finished))
    this.#pump()
    this.#answer()
  }

  #settle({ piece, output }: Finished<Piece>): void {
    this.#tally.batches += 1
    const count = countOf(piece)
    if (piece.kind === 'run') settleBlocks(piece.job, piece.from, readRunVerdicts(output, count))
    else settleChecks(piece.items, readCheckVerdicts(output, count))
  }

  /** Answers leave in order, for as long as a slice; the rest after the event loop had its turn. */
  #answer(): void {
    const end = performance.now() + sliceMsMax
    try {
      for (const lane of [this.#lanes.urgent, this.#lanes.bulk]) {
        while (lane.isAnswered && performance.now() < end) lane.answer()
      }
    } finally {
      if (Object.values(this.#lanes).some((lane) => lane.isAnswered)) this.#turnSoon()
    }
  }

  #turnSoon(): void {
    this.#nextTurn ??= setImmediate(() => {
      this.#nextTurn = undefined
      this.#turn()
    })
  }

  // ----- workers come and go -----

  #welcome(worker: number, { kind: judge, batchMax }: WorkerReady): void {
    this.#judge = judge
    this.#batchMax = batchMax
    this.#tell({ kind: 'validation-worker-ready', worker, judge, batchMax })
    this.#pump()
  }

  #lose(worker: number, reason: string): void {
    this.#tell({ kind: 'validation-worker-lost', worker, reason })
    this.#takeBack(worker, true)
  }

  /** What it has finished counts; what it has not is for another. */
  #takeBack(worker: number, isDead: boolean): void {
    for (const piece of this.#board.takeBackFrom(worker, isDead)) {
      piece.losses += 1
      this.#tally.reruns += 1
      const lane = this.#lanes[piece.priority]
      if (piece.losses < lossesMax) lane.addAgain(piece)
      else lane.addAlone(piece)
    }
    if (this.#crew.ready === 0) {
      for (const piece of this.#board.takeBackReady()) this.#lanes[piece.priority].addAgain(piece)
    }
    this.#callingThread.wake()
    this.#turn()
  }

  #look(): void {
    for (const worker of this.#board.lookForStalls(stallLooks)) {
      this.#crew.retire(worker, `did not finish within ${this.#stallMsMax} ms`)
      this.#takeBack(worker, false)
    }
    this.#turn()
  }
}
