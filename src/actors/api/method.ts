/**
 * What a method of the API is. Nearly each is one question to the actor that knows: parameters are read,
 * the question is asked, and the answer is put into plain values.
 */
import type { Result } from '../../base/result.ts'
import type { Address, Reply } from '../../kernel/actor.ts'
import type { ApiAnswer } from './messages.ts'
import type { ParamFault } from './params.ts'
import type { ApiParts } from './parts.ts'

/** Answers a call, once. The parameters are as they were parsed from JSON, and not trusted. */
export type Method = (params: unknown, done: Reply<ApiAnswer>) => void

/** By name, as clients call them. */
export type Methods = Readonly<Record<string, Method>>

/** One question, and what is made of its answer. */
export interface Asking<Wanted, Message, Answer> {
  readonly read: (params: unknown) => Result<Wanted, ParamFault>
  readonly to: Address<Message>
  /** How long the answer may take; {@link askDeadlineMs} if absent. */
  readonly deadlineMs?: number
  readonly ask: (wanted: Wanted, reply: Reply<Answer>) => Message
  readonly answer: (answer: Answer, wanted: Wanted) => ApiAnswer
}

/** This node's own error codes. */
const apiErrors = {
  invalidParams: -32_602,
  methodNotFound: -32_601,
  notFound: -32_000,
  refused: -32_001,
  unavailable: -32_002,
} as const

export const askDeadlineMs = 10_000

/** The method that asks so. Whoever does not answer in time is unavailable. */
export function asking<Wanted, Message, Answer>(
  { context }: Pick<ApiParts, 'context'>,
  { read, to, deadlineMs = askDeadlineMs, ask, answer }: Asking<Wanted, Message, Answer>,
): Method {
  return (params, done) => {
    const wanted = read(params)
    if (!wanted.ok) return done(fault('invalidParams', wanted.fault.message))
    const question = {
      ...{ to, deadlineMs },
      ask: (reply: Reply<Answer>): Message => ask(wanted.value, reply),
    }
    context.ask(question, (outcome) => {
      if (outcome.ok) return done(answer(outcome.value, wanted.value))
      const { code, to: who } = outcome.fault
      done(fault('unavailable', `${who}: ${code}`))
    })
  }
}

export function fault(code: keyof typeof apiErrors, message: string): ApiAnswer {
  return { error: { code: apiErrors[code], message } }
}

/** What an actor refused, in its own words. */
export function refused({ code, detail }: { code: string; detail: string }): ApiAnswer {
  return fault('refused', `${code}: ${detail}`)
}
