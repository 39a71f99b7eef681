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
  transactionChecks,
  transactionHashWords,
  type VerifySignature,
} from '../protocol/execution/transaction.ts'
import { type Hash, hashOfWords } from '../protocol/hash.ts'
import { Senders } from './senders.ts'

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

/** How several transactions are judged together. */
interface Inquiry {
  readonly checks: ReturnType<typeof transactionChecks>
  /** `verdicts`: one for each check. One answer for each transaction. */
  judge(verdicts: readonly boolean[]): readonly (GenuineTransaction | undefined)[]
}

export class Signatures {
  readonly #rules: SignatureRules
  readonly #senders = new Senders()
  readonly #addressOf = (publicKey: Uint8Array): Uint8Array => this.#senders.addressOf(publicKey)
  /** Each holds half of what is kept; when the young are so many, the old are forgotten all at once. */
  #young = new Map<Hash, Verdict>()
  #old: ReadonlyMap<Hash, Verdict> = new Map()

  constructor(rules: SignatureRules) {
    this.#rules = rules
  }

  /** Reads a transaction, unless it was read and judged before. */
  identify(bytes: Uint8Array): Result<KnownTransaction, CodecFault> {
    const hashWords = transactionHashWords(bytes)
    const verdict = this.#remembersAny ? this.#verdictOn(hashOfWords(hashWords)) : undefined
    if (verdict !== undefined) return ok(verdict.transaction)
    const addressOf = this.#addressOf
    return identifyTransaction(bytes, this.#rules.chainTag, { hashWords, addressOf })
  }

  /** The transaction as a genuine one; undefined if its signature is wrong. */
  check(transaction: KnownTransaction): GenuineTransaction | undefined {
    const known = this.#known(transaction)
    if (known !== undefined) return known.genuine
    const genuine = checkSignature(transaction, this.#rules.verifySignature)
    this.#remember({ transaction, genuine })
    return genuine
  }

  /** What has to be checked to judge all of these, and what verdicts on that come to. */
  inquiry(transactions: readonly KnownTransaction[]): Inquiry {
    const known = transactions.map((each) => this.#known(each))
    const open = transactions.filter((_, i) => known[i] === undefined)
    return {
      checks: transactionChecks(open),
      judge: (verdicts) => {
        let at = 0
        return transactions.map((transaction, i) => {
          const verdict = known[i]
          if (verdict !== undefined) return verdict.genuine
          at += 1
          return judged(transaction, verdicts[at - 1] === true)
        })
      },
    }
  }

  /** False as long as a node catches up: then no transaction needs a name. */
  get #remembersAny(): boolean {
    return this.#young.size + this.#old.size > 0
  }

  #known(transaction: KnownTransaction): Verdict | undefined {
    return this.#remembersAny ? this.#verdictOn(transaction.hash) : undefined
  }

  #verdictOn(hash: Hash): Verdict | undefined {
    return this.#young.get(hash) ?? this.#old.get(hash)
  }

  #remember({ transaction, genuine }: Verdict): void {
    if (2 * this.#young.size >= this.#rules.verdictsMax) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(transaction.hash, { transaction, genuine })
  }
}
