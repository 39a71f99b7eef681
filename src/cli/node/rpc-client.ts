/** Calls a node by JSON-RPC over HTTP. One attempt: whoever wants more tries again. */
import { failed, ok, type Result } from '../../base/result.ts'

/** `unreachable`: nobody answered. `refused`: the node answered with an error of its own. */
export interface CallFault {
  readonly code: 'unreachable' | 'refused' | 'malformed'
  readonly detail: string
}

const callMsMax = 5_000

/** What a method answers. Not trusted: the caller narrows it. */
export async function callNode(
  url: string,
  method: string,
  params: readonly unknown[] = [],
): Promise<Result<unknown, CallFault>> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      signal: AbortSignal.timeout(callMsMax),
    })
    return readAnswer(await response.json())
  } catch (error) {
    return failed({ code: 'unreachable', detail: `${url}: ${reasonOf(error)}` })
  }
}

function readAnswer(answer: unknown): Result<unknown, CallFault> {
  if (!isRecord(answer)) return failed({ code: 'malformed', detail: 'not JSON-RPC' })
  if (answer.error === undefined) return ok(answer.result)
  const { error } = answer
  const detail = isRecord(error) ? `${error.message} (${error.code})` : String(error)
  return failed({ code: 'refused', detail })
}

/** A JSON object, to read fields from. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `fetch` says only that it failed; what failed is the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return reasonOf(error.cause)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
