/**
 * Drives the execution engine through the Engine API: one call at a time, so that a head is never set
 * before what it needs was executed. The engine is a program on the far side of a wire, in process or
 * not: what it answers is narrowed, and when it is silent the caller is told so, and decides.
 */
import { failed, ok, type Result } from '../../base/result.ts'
import { Ring } from '../../base/ring.ts'
import type { Actor, Context } from '../../kernel/actor.ts'
import type { Services } from '../../kernel/environment.ts'
import {
  type EngineFault,
  type EngineRequest,
  type NewPayloadAnswer,
  readAccountAnswer,
  readBuiltPayload,
  readEngineStatus,
  readForkchoiceAnswer,
  readNewPayloadAnswer,
  readNewPayloadsAnswer,
  readSendTransactionAnswer,
} from '../../protocol/execution/engine-api.ts'
import type {
  BuildRequest,
  BuiltPayload,
  EngineEvent,
  EngineMessage,
  ExecutionOutcome,
  TransactionOutcome,
} from './messages.ts'

export interface EngineOptions {
  readonly callDeadlineMs: number
  /** Limits of a payload that this node asks for. */
  readonly payloadTransactionsMax: number
  readonly payloadBytesMax: number
}

interface Call {
  readonly request: EngineRequest
  readonly done: (outcome: Result<unknown, EngineFault | { code: string; detail: string }>) => void
}

/** Calls that wait for their turn. Beyond, callers hear that the engine is unavailable. */
const callsMax = 1_024

export class EngineActor implements Actor<EngineMessage> {
  readonly #context: Context<EngineMessage, EngineEvent>
  readonly #services: Services
  readonly #options: EngineOptions
  readonly #calls = new Ring<Call>()
  #isCalling = false

  constructor(
    context: Context<EngineMessage, EngineEvent>,
    services: Services,
    options: EngineOptions,
  ) {
    this.#context = context
    this.#services = services
    this.#options = options
  }

  receive(message: EngineMessage): void {
    switch (message.kind) {
      case 'execute':
        return this.#execute(message)
      case 'execute-many':
        return this.#executeMany(message)
      case 'prepare':
        return this.#prepare(message)
      case 'set-head': {
        const { head, finalized } = message
        const request = { method: 'forkchoiceUpdated', head, safe: finalized, finalized } as const
        return this.#call(request, readForkchoiceAnswer, () => undefined)
      }
      case 'build':
        return this.#build(message.request, message.reply)
      case 'submit-transaction':
        return this.#submit(message.transaction, message.reply)
      case 'get-engine-status':
        return this.#call({ method: 'status' }, readEngineStatus, (answer) => {
          if (!answer.ok) return message.reply(undefined)
          const { finalized, head, pooled } = answer.value
          message.reply({ finalizedNumber: finalized.number, headNumber: head.number, pooled })
        })
      case 'get-account': {
        const request = { method: 'account', address: message.address } as const
        return this.#call(request, readAccountAnswer, (answer) => {
          message.reply(answer.ok ? answer.value : undefined)
        })
      }
      default:
        return message satisfies never
    }
  }

  #execute({ payload, transactions, reply }: Extract<EngineMessage, { kind: 'execute' }>): void {
    const request = { method: 'newPayload', payload, transactions } as const
    this.#call(request, readNewPayloadAnswer, (answer) => {
      reply(answer.ok ? outcomeOf(answer.value) : unavailable(answer.fault))
    })
  }

  #executeMany({ payloads, reply }: Extract<EngineMessage, { kind: 'execute-many' }>): void {
    this.#call({ method: 'newPayloads', payloads }, readNewPayloadsAnswer, (answer) => {
      if (!answer.ok) return reply({ valid: 0, last: unavailable(answer.fault) })
      const { valid, stopped, error } = answer.value
      if (error !== undefined) return reply({ valid, last: unavailable(error) })
      if (stopped !== undefined) return reply({ valid, last: outcomeOf(stopped) })
      const isDone = valid === payloads.length
      const silent = unavailable({ code: 'answer-malformed' })
      reply({ valid: isDone ? valid : 0, last: isDone ? { kind: 'valid' } : silent })
    })
  }

  /** Beside the queue: what it asks for has no meaning, and takes as long as checking signatures does. */
  #prepare({ payloads, reply }: Extract<EngineMessage, { kind: 'prepare' }>): void {
    const request = { method: 'preparePayloads', payloads } as const
    const done = this.#context.bind(() => reply(undefined))
    this.#services.call('engine', request, this.#options.callDeadlineMs, done)
  }

  #build(order: BuildRequest, reply: (built: BuiltPayload | undefined) => void): void {
    const { head, finalized, timestampMs, feeRecipient, extraData } = order
    const { payloadTransactionsMax: transactionsMax, payloadBytesMax: bytesMax } = this.#options
    const attributes = { timestampMs, feeRecipient, extraData, transactionsMax, bytesMax }
    const request = { method: 'forkchoiceUpdated', head, safe: finalized, finalized } as const
    this.#call({ ...request, attributes }, readForkchoiceAnswer, (answer) => {
      const payloadId = answer.ok ? answer.value.payloadId : undefined
      if (payloadId === undefined) return reply(undefined)
      this.#call({ method: 'getPayload', payloadId }, readBuiltPayload, (built) => {
        reply(built.ok ? built.value : undefined)
      })
    })
  }

  #submit(transaction: Uint8Array, reply: (outcome: TransactionOutcome) => void): void {
    const request = { method: 'sendRawTransaction', transaction } as const
    this.#call(request, readSendTransactionAnswer, (answer) => {
      if (!answer.ok) {
        const { code, detail } = answer.fault
        return reply({ kind: 'refused', code: 'unavailable', detail: `${code}: ${detail}` })
      }
      const { status, hash } = answer.value
      if (status !== 'refused') return reply({ kind: status, hash })
      reply({ kind: 'refused', code: answer.value.code, detail: `transaction ${hash}` })
    })
  }

  // ----- one call at a time -----

  #call<Answer>(
    request: EngineRequest,
    read: (answer: unknown) => Result<Answer, EngineFault>,
    done: (answer: Result<Answer, { code: string; detail: string }>) => void,
  ): void {
    if (this.#calls.length >= callsMax) {
      return done(failed({ code: 'busy', detail: `${callsMax} calls wait` }))
    }
    this.#calls.push({
      request,
      done: (outcome) => {
        const answer = outcome.ok ? read(outcome.value) : outcome
        if (answer.ok) return done(ok(answer.value))
        const { code, detail } = answer.fault
        this.#context.emit({ kind: 'engine-call-failed', method: request.method, code, detail })
        done(failed({ code, detail }))
      },
    })
    this.#next()
  }

  #next(): void {
    if (this.#isCalling || this.#calls.length === 0) return
    this.#isCalling = true
    const { request, done } = this.#calls.shift()
    this.#services.call(
      'engine',
      request,
      this.#options.callDeadlineMs,
      this.#context.bind((outcome) => {
        this.#isCalling = false
        done(outcome)
        this.#next()
      }),
    )
  }
}

function outcomeOf({ status, fault }: NewPayloadAnswer): ExecutionOutcome {
  const outcomes: Record<typeof status, ExecutionOutcome> = {
    VALID: { kind: 'valid' },
    INVALID: { kind: 'invalid', detail: fault?.detail ?? 'no reason given' },
    SYNCING: { kind: 'syncing' },
  }
  return outcomes[status]
}

function unavailable({ code }: { readonly code: string }): ExecutionOutcome {
  return { kind: 'unavailable', detail: code }
}
