/**
 * Makes checkpoints when enough blocks were committed since the last one, and on demand; lists them;
 * and says whether one is good to go on from. Looks when blocks are committed and each half minute.
 *
 *   loading → idle ⇄ creating        (what is asked for meanwhile waits, or is told `busy`)
 *
 * Does not decide what is committed, and rolls nothing back: a checkpoint is a proof about what lies
 * on the disk. Falling back on one at a start is the storage actor's (`root-search.ts`).
 */
import { failed, ok, type Result } from '../../base/result.ts'
import type { Actor, Address, Reply } from '../../kernel/actor.ts'
import { type Checkpoint, metadataOf } from '../../protocol/checkpoint/checkpoint.ts'
import { readCheckpoint } from '../../protocol/checkpoint/checks.ts'
import { checkpointId, encodeCheckpoint } from '../../protocol/checkpoint/codec.ts'
import type { Certificate } from '../../protocol/consensus/vote.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { ChainMessage, ChainStatus } from '../chain/messages.ts'
import type { NetworkMessage } from '../network/messages.ts'
import type { CheckpointRecord, StorageMessage } from '../storage/messages.ts'
import { CoveredBlocks } from './covered.ts'
import { type Basis, type CreationParts, createCheckpoint } from './create.ts'
import type {
  CheckpointMessage,
  CheckpointSummary,
  ListedCheckpoint,
  RecoveredCheckpoint,
  RefusedCheckpoint,
} from './messages.ts'
import { verifyRecord } from './verify.ts'

export interface CheckpointParts extends CreationParts {
  readonly chainActor: Address<ChainMessage>
  readonly network: Address<NetworkMessage>
}

export interface CheckpointOptions {
  /** Blocks between two checkpoints. */
  readonly intervalBlocks: number
  /** 2 to 64. */
  readonly keptMax: number
}

const lookMs = 30_000
/** Between two that were not asked for: while a node imports thousands of blocks a second. */
const pauseMs = 1_000
const deadlineMs = 30_000
/** Questions that wait for one creation. */
const waitingMax = 64
/** Addresses dialled after a recovery. */
const dialsMax = 8

/** The last committed block, and what commits it. */
interface Tip {
  readonly height: number
  readonly hash: Hash
  readonly certificate: Certificate
}

type Created = Result<CheckpointSummary, RefusedCheckpoint>

export class CheckpointActor implements Actor<CheckpointMessage> {
  readonly #parts: CheckpointParts
  readonly #options: CheckpointOptions
  /** False until the disk was read. */
  #isLoaded = false
  #last: CheckpointSummary | undefined
  #tip: Tip | undefined
  /** The blocks since the last checkpoint, if all of them were told. */
  #covered: CoveredBlocks | undefined
  /** Who waits for the one that is being made; undefined while none is. */
  #waiting: Reply<Created>[] | undefined
  #createdMs = Number.NEGATIVE_INFINITY
  #isRecovering = false

  constructor(parts: CheckpointParts, options: CheckpointOptions) {
    this.#parts = parts
    this.#options = options
    this.#load()
    parts.context.sendAfter(lookMs, { kind: 'look' })
  }

  receive(message: CheckpointMessage): void {
    switch (message.kind) {
      case 'blocks-committed':
        return this.#onCommitted(message)
      case 'create-checkpoint':
        return this.#create(message.reply)
      case 'list-checkpoints':
        return this.#list(message.reply)
      case 'recover-from-checkpoint':
        return this.#recover(message)
      case 'look':
        return this.#look()
      default:
        return message satisfies never
    }
  }

  // ----- where things stand -----

