/**
 * Payloads whose content was read, and whose signatures were checked, before they are executed. What is
 * prepared is found again only by the very same object, which does not change, nor do its bytes: so nothing
 * of it has to be read, hashed or compared a second time.
 *
 * A payload that is wrong is not kept: its fault is told when it is executed. The oldest are forgotten when
 * there are too many, and are then read and checked like any other.
 */
import type { BuiltPayload } from '../protocol/execution/engine-api.ts'
import type { GenuineTransaction } from '../protocol/execution/transaction.ts'

export class Preparations {
  readonly #transactionsMax: number
  readonly #prepared = new Map<BuiltPayload, readonly GenuineTransaction[]>()
  #transactions = 0

  /** Keeps payloads with so many transactions together. */
  constructor(transactionsMax: number) {
    this.#transactionsMax = transactionsMax
  }

  /** Keeps a payload whose hashes were compared, with its transactions in their order. */
  keep(content: BuiltPayload, genuine: readonly GenuineTransaction[]): void {
    this.take(content)
    for (const oldest of this.#prepared.keys()) {
      if (this.#transactions + genuine.length <= this.#transactionsMax) break
      this.take(oldest)
    }
    this.#prepared.set(content, genuine)
    this.#transactions += genuine.length
  }

  /** The transactions of a payload that was prepared, which is forgotten with that. */
  take(content: BuiltPayload): readonly GenuineTransaction[] | undefined {
    const genuine = this.#prepared.get(content)
    if (genuine === undefined) return undefined
    this.#prepared.delete(content)
    this.#transactions -= genuine.length
    return genuine
  }
}
