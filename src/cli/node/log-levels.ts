/**
 * What each event is worth in the log. The compiler wants a row for each kind that an actor can emit.
 * `info` tells the story of the chain and of its neighbours, `warn` what an operator should know,
 * `error` what an operator should do something about.
 */
import type { NodeEvent } from '../../node/event.ts'
import type { NodeNote } from '../../platform/libp2p/node.ts'
import type { LogLevel } from '../../platform/log.ts'
import type { ValidationEvent } from '../../platform/validation/tally.ts'

/** What the process around the node reports. */
export type ProcessEvent =
  | {
      readonly kind: 'node-started'
      readonly peer: string
      readonly addresses: readonly string[]
      readonly rpc: string | undefined
      readonly chainTag: string
      readonly member: number | undefined
    }
  /** The ledger's records were damaged and thrown away; it is made again from the blocks. */
  | {
      readonly kind: 'ledger-rebuilt'
      readonly code: string
      readonly key: string
      readonly detail: string
    }
  | { readonly kind: 'node-failed'; readonly error: string }
  | { readonly kind: 'node-stopping'; readonly reason: string }
  | ValidationEvent
  | NodeNote
  /** A promise outside the actors failed, and nobody looked. */
  | { readonly kind: 'rejection-unhandled'; readonly error: string }

export const logLevels: Readonly<Record<NodeEvent['kind'] | ProcessEvent['kind'], LogLevel>> = {
  // the process
  'node-started': 'info',
  'ledger-rebuilt': 'warn',
  'node-failed': 'error',
  'node-stopping': 'info',
  'rejection-unhandled': 'error',
  'quic-unavailable': 'warn',
  'validation-started': 'info',
  'validation-worker-ready': 'info',
  'validation-worker-lost': 'warn',
  'validation-judge-failed': 'error',
  'validation-degraded': 'error',
  // api
  'api-called': 'debug',
  // chain
  'chain-started': 'info',
  'chain-recalled': 'debug',
  'chain-halted': 'error',
  'import-stopped': 'error',
  'gate-changed': 'info',
  'block-checked': 'debug',
  'block-refused': 'warn',
  'block-executed': 'debug',
  'block-proposed': 'debug',
  'block-notarised': 'debug',
  'block-committed': 'info',
  'head-changed': 'debug',
  'vote-sent': 'debug',
  'evidence-found': 'error',
  'block-lost': 'error',
  'block-awaited': 'warn',
  'block-restored': 'info',
  // engine
  'engine-behind': 'info',
  'engine-call-failed': 'warn',
  // network and peers
  'peer-connected': 'debug',
  'address-found': 'debug',
  'peer-ready': 'info',
  'peer-lost': 'info',
  'peer-refused': 'warn',
  'network-looked': 'debug',
  'statement-refused': 'warn',
  'peer-told-goodbye': 'debug',
  'peer-said-goodbye': 'info',
  'peer-reported': 'warn',
  'peer-banned': 'warn',
  'peer-unbanned': 'info',
  'federation-peer-paused': 'error',
  'member-lost': 'warn',
  'member-back': 'info',
  'peer-turned-away': 'debug',
  'peer-evicted': 'info',
  'peer-dismissed': 'info',
  'dials-hastened': 'info',
  'addresses-learned': 'debug',
  'announcers-few': 'warn',
  'peers-swept': 'debug',
  'peers-recalled': 'info',
  'peers-forgotten': 'warn',
  'dial-failed': 'info',
  'frame-malformed': 'warn',
  'part-fetched': 'debug',
  'part-served': 'debug',
  // checkpoints
  'checkpoint-created': 'info',
  'checkpoint-failed': 'warn',
  'checkpoint-refused': 'error',
  'checkpoint-recovered': 'info',
  // storage
  'record-corrupt': 'error',
  'store-failed': 'error',
  'root-recovered': 'warn',
  'checkpoint-passed-over': 'error',
  // sync
  'sync-state-changed': 'info',
  'sync-paused': 'info',
  'target-raised': 'debug',
  'segment-proven': 'debug',
  'run-imported': 'info',
  'run-refused': 'warn',
  'transfer-failed': 'info',
}
