/**
 * The calls an execution engine answers, after Ethereum's Engine API (execution-apis, `paris.md`):
 * the consensus side says which payload is the head and what is final, hands over payloads to execute
 * and asks for new ones. The ledger of this project speaks it, an EVM can stand behind the same calls.
 *
 * What an engine answers is not trusted: each answer has a reader here that narrows it.
 */
import { failed, ok, type Result } from '../../base/result.ts'
import type { Hash } from '../hash.ts'
import type { Account } from './account.ts'
import { FieldReader } from './field-reader.ts'
import {
  type ExecutionPayload,
  extraDataBytesMax,
  type PayloadFields,
  payloadTransactionsMax,
} from './payload.ts'
import { addressBytes } from './transaction.ts'

/** What the next payload on top of the head shall be made of. */
export interface PayloadAttributes {
  /** Unix milliseconds, a whole number, later than the head's. */
  readonly timestampMs: number
  /** 20 bytes. */
  readonly feeRecipient: Uint8Array
  /** At most 32 bytes. */
  readonly extraData: Uint8Array
  readonly transactionsMax: number
  /** Of all transactions together. */
  readonly bytesMax: number
}

/**
 * Says which payload is the head, and which of its ancestors (or itself) are safe and final; the zero
 * hash says nothing of these two. With attributes, begins to build a payload on the head.
 */
export interface ForkchoiceUpdated {
  readonly method: 'forkchoiceUpdated'
  readonly head: Hash
  readonly safe: Hash
  readonly finalized: Hash
  readonly attributes?: PayloadAttributes
}

/** Takes the payload that was begun under this id. */
export interface GetPayload {
  readonly method: 'getPayload'
  readonly payloadId: string
}

/** Executes a payload. Does not make it the head. */
export interface NewPayload {
  readonly method: 'newPayload'
  readonly payload: ExecutionPayload
  readonly transactions: readonly Uint8Array[]
}

/**
 * Executes payloads one after another, and stops at the first that is not valid. One call where there would be many:
 * a node that catches up has thousands. Afterwards the last valid one is known as if {@link NewPayload} had brought it;
 * those before it need not be: a fork from one of them is SYNCING until it is brought by itself.
 */
export interface NewPayloads {
  readonly method: 'newPayloads'
  /** 1 to {@link payloadsPerCallMax}. */
  readonly payloads: readonly BuiltPayload[]
}

/**
 * Says that these payloads will be executed soon, so that signatures can be checked in the meantime.
 * Changes nothing but how long that takes: an engine may do nothing at all.
 */
export interface PreparePayloads {
  readonly method: 'preparePayloads'
  /** At most {@link payloadsPerCallMax}. */
  readonly payloads: readonly BuiltPayload[]
}

/** Offers a transaction to the pool. */
export interface SendRawTransaction {
  readonly method: 'sendRawTransaction'
  readonly transaction: Uint8Array
}

export interface GetStatus {
  readonly method: 'status'
}

export interface GetAccount {
  readonly method: 'account'
  /** 20 bytes. */
  readonly address: Uint8Array
}

export type EngineRequest =
  | ForkchoiceUpdated
  | GetPayload
  | NewPayload
  | NewPayloads
  | PreparePayloads
  | SendRawTransaction
  | GetStatus
  | GetAccount

/** SYNCING: not known here, and neither right nor wrong for want of an ancestor. */
export type PayloadStatus = 'VALID' | 'INVALID' | 'SYNCING'

/** VALID once what is final is durable. `payloadId` only if a payload was begun. */
export interface ForkchoiceAnswer {
  readonly status: PayloadStatus
  readonly payloadId?: string
}

export interface BuiltPayload {
  readonly payload: ExecutionPayload
  readonly transactions: readonly Uint8Array[]
}

/** `latestValidHash`: of the payload itself if VALID, of its parent if INVALID and the parent is known. */
export interface NewPayloadAnswer {
  readonly status: PayloadStatus
  readonly latestValidHash?: Hash
  readonly fault?: InvalidPayload
}

