/**
 * Makes payloads out of the pool. A job is begun on a head and filled when it is asked for, so that it
 * has the newest transactions; asked again, it gives the same payload. The oldest jobs are forgotten.
 */
import { Writer } from '../base/codec.ts'
import type { BuiltPayload, PayloadAttributes } from '../protocol/execution/engine-api.ts'
import {
  payloadTransactionsMax,
  sealPayload,
  transactionsRootOf,
} from '../protocol/execution/payload.ts'
import { StateDraft } from '../protocol/execution/state-draft.ts'
import { rootOf } from '../protocol/execution/state-trie.ts'
import type { GenuineTransaction } from '../protocol/execution/transaction.ts'
import { type ExecutedPayload, transact } from '../protocol/execution/transition.ts'
import { hashOf, hashToBytes } from '../protocol/hash.ts'
import type { TransactionPool } from './pool.ts'

interface Job {
  readonly parent: ExecutedPayload
  readonly attributes: PayloadAttributes
  built: BuiltPayload | undefined
}

export class PayloadBuilder {
  readonly #pool: TransactionPool
  readonly #jobsMax: number
  readonly #jobs = new Map<string, Job>()

  constructor(pool: TransactionPool, jobsMax: number) {
    this.#pool = pool
    this.#jobsMax = jobsMax
  }

  /** Begins a payload on `parent`. The same parent and attributes have the same id. */
  begin(parent: ExecutedPayload, attributes: PayloadAttributes): string {
    const id = jobIdOf(parent, attributes)
    if (this.#jobs.has(id)) return id
    for (const oldest of this.#jobs.keys()) {
      if (this.#jobs.size < this.#jobsMax) break
      this.#jobs.delete(oldest)
    }
    this.#jobs.set(id, { parent, attributes, built: undefined })
    return id
  }

  /** The payload begun under `id`; undefined if there is none. */
  take(id: string): BuiltPayload | undefined {
    const job = this.#jobs.get(id)
    if (job === undefined) return undefined
    job.built ??= build(job.parent, job.attributes, this.#pool)
    return job.built
  }
}

/** A valid payload on `parent` with the best transactions of the pool that fit. */
function build(
  parent: ExecutedPayload,
  attributes: PayloadAttributes,
  pool: TransactionPool,
): BuiltPayload {
  const { feeRecipient, extraData, timestampMs } = attributes
  const countMax = Math.min(attributes.transactionsMax, payloadTransactionsMax)
  const taken: GenuineTransaction[] = []
  const draft = new StateDraft(parent.state)
  let bytesLeft = attributes.bytesMax
  pool.select(parent.state, (transaction) => {
    if (taken.length >= countMax || transaction.bytes.length > bytesLeft) return 'full'
    if (transact(draft, transaction, feeRecipient) !== undefined) return 'skipped'
    bytesLeft -= transaction.bytes.length
    taken.push(transaction)
    return 'taken'
  })
  const payload = sealPayload({
    parentHash: parent.payload.blockHash,
    number: parent.payload.number + 1,
    timestampMs,
    feeRecipient,
    extraData,
    stateRoot: rootOf(draft.finish()),
    transactionsRoot: transactionsRootOf(taken.map(({ hash }) => hash)),
  })
  return { payload, transactions: taken.map(({ bytes }) => bytes) }
}

/** 16 hexadecimal digits. Derived, not counted, so that an id from before a restart fits no other job. */
function jobIdOf(parent: ExecutedPayload, attributes: PayloadAttributes): string {
  const text = new Writer()
    .u53(attributes.timestampMs)
    .u53(attributes.transactionsMax)
    .u53(attributes.bytesMax)
    .blob(attributes.feeRecipient)
    .blob(attributes.extraData)
    .finish()
  return hashOf('record', hashToBytes(parent.payload.blockHash), text).slice(0, 16)
}
