/** What the world asks of the API actor, what it answers, and what it reports. */
import type { Reply } from '../../kernel/actor.ts'

/** What a call came to. Codes are JSON-RPC 2.0's, and −32000 and below this node's own. */
export type ApiAnswer =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } }

export interface ApiMessage {
  readonly kind: 'call'
  readonly method: string
  /** As it was parsed from JSON; not trusted. */
  readonly params: unknown
  readonly reply: Reply<ApiAnswer>
}

export type ApiEvent = {
  readonly kind: 'api-called'
  readonly method: string
  readonly isError: boolean
}