/** What became of several payloads: `valid` of them, from the first on, are executed. */
export interface NewPayloadsAnswer {
  readonly valid: number
  /** The answer to the one behind those, which is not VALID; absent if there was none, or no answer. */
  readonly stopped?: NewPayloadAnswer
  /** Why there is no answer to that one. */
  readonly error?: { readonly code: EngineErrorCode; readonly detail: string }
}

/** All that could be said beforehand is known now. */
export interface PreparedAnswer {
  /** Payloads of which nothing is left to be checked before they are executed. */
  readonly prepared: number
}

/** What is wrong with an invalid payload, and with which of its transactions. */
export interface InvalidPayload {
  readonly code: string
  readonly detail: string
  readonly index?: number
}

/** Why a transaction is not taken into the pool. */
export type RefusalCode = (typeof refusalCodes)[number]

export type SendTransactionAnswer =
  | { readonly status: 'known' | 'added'; readonly hash: Hash }
  | { readonly status: 'refused'; readonly code: RefusalCode; readonly hash: Hash }

export interface PayloadPlace {
  readonly hash: Hash
  readonly number: number
}

export interface EngineStatus {
  readonly genesis: Hash
  readonly finalized: PayloadPlace
  readonly head: PayloadPlace
  /** Transactions in the pool. */
  readonly pooled: number
}

/** An account at the head and at the last final payload. */
export interface AccountAnswer {
  readonly head: Account
  readonly finalized: Account
}

export type EngineErrorCode = (typeof errorCodes)[number]

/** The answer to a call that could not be answered, whatever the call was. */
export interface EngineErrorAnswer {
  readonly error: { readonly code: EngineErrorCode; readonly detail: string }
}

/** The engine said that it could not answer, or its answer makes no sense. */
export interface EngineFault {
  readonly code: EngineErrorCode | 'answer-malformed'
  readonly detail: string
}

/** Payloads in one call. */
export const payloadsPerCallMax = 64

/** Characters of a payload's id, which is the engine's own. */
export const payloadIdLengthMax = 64

const refusalCodes = [
  'nonce-too-low',
  'nonce-too-high',
  'balance-too-low',
  'signature-invalid',
  'malformed',
  'fee-too-low',
  'pool-full',
] as const

const errorCodes = [
  /** The request is not one of the calls above. */
  'malformed',
  /** The engine has not opened its store, or could not. */
  'not-open',
  /** Too many payloads above the final one: nothing is executed until more become final. */
  'too-many-states',
  /** No payload was begun under this id, or it was forgotten since. */
  'unknown-payload',
  /** Safe or finalized is not an ancestor of the head, or contradicts what was final. */
  'invalid-forkchoice',
  /** The attributes do not follow the head; the forkchoice itself was taken. */
  'invalid-attributes',
  /** The disk failed; the same call may succeed later. */
  'store-failed',
] as const

const statuses = ['VALID', 'INVALID', 'SYNCING'] as const
const detailLengthMax = 1_000
const transactionsLimits = { countMax: payloadTransactionsMax, bytesMax: 2 * 1_024 * 1_024 }

export function readForkchoiceAnswer(answer: unknown): Result<ForkchoiceAnswer, EngineFault> {
  return readAnswer(answer, (reader) => {
    const status = reader.word('status', statuses)
    if (!reader.has('payloadId')) return { status }
    return { status, payloadId: reader.text('payloadId', payloadIdLengthMax) }
  })
}

export function readBuiltPayload(answer: unknown): Result<BuiltPayload, EngineFault> {
  return readAnswer(answer, (reader) => ({
    payload: reader.object('payload', readPayload),
    transactions: reader.byteStrings('transactions', transactionsLimits),
  }))
}

export function readNewPayloadAnswer(answer: unknown): Result<NewPayloadAnswer, EngineFault> {
  return readAnswer(answer, readNewPayload)
}

