/**
 * JSON-RPC 2.0 (www.jsonrpc.org/specification): text in, text out. One request or a batch; notifications
 * are carried out and not answered. Whatever the text is, the answer is well-formed and nothing throws.
 *
 * It knows no methods, and no transport: `http.ts` brings the text and says what a request may cost.
 */

/** Requests in one batch. */
const batchMax = 20

interface RpcError {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

export type RpcAnswer = { readonly result: unknown } | { readonly error: RpcError }

/** Carries out one method. The first call of `done` counts; a throw is answered as an internal error. */
export type RpcCall = (method: string, params: unknown, done: (answer: RpcAnswer) => void) => void

/** The codes that the specification reserves. */
export const rpcErrors = {
  parse: { code: -32_700, message: 'Parse error' },
  invalidRequest: { code: -32_600, message: 'Invalid Request' },
  methodNotFound: { code: -32_601, message: 'Method not found' },
  invalidParams: { code: -32_602, message: 'Invalid params' },
  internal: { code: -32_603, message: 'Internal error' },
} as const

type RequestId = string | number | null

/** A text that was parsed: what it asks for, or the answer that it deserves at once. */
export type ParsedText =
  | { readonly kind: 'requests'; readonly isBatch: boolean; readonly requests: readonly unknown[] }
  | { readonly kind: 'error'; readonly text: string }

/** Parses the text of a request or batch. The number of requests is known before any is carried out. */
export function parseRpc(text: string): ParsedText {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { kind: 'error', text: errorText(null, rpcErrors.parse) }
  }
  if (!Array.isArray(value)) return { kind: 'requests', isBatch: false, requests: [value] }
  if (value.length > 0 && value.length <= batchMax) {
    return { kind: 'requests', isBatch: true, requests: value }
  }
  const data = `a batch holds 1 to ${batchMax} requests`
  return { kind: 'error', text: errorText(null, { ...rpcErrors.invalidRequest, data }) }
}

/**
 * Carries out what was parsed. `done` is called once, when the last answer is in: with the text of the
 * response, or with undefined if there is nothing to answer (notifications only).
 */
export function answerRpc(
  parsed: ParsedText & { readonly kind: 'requests' },
  call: RpcCall,
  done: (text: string | undefined) => void,
): void {
  const texts: (string | undefined)[] = []
  let left = parsed.requests.length
  parsed.requests.forEach((request, index) => {
    answerOne(request, call, (text) => {
      texts[index] = text
      left -= 1
      if (left === 0) done(joined(texts, parsed.isBatch))
    })
  })
}

function joined(texts: readonly (string | undefined)[], isBatch: boolean): string | undefined {
  const answers = texts.filter((text) => text !== undefined)
  if (answers.length === 0) return undefined
  return isBatch ? `[${answers.join(',')}]` : answers[0]
}

function answerOne(value: unknown, call: RpcCall, done: (text: string | undefined) => void): void {
  const request = readRequest(value)
  if (request.kind === 'invalid') {
    return done(errorText(request.id, { ...rpcErrors.invalidRequest, data: request.reason }))
  }
  const { id } = request
  let isDone = false
  const settle = (answer: RpcAnswer): void => {
    if (isDone) return
    isDone = true
    done(id === undefined ? undefined : answerText(id, answer))
  }
  try {
    call(request.method, request.params, settle)
  } catch {
    // What went wrong is the node's own business, not the caller's.
    settle({ error: rpcErrors.internal })
  }
}

// ----- reading a request -----

type ReadRequest =
  | {
      readonly kind: 'request'
      /** Undefined in a notification. */
      readonly id: RequestId | undefined
      readonly method: string
      readonly params: unknown
    }
  | { readonly kind: 'invalid'; readonly id: RequestId; readonly reason: string }

function readRequest(value: unknown): ReadRequest {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'invalid', id: null, reason: 'a request is an object' }
  }
  const request: Readonly<Record<string, unknown>> = { ...value }
  const { jsonrpc, id, method, params } = request
  if (!isId(id)) return { kind: 'invalid', id: null, reason: 'id: a string, a number or null' }
  const invalid = (reason: string): ReadRequest => ({ kind: 'invalid', id: id ?? null, reason })
  if (jsonrpc !== '2.0') return invalid('jsonrpc: "2.0"')
  if (typeof method !== 'string') return invalid('method: a string')
  if (!isParams(params)) return invalid('params: an array or an object')
  return { kind: 'request', id, method, params }
}

function isId(value: unknown): value is RequestId | undefined {
  return value === undefined || value === null || ['string', 'number'].includes(typeof value)
}

function isParams(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null)
}

// ----- writing an answer -----

function answerText(id: RequestId, answer: RpcAnswer): string {
  if ('error' in answer) return errorText(id, answer.error)
  try {
    return JSON.stringify({ jsonrpc: '2.0', id, result: answer.result ?? null })
  } catch {
    // A result that JSON cannot hold, such as a bigint, is a fault of the method.
    return errorText(id, rpcErrors.internal)
  }
}

function errorText(id: RequestId, error: RpcError): string {
  try {
    return JSON.stringify({ jsonrpc: '2.0', id, error })
  } catch {
    return JSON.stringify({
      jsonrpc: '2.0',
      id,
      error: { code: error.code, message: error.message },
    })
  }
}
