/**
 * Checks each transaction's signature once: it is seen when it comes to the pool, when it is executed,
 * and again in each sibling that carries it. The verdict is remembered by the transaction's hash, which
 * covers the signature. The oldest verdicts are forgotten first.
 */
import type { CodecFault } from '../base/codec.ts'
import { ok, type Result } from '../base/result.ts'
import {
  checkSignature,
  type GenuineTransaction,
  identifyTransaction,
  judged,
  type KnownTransaction,
  transactionCheck,
  transactionHash,
  type VerifySignature,
} from '../protocol/execution/transaction.ts'
import type { Hash } from '../protocol/hash.ts'

/** What transactions are checked with, and how many verdicts are kept. */
interface SignatureRules {
  readonly chainTag: Uint8Array
  readonly verifySignature: VerifySignature
  readonly verdictsMax: number
}

interface Verdict {
  readonly transaction: KnownTransaction
  readonly genuine: GenuineTransaction | undefined
}

/** A transaction, and the signature that has to be right for it to be genuine. */
interface Unjudged {
  readonly transaction: KnownTransaction
  readonly check: ReturnType<typeof transactionCheck>
}

export class Signatures {
  readonly #rules: SignatureRules
  readonly #verdicts = new Map<Hash, Verdict>()

  constructor(rules: SignatureRules) {
    this.#rules = rules
  }

  /** Reads a transaction, unless it was read and judged before. */
  identify(bytes: Uint8Array): Result<KnownTransaction, CodecFault> {
    const hash = transactionHash(bytes)
    const verdict = this.#verdicts.get(hash)
    return verdict === undefined
      ? identifyTransaction(bytes, this.#rules.chainTag, hash)
      : ok(verdict.transaction)
  }

  /** The transaction as a genuine one; undefined if its signature is wrong. */
  check(transaction: KnownTransaction): GenuineTransaction | undefined {
    const known = this.#verdicts.get(transaction.hash)
    if (known !== undefined) return known.genuine
    const { chainTag, verifySignature } = this.#rules
    return this.#remember(transaction, checkSignature(transaction, chainTag, verifySignature))
  }

  /** Those that can be read and were not judged yet, each once, with what has to be checked of them. */
  unjudged(transactions: readonly Uint8Array[]): readonly Unjudged[] {
    const found = new Map<Hash, Unjudged>()
    for (const bytes of transactions) {
      const read = this.identify(bytes)
      if (!read.ok || this.#verdicts.has(read.value.hash)) continue
      const check = transactionCheck(read.value, this.#rules.chainTag)
      found.set(read.value.hash, { transaction: read.value, check })
    }
    return [...found.values()]
  }

  /** Takes over verdicts that others gave by the same rules. */
  learn(list: readonly Unjudged[], verdicts: readonly boolean[]): void {
    for (const [index, { transaction }] of list.entries()) {
      if (this.#verdicts.has(transaction.hash)) continue
      this.#remember(transaction, judged(transaction, verdicts[index] === true))
    }
  }

  #remember(
    transaction: KnownTransaction,
    genuine: GenuineTransaction | undefined,
  ): GenuineTransaction | undefined {
    const { verdictsMax } = this.#rules
    for (const oldest of this.#verdicts.keys()) {
      if (this.#verdicts.size < verdictsMax) break
      this.#verdicts.delete(oldest)
    }
    this.#verdicts.set(transaction.hash, { transaction, genuine })
    return genuine
  }
}