export function readNewPayloadsAnswer(answer: unknown): Result<NewPayloadsAnswer, EngineFault> {
  const reader = new FieldReader(answer)
  // An engine that failed on the way says how far it came; one that did not begin does not.
  if (reader.has('error') && !reader.has('valid')) return failed(reader.object('error', readError))
  const outcome = reader.finish({
    valid: reader.count('valid'),
    ...(reader.has('stopped') && { stopped: reader.object('stopped', readNewPayload) }),
    ...(reader.has('error') && { error: reader.object('error', readErrorAnswer) }),
  })
  return outcome.ok ? ok(outcome.value) : failed(malformed(outcome.fault))
}

export function readSendTransactionAnswer(
  answer: unknown,
): Result<SendTransactionAnswer, EngineFault> {
  return readAnswer(answer, (reader): SendTransactionAnswer => {
    const status = reader.word('status', ['known', 'added', 'refused'])
    const hash = reader.hash('hash')
    return status === 'refused'
      ? { status, code: reader.word('code', refusalCodes), hash }
      : { status, hash }
  })
}

export function readEngineStatus(answer: unknown): Result<EngineStatus, EngineFault> {
  return readAnswer(answer, (reader) => ({
    genesis: reader.hash('genesis'),
    finalized: reader.object('finalized', readPlace),
    head: reader.object('head', readPlace),
    pooled: reader.count('pooled'),
  }))
}

export function readAccountAnswer(answer: unknown): Result<AccountAnswer, EngineFault> {
  return readAnswer(answer, (reader) => ({
    head: reader.object('head', readAccount),
    finalized: reader.object('finalized', readAccount),
  }))
}

/** The fields of a payload, its hash included; that they agree is not checked here. */
export function readPayload(reader: FieldReader): ExecutionPayload {
  const fields: PayloadFields = {
    parentHash: reader.hash('parentHash'),
    number: reader.count('number'),
    timestampMs: reader.count('timestampMs'),
    feeRecipient: reader.bytes('feeRecipient', addressBytes, addressBytes),
    extraData: reader.bytes('extraData', 0, extraDataBytesMax),
    stateRoot: reader.hash('stateRoot'),
    transactionsRoot: reader.hash('transactionsRoot'),
  }
  return { ...fields, blockHash: reader.hash('blockHash') }
}

function readAnswer<Value>(
  answer: unknown,
  read: (reader: FieldReader) => Value,
): Result<Value, EngineFault> {
  const reader = new FieldReader(answer)
  if (reader.has('error')) return failed(reader.object('error', readError))
  const outcome = reader.finish(read(reader))
  return outcome.ok ? ok(outcome.value) : failed(malformed(outcome.fault))
}

function readNewPayload(reader: FieldReader): NewPayloadAnswer {
  return {
    status: reader.word('status', statuses),
    ...(reader.has('latestValidHash') && { latestValidHash: reader.hash('latestValidHash') }),
    ...(reader.has('fault') && { fault: reader.object('fault', readInvalidPayload) }),
  }
}

/** An engine of another make may have codes of its own: those are answers that make no sense here. */
function readError(reader: FieldReader): EngineFault {
  const outcome = reader.finish(readErrorAnswer(reader))
  return outcome.ok ? outcome.value : malformed(`error: ${outcome.fault}`)
}

function readErrorAnswer(reader: FieldReader): EngineErrorAnswer['error'] {
  return {
    code: reader.word('code', errorCodes),
    detail: reader.text('detail', detailLengthMax),
  }
}

function malformed(detail: string): EngineFault {
  return { code: 'answer-malformed', detail }
}

function readInvalidPayload(reader: FieldReader): InvalidPayload {
  return {
    code: reader.text('code', detailLengthMax),
    detail: reader.text('detail', detailLengthMax),
    ...(reader.has('index') && { index: reader.count('index') }),
  }
}

function readPlace(reader: FieldReader): PayloadPlace {
  return { hash: reader.hash('hash'), number: reader.count('number') }
}

function readAccount(reader: FieldReader): Account {
  return { balance: reader.u64('balance'), nonce: reader.count('nonce') }
}
