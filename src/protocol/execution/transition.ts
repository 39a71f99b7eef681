/**
 * The rules of execution: what a transaction does to the accounts, and when a payload is valid. Pure;
 * balances never go below zero, nonces rise by one, and the supply is conserved.
 */
import { assert } from '../../base/assert.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { ExecutionPayload } from './payload.ts'
import { StateDraft } from './state-draft.ts'
import { type AccountTrie, rootOf } from './state-trie.ts'
import type { GenuineTransaction, KnownTransaction } from './transaction.ts'

/** Why a transaction cannot be executed on a state. */
export type TransactionFault =
  | {
      readonly code: 'nonce-too-low' | 'nonce-too-high'
      readonly nonce: number
      readonly expected: number
    }
  | { readonly code: 'balance-too-low'; readonly balance: bigint; readonly cost: bigint }

/** Why a payload is invalid. `index` is the place of the transaction that is at fault. */
export interface PayloadFault {
  readonly code:
    | 'block-hash-wrong'
    | 'number-wrong'
    | 'timestamp-wrong'
    | 'too-many-transactions'
    | 'transactions-root-wrong'
    | 'state-root-wrong'
    | 'malformed'
    | 'signature-invalid'
    | TransactionFault['code']
  readonly detail: string
  readonly index?: number
}

/** A payload that was executed, and the accounts after it. */
export interface ExecutedPayload {
  readonly payload: ExecutionPayload
  readonly state: AccountTrie
  /** Payloads executed on the way from its parent state to it, whose own accounts nobody kept, oldest first. */
  readonly passed?: readonly ExecutionPayload[]
}

/**
 * Does to the accounts what `transaction` does, whose fee goes to the 20-byte address `feeRecipient`. After a fault
 * they are what they were before.
 */
export function transact(
  draft: StateDraft,
  transaction: KnownTransaction,
  feeRecipient: Uint8Array,
): TransactionFault | undefined {
  const { sender, to, nonce, amount, fee } = transaction
  const { balance, nonce: expected } = draft.accountAt(sender)
  // REJECT: the nonce counts the sender's transactions so far.
  if (nonce < expected) return { code: 'nonce-too-low', nonce, expected }
  if (nonce > expected) return { code: 'nonce-too-high', nonce, expected }
  // REJECT: the sender can pay the amount and the fee.
  const cost = amount + fee
  if (balance < cost) return { code: 'balance-too-low', balance, cost }
  draft.set(sender, { balance: balance - cost, nonce: nonce + 1 })
  credit(draft, to, amount)
  credit(draft, feeRecipient, fee)
  return undefined
}

/** The accounts after `transaction`, as of {@link transact}. */
export function applyTransaction(
  state: AccountTrie,
  transaction: KnownTransaction,
  feeRecipient: Uint8Array,
): Result<AccountTrie, TransactionFault> {
  const draft = new StateDraft(state)
  const fault = transact(draft, transaction, feeRecipient)
  return fault === undefined ? ok(draft.finish()) : failed(fault)
}

/**
 * The accounts after `payload`, executed on its parent. Asserts that `parent` is its parent; that its
 * hash and transactions root are right is the caller's to check before.
 */
export function executePayload(
  parent: ExecutedPayload,
  payload: ExecutionPayload,
  transactions: readonly GenuineTransaction[],
): Result<AccountTrie, PayloadFault> {
  const execution = new Execution(parent)
  const fault = execution.execute(payload, transactions)
  return fault === undefined ? ok(execution.finish()) : failed(fault)
}

/**
 * Payloads that are executed one after another, as of {@link executePayload}, where the accounts after the last are
 * all that is wanted: they are changed in place, which leaves a fourth of the garbage.
 */
export class Execution {
  readonly #draft: StateDraft
  #last: ExecutionPayload
  #isFailed = false

  constructor(parent: ExecutedPayload) {
    this.#draft = new StateDraft(parent.state)
    this.#last = parent.payload
  }

  /** Executes the next payload. Nothing can follow a fault: the accounts are somewhere between two payloads. */
  execute(
    payload: ExecutionPayload,
    transactions: readonly GenuineTransaction[],
  ): PayloadFault | undefined {
    assert(!this.#isFailed, 'nothing is executed after a fault')
    const fault = this.#placeFault(payload) ?? this.#transact(payload, transactions)
    this.#isFailed = fault !== undefined
    this.#last = payload
    return fault
  }

  /** The accounts after the last payload. */
  finish(): AccountTrie {
    assert(!this.#isFailed, 'accounts after a whole payload')
    const state = this.#draft.finish()
    rootOf(state)
    return state
  }

  #placeFault(payload: ExecutionPayload): PayloadFault | undefined {
    const parent = this.#last
    assert(payload.parentHash === parent.blockHash, 'a payload is executed on its parent')
    // REJECT: the number is one more than the parent's.
    const number = parent.number + 1
    if (payload.number !== number) {
      return { code: 'number-wrong', detail: `is ${payload.number}, not ${number}` }
    }
    // REJECT: time moves on.
    if (payload.timestampMs <= parent.timestampMs) {
      const detail = `is ${payload.timestampMs}, the parent's is ${parent.timestampMs}`
      return { code: 'timestamp-wrong', detail }
    }
    return undefined
  }

  #transact(
    payload: ExecutionPayload,
    transactions: readonly GenuineTransaction[],
  ): PayloadFault | undefined {
    // REJECT: every transaction can be executed after those before it.
    let index = 0
    for (const transaction of transactions) {
      const fault = transact(this.#draft, transaction, payload.feeRecipient)
      if (fault !== undefined) return { code: fault.code, index, detail: describeFault(fault) }
      index += 1
    }
    // REJECT: the accounts come out as the payload says.
    const root = this.#draft.root()
    if (payload.stateRoot === root) return undefined
    return { code: 'state-root-wrong', detail: `is ${payload.stateRoot}, not ${root}` }
  }
}

/** A transaction's fault in words. */
function describeFault(fault: TransactionFault): string {
  return fault.code === 'balance-too-low'
    ? `the balance is ${fault.balance}, the cost ${fault.cost}`
    : `the nonce is ${fault.nonce}, the account's ${fault.expected}`
}

/** The sum of all balances is below 2^64 from genesis on, so this cannot overflow. */
function credit(draft: StateDraft, address: Uint8Array, amount: bigint): void {
  if (amount === 0n) return
  const { balance, nonce } = draft.accountAt(address)
  draft.set(address, { balance: balance + amount, nonce })
}
