/**
 * Runs of committed blocks on their way in, several at a time:
 *
 *   taken → opened (decoded, signatures being checked) → executed → gathered → stored → adopted, answered
 *
 * Each stage works while the others do, in order of height, and each has a bound. What is stored is a
 * prefix of the chain at any moment; the agreement's root moves when the certified end of a segment is on
 * the disk. So after a crash at most what lies behind the last certified end is imported again.
 *
 * Nothing that fails here is a peer's fault: certificates commit these blocks, and the bytes were checked.
 * An engine that does not take a block is fed from the disk and asked once more. Does not fetch or prove.
 */
import { present } from '../../base/assert.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Address, Context, Reply } from '../../kernel/actor.ts'
import type { ValidatedRun } from '../../proof/validated-run.ts'
import type { SignedHeader } from '../../protocol/block/header.ts'
import type { ParentFacts } from '../../protocol/block/rules.ts'
import type { Chain } from '../../protocol/chain.ts'
import type { EngineMessage, ExecutionOutcome, ManyOutcome } from '../engine/messages.ts'
import type { Agreement } from './agreement.ts'
import type { ChainEvent, ChainMessage, ChainStatus, ImportFault } from './messages.ts'
import { type BatchLimits, behind, openBatch, type RunBatch } from './run-batch.ts'
import { RunGroup } from './run-group.ts'
import type { WriteFault, WriteQueue } from './write-queue.ts'

export interface RunImportParts {
  readonly context: Context<ChainMessage, ChainEvent>
  readonly chain: Chain
  readonly engine: Address<EngineMessage>
  readonly disk: WriteQueue
  readonly feedEngine: (done: () => void) => void
  /** Of runs that are not answered. One is taken whatever its size. */
  readonly importBytesMax: number
}

type Outcome = Result<ChainStatus, ImportFault>

/** A run that was taken and not answered. */
interface Waiting {
  readonly run: ValidatedRun
  readonly reply: Reply<Outcome>
}

/** A batch whose transactions are being checked, until they are. */
interface Opened {
  batch: RunBatch
  isPrepared: boolean
}

/** Runs that are not answered. */
const runsMax = 16
const batchLimits: BatchLimits = {
  blocksMax: 32,
  transactionsMax: 512,
  bytesMax: 1_048_576,
}
/**
 * Transactions in opened batches, from which no other is opened. With what one block can hold on top, less
 * than half of what the ledger keeps prepared.
 */
const transactionsAheadMax = 2_048
const batchesAheadMax = 16
/** Groups that wait for the disk, from which no more is executed. */
const groupsMax = 4
const engineDeadlineMs = 8_000

export class RunImport {
  readonly #parts: RunImportParts
  readonly #agreement: Agreement
  /** In ascending height of their ends. */
  #runs: readonly Waiting[] = []
  /** Where the last run ends that was taken. */
  #end: Pick<ParentFacts, 'hash' | 'height'>
  /** In order of height; the first is being executed if `#isExecuting`. */
  #opened: readonly Opened[] = []
  #lastOpened: ParentFacts
  #executed: ParentFacts
  #isExecuting = false
  #isFeeding = false
  /** The block that the engine refused before it was fed. */
  #refusedHeight = 0
  #group = new RunGroup()
  /** On their way to the disk, oldest first. */
  #writing: readonly RunGroup[] = []
  #stored: ParentFacts
  /** Stored, and above the root. */
  #unadopted: readonly SignedHeader[] = []

  constructor(parts: RunImportParts, agreement: Agreement) {
    this.#parts = parts
    this.#agreement = agreement
    const { root } = agreement
    this.#end = root
    this.#lastOpened = root
    this.#executed = root
    this.#stored = root
  }

  /** The last block on the disk, be it the root or above it: so far the engine can be fed. */
  get top(): Pick<ParentFacts, 'hash' | 'height'> {
    const { root } = this.#agreement
    return root.height > this.#stored.height ? root : this.#stored
  }

