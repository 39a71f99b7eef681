/** How far a node is behind: what sync is told, what it can be asked, and what it reports. */
import type { Reply } from '../../kernel/actor.ts'
import type { PeerId } from '../../kernel/environment.ts'
import type { Status } from '../../protocol/wire/status.ts'
import type { ChainStatus } from '../chain/messages.ts'
import type { PeerClass } from '../peer/messages.ts'

/** The seven states, with the codes that operators know. */
export const syncStateCode = {
  idle: 0,
  discovering: 1,
  'downloading-headers': 2,
  'downloading-blocks': 3,
  'catching-up': 4,
  synced: 5,
  failed: 6,
} as const

export interface SyncStatus {
  readonly state: Exclude<keyof typeof syncStateCode, 'downloading-headers'>
  /** The last committed block's. */
  readonly currentHeight: number
  readonly currentSlot: number
  /** The newest committed slot that a certificate proves; never below the current one. */
  readonly targetSlot: number
  /** Fraction from 0 to 1. */
  readonly progress: number
  readonly peers: number
  readonly canProduceBlocks: boolean
}

export type SyncMessage =
  /** The chain stands here now. */
  | { readonly kind: 'chain-advanced'; readonly status: ChainStatus }
  | { readonly kind: 'sync-peer-ready'; readonly peer: PeerId; readonly status: Status }
  | { readonly kind: 'sync-peer-lost'; readonly peer: PeerId }
  /** How a ready peer stands, whenever that has changed; at most four times a second for each. */
  | {
      readonly kind: 'peer-standing'
      readonly peer: PeerId
      readonly class: PeerClass
      /** Peers of one netgroup may be one owner's. */
      readonly netgroup: string
      /** 0 at best, −100 at worst. */
      readonly conduct: number
      /** False: nothing is asked of it, for its conduct or because it is known to be useless. */
      readonly isUsable: boolean
    }
  | { readonly kind: 'get-sync-status'; readonly reply: Reply<SyncStatus> }
  /** Each state looks again after a while, whether anything happened or not. */
  | { readonly kind: 'look' }

export type SyncEvent =
  | {
      readonly kind: 'sync-state-changed'
      readonly from: SyncStatus['state']
      readonly to: SyncStatus['state']
      readonly currentSlot: number
      readonly targetSlot: number
    }
  | {
      readonly kind: 'range-imported'
      readonly peer: PeerId
      readonly fromHeight: number
      readonly count: number
    }
  | {
      readonly kind: 'range-failed'
      readonly peer: PeerId
      readonly fromHeight: number
      readonly code: string
      readonly detail: string
    }
