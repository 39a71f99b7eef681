/** What other actors may ask of the execution engine, and what is said of it. */
import type { Reply } from '../../kernel/actor.ts'
import type { ExecutionPayload } from '../../protocol/execution/payload.ts'
import type { Hash } from '../../protocol/hash.ts'

/** What became of a payload. `unavailable`: the engine did not answer; nothing is known. */
export type ExecutionOutcome =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid'; readonly detail: string }
  /** The engine lacks the parent: it has to be fed the blocks before. */
  | { readonly kind: 'syncing' }
  | { readonly kind: 'unavailable'; readonly detail: string }

/** What became of several payloads. */
export interface ManyOutcome {
  /** How many are executed, from the first on. */
  readonly valid: number
  /** What became of the one behind those; `valid` if there was none. */
  readonly last: ExecutionOutcome
}

/** What a new payload is to contain. */
export interface BuildRequest {
  /** The payload to build on, by its own hash. */
  readonly head: Hash
  readonly finalized: Hash
  /** The slot's start, Unix milliseconds. */
  readonly timestampMs: number
  readonly feeRecipient: Uint8Array
  readonly extraData: Uint8Array
}

export interface BuiltPayload {
  readonly payload: ExecutionPayload
  readonly transactions: readonly Uint8Array[]
}

export type TransactionOutcome =
  | { readonly kind: 'added' | 'known'; readonly hash: Hash }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }

export interface EngineStatus {
  /** The finalised payload's number, which is the block's height. */
  readonly finalizedNumber: number
  readonly headNumber: number
  readonly pooled: number
}

export interface AccountAnswer {
  readonly head: { readonly balance: bigint; readonly nonce: number }
  readonly finalized: { readonly balance: bigint; readonly nonce: number }
}

export type EngineMessage =
  | {
      readonly kind: 'execute'
      readonly payload: ExecutionPayload
      readonly transactions: readonly Uint8Array[]
      readonly reply: Reply<ExecutionOutcome>
    }
  /** Payloads that stand on one another, at most 64. */
  | {
      readonly kind: 'execute-many'
      readonly payloads: readonly BuiltPayload[]
      readonly reply: Reply<ManyOutcome>
    }
  /** These will be executed soon, at most 64. Answered when what can be said beforehand is known, or cannot be. */
  | {
      readonly kind: 'prepare'
      readonly payloads: readonly BuiltPayload[]
      readonly reply: Reply<undefined>
    }
  | {
      readonly kind: 'set-head'
      readonly head: Hash
      readonly finalized: Hash
    }
  | {
      readonly kind: 'build'
      readonly request: BuildRequest
      readonly reply: Reply<BuiltPayload | undefined>
    }
  | {
      readonly kind: 'submit-transaction'
      readonly transaction: Uint8Array
      readonly reply: Reply<TransactionOutcome>
    }
  | { readonly kind: 'get-engine-status'; readonly reply: Reply<EngineStatus | undefined> }
  | {
      readonly kind: 'get-account'
      readonly address: Uint8Array
      readonly reply: Reply<AccountAnswer | undefined>
    }

export type EngineEvent = {
  readonly kind: 'engine-call-failed'
  readonly method: string
  readonly code: string
  readonly detail: string
}