  /** Takes a run, or says why not. `reply` comes when all of it is on the disk. */
  take(run: ValidatedRun, reply: Reply<Outcome>): void {
    this.#catchUp()
    if (run.toHeight <= this.#agreement.root.height) return this.#answerLater([{ run, reply }])
    const fault = this.#refusal(run)
    if (fault !== undefined) return reply(failed(fault))
    this.#runs = [...this.#runs, { run, reply }]
    if (run.toHeight > this.#end.height) this.#end = run.end
    this.#pump()
  }

  #refusal(run: ValidatedRun): ImportFault | undefined {
    const { height, hash } = this.#end
    const bytes = this.#runs.reduce((sum, waiting) => sum + waiting.run.bytes, 0)
    const isFull = this.#runs.length >= runsMax || bytes + run.bytes > this.#parts.importBytesMax
    if (isFull && this.#runs.length > 0) {
      return { code: 'busy', detail: `${this.#runs.length} runs of ${bytes} bytes wait` }
    }
    if (run.fromHeight > height + 1) return { code: 'gap', detail: `the last block is ${height}` }
    // A run that brings nothing new is not looked at: nothing of it is stored.
    if (run.toHeight > height && run.segment.placeAt(height).hash !== hash) {
      return { code: 'another-chain', detail: `block ${height} is not ${hash}` }
    }
    return undefined
  }

  // ----- the stages -----

  #pump(): void {
    this.#catchUp()
    this.#open()
    this.#execute()
    const isIdle = this.#opened.length === 0 && !this.#isFeeding
    if (this.#group.isFull || (isIdle && this.#writing.length === 0)) this.#write()
  }

  /** Votes may have committed what is on its way here. */
  #catchUp(): void {
    const { root } = this.#agreement
    if (root.height > this.#executed.height) this.#executed = root
    if (root.height > this.#lastOpened.height) this.#lastOpened = root
    if (root.height > this.#end.height) this.#end = root
    this.#answerTo(root.height)
  }

  /** Decodes what comes next, and has its signatures checked. */
  #open(): void {
    while (this.#mayOpen()) {
      const { height } = this.#lastOpened
      const next = this.#runs.find(({ run }) => run.toHeight > height)
      if (next === undefined) return
      const batch = openBatch(this.#parts.chain, next.run, this.#lastOpened, batchLimits)
      const opened: Opened = { batch, isPrepared: batch.transactions === 0 }
      this.#opened = [...this.#opened, opened]
      this.#lastOpened = batch.end
      if (!opened.isPrepared) this.#prepare(opened)
    }
  }

  #mayOpen(): boolean {
    const isBroken = this.#opened.at(-1)?.batch.fault !== undefined
    const transactions = this.#opened.reduce((sum, { batch }) => sum + batch.transactions, 0)
    return !isBroken && this.#opened.length < batchesAheadMax && transactions < transactionsAheadMax
  }

  #prepare(opened: Opened): void {
    const payloads = opened.batch.blocks.map(({ checked }) => checked.execution)
    const question = {
      to: this.#parts.engine,
      deadlineMs: engineDeadlineMs,
      ask: (reply: Reply<undefined>): EngineMessage => ({ kind: 'prepare', payloads, reply }),
    }
    // Late or not at all: then each signature is checked when its block is executed.
    this.#parts.context.ask(question, () => {
      opened.isPrepared = true
      this.#pump()
    })
  }

  #execute(): void {
    if (this.#isExecuting || this.#isFeeding || this.#writing.length >= groupsMax) return
    const [opened] = this.#opened
    if (opened === undefined || !opened.isPrepared) return
    const batch = behind(opened.batch, this.#executed.height)
    opened.batch = batch
    if (batch.blocks.length === 0) return this.#finish(opened)
    this.#isExecuting = true
    const payloads = batch.blocks.map(({ checked }) => checked.execution)
    const question = {
      to: this.#parts.engine,
      deadlineMs: engineDeadlineMs,
      ask: (reply: Reply<ManyOutcome>): EngineMessage => ({
        kind: 'execute-many',
        payloads,
        reply,
      }),
    }
    this.#parts.context.ask(question, (outcome) => {
      // What was being executed may have been given up meanwhile.
      if (this.#opened[0] !== opened) return
      this.#isExecuting = false
      const late: ManyOutcome = { valid: 0, last: { kind: 'unavailable', detail: 'late' } }
      this.#tookBatch(opened, outcome.ok ? outcome.value : late)
    })
  }

  #tookBatch(opened: Opened, { valid, last }: ManyOutcome): void {
    const { batch } = opened
    for (const block of batch.blocks.slice(0, valid)) {
      // Votes may have committed it while it was executed.
      if (block.facts.height <= this.#executed.height) continue
      this.#group.add(block, batch.run)
      this.#executed = block.facts
    }
    // Not before: of what the engine executes together it knows the end.
    if (this.#group.isFull) this.#write()
    if (valid === batch.blocks.length) return this.#finish(opened)
    opened.batch = behind(batch, this.#executed.height)
    this.#refused(last)
  }

  /** All blocks of the batch are executed. */
  #finish({ batch }: Opened): void {
    const { fault } = batch
    this.#opened = this.#opened.slice(1)
    if (fault === undefined) return this.#pump()
    this.#stop(fault.code, JSON.stringify(fault))
  }

  // ----- what the engine does not take -----

  /** Once: the engine may have lost blocks, or have been away. What it stands on comes from the disk. */
  #refused(last: ExecutionOutcome): void {
    const height = this.#executed.height + 1
    if (this.#refusedHeight === height) {
      return this.#stop(`execution-${last.kind}`, 'detail' in last ? last.detail : 'not fed')
    }
    this.#refusedHeight = height
    this.#isFeeding = true
    this.#write()
    const [refused] = this.#opened
    this.#parts.disk.whenDurable(() => {
      // If the disk failed, everything that waited is gone.
      if (this.#opened[0] !== refused) return
      this.#parts.feedEngine(() => {
        if (this.#opened[0] !== refused) return
        this.#isFeeding = false
        this.#pump()
      })
    })
  }

  /** The block above what is executed cannot be: those before it are kept, those behind are given up. */
  #stop(code: string, detail: string): void {
    const { height } = this.#executed
    const stopped = height + 1
    this.#refusedHeight = 0
    this.#parts.context.emit({ kind: 'import-stopped', height: stopped, code, detail })
    const hopeless = this.#runs.filter(({ run }) => run.toHeight > height)
    this.#runs = this.#runs.filter(({ run }) => run.toHeight <= height)
    this.#giveUp(this.#executed)
    for (const { run, reply } of hopeless) {
      const isBehind = run.fromHeight > stopped
      const missing = { code: 'stopped', detail: `block ${stopped} is missing` }
      reply(failed({ ...(isBehind ? missing : { code, detail }), height: stopped }))
    }
    this.#pump()
  }

  /** Forgets what was opened above `last`. */
  #giveUp(last: ParentFacts): void {
    this.#opened = []
    this.#isExecuting = false
    this.#isFeeding = false
    this.#executed = last
    this.#lastOpened = last
    this.#end = last
  }

  // ----- the disk -----

  #write(): void {
    const group = this.#group
    if (group.last === undefined) return
    this.#group = new RunGroup()
    this.#writing = [...this.#writing, group]
    this.#parts.disk.writeImported(group.records, (fault) => {
      if (!this.#writing.includes(group)) return
      if (fault === undefined) this.#wrote(group)
      else this.#lost(fault)
    })
  }

  #wrote(group: RunGroup): void {
    const { context, engine } = this.#parts
    this.#writing = this.#writing.filter((each) => each !== group)
    this.#stored = present(group.last, 'a group that was written has a block')
    this.#unadopted = [...this.#unadopted, ...group.headers]
    this.#adopt(group)
    const { payloadHash: head } = this.#stored
    context.send(engine, { kind: 'set-head', head, finalized: head })
    this.#answerTo(this.#stored.height)
    this.#pump()
  }

  #adopt({ end }: RunGroup): void {
    if (end === undefined) return
    const { root } = this.#agreement
    const { facts, certificate } = end
    const headers = this.#unadopted.filter(
      ({ header: { height } }) => height > root.height && height <= facts.height,
    )
    this.#unadopted = this.#unadopted.filter(({ header: { height } }) => height > facts.height)
    if (headers.length === 0) return
    this.#agreement.adoptImported(headers, certificate, facts.payloadHash)
  }

  /** The disk refused. What is on it is whole; what was on its way is asked for again by whoever wants it. */
  #lost({ code }: WriteFault): void {
    const { root } = this.#agreement
    const runs = this.#runs
    this.#runs = []
    this.#writing = []
    this.#group = new RunGroup()
    this.#giveUp(root.height > this.#stored.height ? root : this.#stored)
    const detail = `the blocks above ${this.#executed.height} are not on the disk`
    for (const { reply } of runs) reply(failed({ code: `store-${code}`, detail }))
  }

  // ----- answers -----

  /** Answers the runs of which all is stored, or committed by votes, up to `height`. */
  #answerTo(height: number): void {
    const done = this.#runs.filter(({ run }) => run.toHeight <= height)
    if (done.length === 0) return
    this.#runs = this.#runs.filter(({ run }) => run.toHeight > height)
    this.#answerLater(done)
  }

  /** What votes have committed may not be on the disk yet. */
  #answerLater(done: readonly Waiting[]): void {
    this.#parts.disk.whenDurable(() => {
      for (const { reply } of done) reply(ok(this.#agreement.status()))
    })
  }
}
