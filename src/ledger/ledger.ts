/**
 * An open ledger: what each call of the engine API does to it. The head follows the consensus side,
 * what is final only grows, and every payload above it keeps its accounts, siblings too.
 *
 * Calls take effect in the order in which they are made. An answer that waits for the disk comes later
 * and holds up no other call.
 */
import { assert, present } from '../base/assert.ts'
import { failed, ok, type Result } from '../base/result.ts'
import type { Store, Verifier } from '../kernel/environment.ts'
import type {
  AccountAnswer,
  BuiltPayload,
  EngineErrorAnswer,
  EngineErrorCode,
  EngineStatus,
  ForkchoiceAnswer,
  ForkchoiceUpdated,
  NewPayloadAnswer,
  NewPayloads,
  NewPayloadsAnswer,
  PayloadAttributes,
  PayloadPlace,
  PreparedAnswer,
  PreparePayloads,
  SendTransactionAnswer,
} from '../protocol/execution/engine-api.ts'
import {
  type ExecutionPayload,
  encodePayload,
  payloadTransactionsMax,
  transactionsRootOfWords,
} from '../protocol/execution/payload.ts'
import { accountAt, changedAccounts } from '../protocol/execution/state-trie.ts'
import {
  type GenuineTransaction,
  type KnownTransaction,
  transactionHash,
  type VerifySignature,
} from '../protocol/execution/transaction.ts'
import {
  type ExecutedPayload,
  executePayload,
  type PayloadFault,
} from '../protocol/execution/transition.ts'
import { type Hash, hashOf, zeroHash } from '../protocol/hash.ts'
import { PayloadBuilder } from './builder.ts'
import { executeRun } from './execution-run.ts'
import type { LedgerLimits } from './limits.ts'
import { Persistence } from './persistence.ts'
import { TransactionPool } from './pool.ts'
import { Preparations } from './preparations.ts'
import { Signatures } from './signatures.ts'
import { StateTree } from './states.ts'

/** What a ledger works with. */
export interface LedgerParts {
  readonly store: Store
  /** 8 bytes; transactions of other chains are malformed. */
  readonly chainTag: Uint8Array
  readonly verifySignature: VerifySignature
  /**
   * Checks many signatures at once, by the rules of `verifySignature`. Absent: transactions are not
   * prepared, each signature is checked when it is needed.
   */
  readonly verifier?: Pick<Verifier, 'verify'>
  readonly limits: LedgerLimits
}

type Answer<Value> = (answer: Value | EngineErrorAnswer) => void

export class Ledger {
  readonly #genesis: Hash
  readonly #states: StateTree
  readonly #pool: TransactionPool
  readonly #builder: PayloadBuilder
  readonly #signatures: Signatures
  readonly #preparations: Preparations
  readonly #disk: Persistence
  readonly #verifier: LedgerParts['verifier']
  #head: ExecutedPayload

