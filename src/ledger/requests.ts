/** Narrows what reaches the engine to one of the calls of the engine API, or says what is wrong. */
import { failed, type Result } from '../base/result.ts'
import {
  type BuiltPayload,
  type EngineRequest,
  type ForkchoiceUpdated,
  type PayloadAttributes,
  payloadIdLengthMax,
  payloadsPerCallMax,
  readPayload,
} from '../protocol/execution/engine-api.ts'
import { FieldReader } from '../protocol/execution/field-reader.ts'
import { extraDataBytesMax } from '../protocol/execution/payload.ts'
import { addressBytes } from '../protocol/execution/transaction.ts'

/** Longer ones are not even hashed. As in go-ethereum's pool. */
const rawTransactionBytesMax = 131_072

/** They are in memory already. Too many make an invalid payload, not a malformed call. */
const anyList = { countMax: Number.MAX_SAFE_INTEGER, bytesMax: Number.MAX_SAFE_INTEGER }

const methods = [
  'forkchoiceUpdated',
  'getPayload',
  'newPayload',
  'newPayloads',
  'preparePayloads',
  'sendRawTransaction',
  'status',
  'account',
] as const

/** Payloads of lists that were narrowed, by what they were narrowed from: they come to be prepared, then executed. */
export type NarrowedPayloads = WeakMap<object, BuiltPayload>

/** The request with all its fields narrowed; byte strings are not copied. What is in `known` is not read again. */
export function readEngineRequest(
  request: unknown,
  known: NarrowedPayloads,
): Result<EngineRequest, string> {
  const reader = new FieldReader(request)
  const method = reader.finish(reader.word('method', methods))
  return method.ok ? reader.finish(readCall(reader, method.value, known)) : failed(method.fault)
}

function readCall(
  reader: FieldReader,
  method: EngineRequest['method'],
  known: NarrowedPayloads,
): EngineRequest {
  switch (method) {
    case 'forkchoiceUpdated':
      return readForkchoice(reader)
    case 'getPayload':
      return { method, payloadId: reader.text('payloadId', payloadIdLengthMax) }
    case 'newPayload':
      return { method, ...readContent(reader) }
    case 'newPayloads':
    case 'preparePayloads': {
      const reading = { read: readContent, known }
      return { method, payloads: reader.objects('payloads', payloadsPerCallMax, reading) }
    }
    case 'sendRawTransaction':
      return { method, transaction: reader.bytes('transaction', 0, rawTransactionBytesMax) }
    case 'status':
      return { method }
    case 'account':
      return { method, address: reader.bytes('address', addressBytes, addressBytes) }
    default:
      return method satisfies never
  }
}

function readContent(reader: FieldReader): BuiltPayload {
  return {
    payload: reader.object('payload', readPayload),
    transactions: reader.byteStrings('transactions', anyList),
  }
}

function readForkchoice(reader: FieldReader): ForkchoiceUpdated {
  return {
    method: 'forkchoiceUpdated',
    head: reader.hash('head'),
    safe: reader.hash('safe'),
    finalized: reader.hash('finalized'),
    ...(reader.has('attributes') && { attributes: reader.object('attributes', readAttributes) }),
  }
}

function readAttributes(reader: FieldReader): PayloadAttributes {
  return {
    timestampMs: reader.count('timestampMs'),
    feeRecipient: reader.bytes('feeRecipient', addressBytes, addressBytes),
    extraData: reader.bytes('extraData', 0, extraDataBytesMax),
    transactionsMax: reader.count('transactionsMax'),
    bytesMax: reader.count('bytesMax'),
  }
}
