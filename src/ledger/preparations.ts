/**
 * Payloads whose content was read, and whose signatures were checked, before they are executed. What is
 * prepared is found again only with the very same byte strings, which do not change: so nothing of it has
 * to be read, hashed or compared a second time.
 *
 * A payload that is wrong is not kept: its fault is told when it is executed. The oldest are forgotten when
 * there are too many, and are then read and checked like any other.
 */
import { equalBytes } from '../base/bytes.ts'
import type { BuiltPayload } from '../protocol/execution/engine-api.ts'
import type { ExecutionPayload } from '../protocol/execution/payload.ts'
import type { GenuineTransaction } from '../protocol/execution/transaction.ts'
import type { Hash } from '../protocol/hash.ts'

interface Prepared extends BuiltPayload {
  readonly genuine: readonly GenuineTransaction[]
}

export class Preparations {
  readonly #transactionsMax: number
  readonly #prepared = new Map<Hash, Prepared>()
  #transactions = 0

  /** Keeps payloads with so many transactions together. */
  constructor(transactionsMax: number) {
    this.#transactionsMax = transactionsMax
  }

  /** Keeps a payload whose hashes were compared, with its transactions in their order. */
  keep(content: BuiltPayload, genuine: readonly GenuineTransaction[]): void {
    this.take(content)
    for (const oldest of this.#prepared.values()) {
      if (this.#transactions + genuine.length <= this.#transactionsMax) break
      this.take(oldest)
    }
    this.#prepared.set(content.payload.blockHash, { ...content, genuine })
    this.#transactions += genuine.length
  }

  /** The transactions of a payload that was prepared, which is forgotten with that. */
  take({ payload, transactions }: BuiltPayload): readonly GenuineTransaction[] | undefined {
    const prepared = this.#prepared.get(payload.blockHash)
    if (prepared === undefined) return undefined
    this.#prepared.delete(payload.blockHash)
    this.#transactions -= prepared.genuine.length
    const isSame =
      isSamePayload(prepared.payload, payload) &&
      prepared.transactions.length === transactions.length &&
      prepared.transactions.every((bytes, i) => bytes === transactions[i])
    return isSame ? prepared.genuine : undefined
  }
}

function isSamePayload(a: ExecutionPayload, b: ExecutionPayload): boolean {
  return (
    a.parentHash === b.parentHash &&
    a.number === b.number &&
    a.timestampMs === b.timestampMs &&
    a.stateRoot === b.stateRoot &&
    a.transactionsRoot === b.transactionsRoot &&
    equalBytes(a.feeRecipient, b.feeRecipient) &&
    equalBytes(a.extraData, b.extraData)
  )
}