  /** Reads which checkpoints there are, then where the chain stands. Tried again at the next look. */
  #load(): void {
    this.#records((records) => {
      if (!records.ok) return
      const { chain } = this.#parts
      const sound = records.value.map((record) => listed(chain, record).checkpoint)
      this.#last = sound.find((checkpoint) => checkpoint !== undefined)
      this.#isLoaded = true
      this.#askTip()
    })
  }

  #askTip(): void {
    const question = {
      to: this.#parts.chainActor,
      deadlineMs,
      ask: (reply: (status: ChainStatus | undefined) => void): ChainMessage => ({
        kind: 'get-chain-status',
        reply,
      }),
    }
    this.#parts.context.ask(question, (outcome) => {
      const status = outcome.ok ? outcome.value : undefined
      if (status === undefined || this.#tip !== undefined) return
      // From here on, every block is told.
      const { height } = status.committed
      if (height === (this.#last?.height ?? 0)) this.#covered ??= new CoveredBlocks(height + 1)
      this.#setTip(status)
      this.#createIfDue()
    })
  }

  #setTip({ certified }: ChainStatus): void {
    if (certified === undefined) return
    const { hash, header } = certified.signed
    this.#tip = { height: header.height, hash, certificate: certified.certificate }
  }

  #onCommitted({ fromHeight, hashes, status }: BlocksCommitted): void {
    const covered = this.#covered
    if (covered?.nextHeight === fromHeight) for (const hash of hashes) covered.add(hash)
    // Something was not told: it is read from the disk when it is needed.
    else this.#covered = undefined
    this.#setTip(status)
    this.#createIfDue()
  }

  #look(): void {
    if (!this.#isLoaded) this.#load()
    else if (this.#tip === undefined) this.#askTip()
    else this.#createIfDue()
    this.#parts.context.sendAfter(lookMs, { kind: 'look' })
  }

  // ----- creating -----

  #createIfDue(): void {
    if (!this.#isLoaded || this.#waiting !== undefined || this.#tip === undefined) return
    const since = this.#tip.height - (this.#last?.height ?? 0)
    const isRested = this.#parts.context.now() - this.#createdMs >= pauseMs
    if (since >= this.#options.intervalBlocks && isRested) this.#begin(this.#tip, [])
  }

  #create(reply: Reply<Created>): void {
    if (this.#waiting !== undefined) {
      if (this.#waiting.length < waitingMax) this.#waiting.push(reply)
      else reply(failed({ code: 'busy', detail: `${waitingMax} wait for a checkpoint` }))
      return
    }
    if (!this.#isLoaded || this.#tip === undefined) {
      const detail = this.#isLoaded ? 'no block is committed yet' : 'the disk is being read'
      return reply(failed({ code: 'nothing-committed', detail }))
    }
    if (this.#last?.hash === this.#tip.hash) return reply(ok(this.#last))
    this.#begin(this.#tip, [reply])
  }

  #begin(tip: Tip, waiting: Reply<Created>[]): void {
    this.#waiting = waiting
    // After a fall back the last one may lie above: then there is none before this one.
    const last = this.#last !== undefined && this.#last.height < tip.height ? this.#last : undefined
    const basis: Basis = {
      ...tip,
      fromHeight: (last?.height ?? 0) + 1,
      covered: this.#covered?.partAt(tip.height),
      previous: last?.id,
    }
    // What is committed meanwhile belongs to the next one.
    this.#covered = new CoveredBlocks(tip.height + 1)
    createCheckpoint(this.#parts, basis, (checkpoint) => {
      if (checkpoint.ok) this.#put(checkpoint.value)
      else this.#end(tip.height, checkpoint)
    })
  }

  #put(checkpoint: Checkpoint): void {
    const bytes = encodeCheckpoint(checkpoint)
    const summary = summaryOf(checkpoint, bytes)
    const { height } = summary
    const { context, storage } = this.#parts
    const { keptMax } = this.#options
    const question = {
      to: storage,
      deadlineMs,
      ask: (reply: PutReply): StorageMessage => ({
        kind: 'put-checkpoint',
        ...{ height, bytes, keptMax, reply },
      }),
    }
    context.ask(question, (outcome) => {
      const put = outcome.ok ? outcome.value : outcome
      if (!put.ok) return this.#end(height, unavailable(put.fault.code))
      const { id, hash, covered } = summary
      const size = { bytes: bytes.length, dropped: put.value.length }
      context.emit({ kind: 'checkpoint-created', id, height, hash, covered, ...size })
      this.#last = summary
      this.#end(height, ok(summary))
    })
  }

  #end(height: number, outcome: Created): void {
    const { context } = this.#parts
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    this.#createdMs = context.now()
    if (!outcome.ok) {
      // The blocks that were to be covered are read again.
      this.#covered = undefined
      const { code, detail } = outcome.fault
      context.emit({ kind: 'checkpoint-failed', height, code, detail })
    }
    for (const reply of waiting) reply(outcome)
  }

  // ----- listing and recovering -----

  #list(reply: Reply<Result<readonly ListedCheckpoint[], RefusedCheckpoint>>): void {
    this.#records((records) => {
      if (!records.ok) return reply(records)
      reply(ok(records.value.map((record) => listed(this.#parts.chain, record))))
    })
  }

  #records(done: (outcome: Result<readonly CheckpointRecord[], RefusedCheckpoint>) => void): void {
    const question = {
      to: this.#parts.storage,
      deadlineMs,
      ask: (reply: RecordsReply): StorageMessage => ({ kind: 'get-checkpoints', reply }),
    }
    this.#parts.context.ask(question, (outcome) => {
      const records = outcome.ok ? outcome.value : outcome
      done(records.ok ? records : unavailable(records.fault.code))
    })
  }

  #recover(message: Recover): void {
    if (this.#isRecovering) {
      return message.reply(failed({ code: 'busy', detail: 'another recovery is under way' }))
    }
    this.#isRecovering = true
    const startedMs = this.#parts.context.now()
    const done: Reply<Result<RecoveredCheckpoint, RefusedCheckpoint>> = (outcome) => {
      this.#isRecovering = false
      message.reply(outcome)
    }
    this.#records((records) => {
      if (!records.ok) return done(records)
      const at = records.value.findIndex(
        ({ bytes }) => bytes !== undefined && checkpointId(bytes) === message.checkpointId,
      )
      if (at >= 0) return this.#recoverNext({ message, startedMs, done }, records.value.slice(at))
      done(failed({ code: 'not-found', detail: `no checkpoint here is ${message.checkpointId}` }))
    })
  }

  /** Looks at the first of `records`; if it is not good and recovery is to go on, at those before it. */
  #recoverNext(recovery: Recovery, records: readonly CheckpointRecord[]): void {
    const { message, startedMs, done } = recovery
    const [record, ...older] = records
    if (record === undefined) {
      return done(failed({ code: 'not-found', detail: 'no checkpoint before it is good' }))
    }
    const { context } = this.#parts
    verifyRecord(this.#parts, record, message.verifyIntegrity, (outcome) => {
      if (!outcome.ok) {
        const { code, detail } = outcome.fault
        context.emit({ kind: 'checkpoint-refused', height: record.height, code, detail })
        const isLast = message.recoveryMode === 'verify-only' || older.length === 0
        return isLast ? done(outcome) : this.#recoverNext(recovery, older)
      }
      const { id, height, hash } = summaryOf(outcome.value, encodeCheckpoint(outcome.value))
      const isResuming = message.recoveryMode === 'resume'
      if (isResuming) this.#dial(outcome.value)
      const verified = message.verifyIntegrity ? 'full' : 'certificate'
      const mode = message.recoveryMode
      context.emit({ kind: 'checkpoint-recovered', id, height, hash, mode, verified })
      done(
        ok({
          checkpointId: id,
          height: isResuming ? Math.max(height, this.#tip?.height ?? 0) : height,
          durationMs: context.now() - startedMs,
          verified,
        }),
      )
    })
  }

  /** Takes up the acquaintances of then, as far as they can be dialled. */
  #dial({ peers }: Checkpoint): void {
    const { context, network } = this.#parts
    const addresses = peers.flatMap((peer) => peer.addresses).slice(0, dialsMax)
    for (const address of addresses) {
      context.send(network, { kind: 'dial', address, reply: () => undefined })
    }
  }
}