  /** `finalised` is what the store holds. */
  constructor(parts: LedgerParts, genesis: Hash, finalised: ExecutedPayload) {
    const { store, chainTag, verifySignature, verifier, limits } = parts
    this.#verifier = verifier
    this.#genesis = genesis
    this.#states = new StateTree(finalised, limits.statesMax)
    this.#pool = new TransactionPool(limits)
    this.#builder = new PayloadBuilder(this.#pool, limits.jobsMax)
    const { verdictsMax } = limits
    this.#signatures = new Signatures({ chainTag, verifySignature, verdictsMax })
    this.#preparations = new Preparations(limits.preparedMax)
    this.#disk = new Persistence(store, finalised, {
      waitingMax: limits.waitingMax,
      unsavedMax: limits.statesMax,
    })
    this.#head = finalised
  }

  /**
   * Sets the head and what is final, then begins a payload if asked to. A head that is an ancestor of
   * the present one changes nothing and begins nothing (execution-apis, `paris.md`), but what is final
   * with it counts; so a node that lost its last steps can replay them. If what is said to be final
   * turns out to be unknown, which only the store can tell, the head stays as it was set.
   */
  forkchoiceUpdated(call: ForkchoiceUpdated, done: Answer<ForkchoiceAnswer>): void {
    const head = this.#states.at(call.head)
    if (head === undefined) return this.#answerOldHead(call.head, done)
    const fault = this.#forkchoiceFault(call, head)
    if (fault !== undefined) return done(fault)
    if (!this.#disk.hasRoom) {
      return this.#settle(engineError('store-failed', 'the disk is too far behind'), done)
    }
    if (!this.#states.isAncestor(head, this.#head)) this.#head = head
    const finalised = this.#states.at(call.finalized)
    if (finalised !== undefined) this.#finalise(finalised)
    const answer = this.#begin(head, call.attributes)
    if (finalised !== undefined || call.finalized === zeroHash) return this.#settle(answer, done)
    this.#ifOld(call.finalized, done, (isOld) => {
      if (isOld) return this.#settle(answer, done)
      done(engineError('invalid-forkchoice', 'finalized is not an ancestor of the head'))
    })
  }

  /** Executes a payload on its parent, unless it was executed before. */
  newPayload(content: BuiltPayload, done: Answer<NewPayloadAnswer>): void {
    const { payload, transactions } = content
    const parent = this.#states.at(payload.parentHash)
    const invalid = (fault: PayloadFault): void => done(invalidAnswer(fault, parent?.payload))
    const prepared = this.#preparations.take(content)
    const known = prepared === undefined ? this.#readContent(payload, transactions) : ok(prepared)
    if (!known.ok) return invalid(known.fault)
    if (this.#states.at(payload.blockHash) !== undefined) return done(validAnswer(payload))
    if (parent === undefined) return this.#answerOldPayload(payload, done)
    if (!this.#states.hasRoom) return done(noRoom)
    const genuine = prepared === undefined ? this.#checkSignatures(known.value) : ok(prepared)
    if (!genuine.ok) return invalid(genuine.fault)
    const state = executePayload(parent, payload, genuine.value)
    if (!state.ok) return invalid(state.fault)
    this.#states.add({ payload, state: state.value })
    done(validAnswer(payload))
  }

  /**
   * Executes payloads one after another, up to the first that is not valid, and keeps the accounts after the last
   * that is. Those on which none of the states here stands may have been final before.
   */
  newPayloads({ payloads }: NewPayloads, done: Answer<NewPayloadsAnswer>): void {
    this.#executeFrom(payloads, 0, done)
  }

  #executeFrom(
    payloads: readonly BuiltPayload[],
    from: number,
    done: Answer<NewPayloadsAnswer>,
  ): void {
    const next = payloads[from]
    if (next === undefined) return done({ valid: from })
    const parent = this.#states.at(next.payload.parentHash)
    if (parent === undefined) return this.#passOld(payloads, from, done)
    if (!this.#states.hasRoom) return done({ valid: from, ...noRoom })
    const run = executeRun(parent, payloads.slice(from), (content) => this.#genuineOf(content))
    const { last, fault } = run
    if (last !== undefined && this.#states.at(last.payload.blockHash) === undefined) {
      this.#states.add(last)
    }
    const valid = from + run.valid
    if (fault === undefined) return this.#executeFrom(payloads, valid, done)
    done({ valid, stopped: invalidAnswer(fault, last?.payload ?? parent.payload) })
  }

  #passOld(payloads: readonly BuiltPayload[], from: number, done: Answer<NewPayloadsAnswer>): void {
    this.newPayload(present(payloads[from], 'a payload'), (answer) => {
      if ('error' in answer) return done({ valid: from, ...answer })
      if (answer.status !== 'VALID') return done({ valid: from, stopped: answer })
      this.#executeFrom(payloads, from + 1, done)
    })
  }

  /** Reads payloads and has their signatures checked all together, before they are executed. */
  preparePayloads({ payloads }: PreparePayloads, done: Answer<PreparedAnswer>): void {
    if (this.#verifier === undefined) return done({ prepared: 0 })
    const read = payloads.flatMap((content) => {
      const known = this.#readContent(content.payload, content.transactions)
      return known.ok ? [{ content, known: known.value }] : []
    })
    const inquiry = this.#signatures.inquiry(read.flatMap(({ known }) => known))
    this.#verifier.verify(inquiry.checks, 'bulk', (verdicts) => {
      const judged = inquiry.judge(verdicts)
      let prepared = 0
      let at = 0
      for (const { content, known } of read) {
        const genuine = judged.slice(at, at + known.length).filter((each) => each !== undefined)
        at += known.length
        if (genuine.length < known.length) continue
        this.#preparations.keep(content, genuine)
        prepared += 1
      }
      done({ prepared })
    })
  }

  /** The payload begun under this id. The same at every call. */
  getPayload(payloadId: string): BuiltPayload | EngineErrorAnswer {
    const built = this.#builder.take(payloadId)
    return built ?? engineError('unknown-payload', `no payload was begun as ${payloadId}`)
  }

  /** Takes a transaction into the pool. The signature, which costs most, is checked last. */
  sendRawTransaction(bytes: Uint8Array): SendTransactionAnswer {
    // What is pooled outlives the message in which it came.
    const read = this.#signatures.identify(new Uint8Array(bytes))
    if (!read.ok) return { status: 'refused', code: 'malformed', hash: transactionHash(bytes) }
    const { hash, sender } = read.value
    if (this.#pool.has(hash)) return { status: 'known', hash }
    const code = this.#pool.refusal(read.value, accountAt(this.#head.state, sender))
    if (code !== undefined) return { status: 'refused', code, hash }
    const genuine = this.#signatures.check(read.value)
    if (genuine === undefined) return { status: 'refused', code: 'signature-invalid', hash }
    this.#pool.add(genuine)
    return { status: 'added', hash }
  }

  status(): EngineStatus {
    return {
      genesis: this.#genesis,
      finalized: placeOf(this.#states.finalised),
      head: placeOf(this.#head),
      pooled: this.#pool.size,
    }
  }

  account(address: Uint8Array): AccountAnswer {
    return {
      head: accountAt(this.#head.state, address),
      finalized: accountAt(this.#states.finalised.state, address),
    }
  }

  /** Why `call` contradicts itself or what was final before; nothing is changed then. */
  #forkchoiceFault(call: ForkchoiceUpdated, head: ExecutedPayload): EngineErrorAnswer | undefined {
    for (const name of ['safe', 'finalized'] as const) {
      const block = this.#states.at(call[name])
      if (block !== undefined && !this.#states.isAncestor(block, head)) {
        return engineError('invalid-forkchoice', `${name} is not an ancestor of the head`)
      }
    }
    return undefined
  }

  #finalise(block: ExecutedPayload): void {
    const before = this.#states.finalised
    if (block === before) return
    assert(this.#states.isAncestor(block, this.#head), 'the head descends from what is final')
    this.#disk.finalise(this.#states.finalise(block))
    for (const { address, account } of changedAccounts(before.state, block.state)) {
      this.#pool.settle(address, account, accountAt(this.#head.state, address))
    }
  }

  #begin(
    head: ExecutedPayload,
    attributes: PayloadAttributes | undefined,
  ): ForkchoiceAnswer | EngineErrorAnswer {
    if (attributes === undefined || head !== this.#head) return { status: 'VALID' }
    if (attributes.timestampMs <= head.payload.timestampMs) {
      return engineError(
        'invalid-attributes',
        `time ${attributes.timestampMs} is not after the head`,
      )
    }
    return { status: 'VALID', payloadId: this.#builder.begin(head, attributes) }
  }

  /** A head that is not among the states: nothing to do if it was final once, else not known. */
  #answerOldHead(head: Hash, done: Answer<ForkchoiceAnswer>): void {
    this.#ifOld(head, done, (isOld) => {
      if (isOld) return this.#settle({ status: 'VALID' }, done)
      done({ status: 'SYNCING' })
    })
  }

  /** A payload without a parent among the states: valid if it was final once, else not known. */
  #answerOldPayload(payload: ExecutionPayload, done: Answer<NewPayloadAnswer>): void {
    if (payload.number > this.#states.finalised.payload.number) return done({ status: 'SYNCING' })
    this.#ifOld(payload.blockHash, done, (isOld) => {
      done(isOld ? validAnswer(payload) : { status: 'SYNCING' })
    })
  }

  /** Tells `next` whether `hash` is or was final, or answers that the disk failed. */
  #ifOld(hash: Hash, done: Answer<never>, next: (isOld: boolean) => void): void {
    this.#disk.wasFinal(hash, (outcome) => {
      if (outcome.ok) return next(outcome.value)
      done(engineError('store-failed', outcome.fault.detail))
    })
  }

  /** Answers once what is final is durable, or could not be made so. */
  #settle<Value>(answer: Value | EngineErrorAnswer, done: Answer<Value>): void {
    this.#disk.settle((outcome) => {
      done(outcome.ok ? answer : engineError('store-failed', outcome.fault.detail))
    })
  }

  /** The payload's transactions, if they and its fields have the hashes that it states. */
  #readContent(
    payload: ExecutionPayload,
    transactions: readonly Uint8Array[],
  ): Result<readonly KnownTransaction[], PayloadFault> {
    // REJECT: the block hash is that of the fields.
    const blockHash = hashOf('payload', encodePayload(payload))
    if (payload.blockHash !== blockHash) {
      return failed({
        code: 'block-hash-wrong',
        detail: `is ${payload.blockHash}, not ${blockHash}`,
      })
    }
    // REJECT: a payload has a bounded number of transactions.
    if (transactions.length > payloadTransactionsMax) {
      return failed({ code: 'too-many-transactions', detail: `has ${transactions.length}` })
    }
    const known: KnownTransaction[] = []
    for (const bytes of transactions) {
      const read = this.#signatures.identify(bytes)
      // REJECT: each transaction can be read.
      if (!read.ok) {
        const detail = `${read.fault.field} ${read.fault.detail}`
        return failed({ code: 'malformed', index: known.length, detail })
      }
      known.push(read.value)
    }
    // REJECT: the root is that of these transactions in this order.
    const root = transactionsRootOfWords(known.map(({ hashWords }) => hashWords))
    if (payload.transactionsRoot === root) return ok(known)
    const detail = `is ${payload.transactionsRoot}, not ${root}`
    return failed({ code: 'transactions-root-wrong', detail })
  }

  /** The payload's transactions, prepared or judged now. */
  #genuineOf(content: BuiltPayload): Result<readonly GenuineTransaction[], PayloadFault> {
    const prepared = this.#preparations.take(content)
    if (prepared !== undefined) return ok(prepared)
    const known = this.#readContent(content.payload, content.transactions)
    return known.ok ? this.#checkSignatures(known.value) : known
  }

  #checkSignatures(
    transactions: readonly KnownTransaction[],
  ): Result<readonly GenuineTransaction[], PayloadFault> {
    const checked: GenuineTransaction[] = []
    for (const [index, transaction] of transactions.entries()) {
      const genuine = this.#signatures.check(transaction)
      // REJECT: each transaction is signed by its sender.
      if (genuine === undefined) {
        return failed({ code: 'signature-invalid', index, detail: `of ${transaction.hash}` })
      }
      checked.push(genuine)
    }
    return ok(checked)
  }
}

/** The answer to a call that could not be answered. */
export function engineError(code: EngineErrorCode, detail: string): EngineErrorAnswer {
  return { error: { code, detail } }
}

const noRoom = engineError('too-many-states', 'nothing became final for too long')

/** `parent` is the last valid one, if it is known. */
function invalidAnswer(
  fault: PayloadFault,
  parent: ExecutionPayload | undefined,
): NewPayloadAnswer {
  const latest = parent && { latestValidHash: parent.blockHash }
  return { status: 'INVALID', ...latest, fault }
}

function validAnswer({ blockHash }: ExecutionPayload): NewPayloadAnswer {
  return { status: 'VALID', latestValidHash: blockHash }
}

function placeOf({ payload }: ExecutedPayload): PayloadPlace {
  return { hash: payload.blockHash, number: payload.number }
}