type BlocksCommitted = Extract<CheckpointMessage, { kind: 'blocks-committed' }>
type Recover = Extract<CheckpointMessage, { kind: 'recover-from-checkpoint' }>
type PutReply = Extract<StorageMessage, { kind: 'put-checkpoint' }>['reply']
type RecordsReply = Extract<StorageMessage, { kind: 'get-checkpoints' }>['reply']

interface Recovery {
  readonly message: Recover
  readonly startedMs: number
  readonly done: Recover['reply']
}

function unavailable(code: string): Result<never, RefusedCheckpoint> {
  return failed({ code: 'unavailable', detail: `storage: ${code}` })
}

function summaryOf(checkpoint: Checkpoint, bytes: Uint8Array): CheckpointSummary {
  const { covered, previous } = checkpoint.chain
  const id = checkpointId(bytes)
  return { id, ...metadataOf(checkpoint), covered: covered.count, previous }
}

function listed(
  chain: CreationParts['chain'],
  { height, bytes }: CheckpointRecord,
): ListedCheckpoint {
  const read = readCheckpoint(chain, height, bytes)
  if (!read.ok || bytes === undefined) {
    return { height, checkpoint: undefined, fault: read.ok ? undefined : read.fault }
  }
  return { height, checkpoint: summaryOf(read.value, bytes), fault: undefined }
}
