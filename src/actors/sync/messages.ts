/** How far a node is behind: what sync is told, what it can be asked, and what it reports. */
import type { Millis } from '../../base/units.ts'
import type { Reply } from '../../kernel/actor.ts'
import type { PeerId } from '../../kernel/environment.ts'
import type { Status } from '../../protocol/wire/status.ts'
import type { ChainStatus, LostBlock } from '../chain/messages.ts'
import type { PeerClass } from '../peer/messages.ts'
import type { Transfer } from './monitor/bandwidth.ts'
import type { Assessment } from './monitor/network-monitor.ts'
import type { SyncFailure, SyncStateName } from './state.ts'

/** Where sync stands, for whoever operates the node. Heights are of committed blocks. */
export interface SyncStatus {
  readonly state: SyncStateName
  /** Seeds' number of the state, 0 to 6. */
  readonly stateCode: number
  readonly isPaused: boolean
  readonly currentHeight: number
  /** The newest committed block that a certificate proves, or that is trusted; never below the current one. */
  readonly targetHeight: number
  /** Up to where headers are proven. */
  readonly provenHeight: number
  /** Fraction from 0 to 1. */
  readonly progress: number
  /** Connected, on the same chain, and not under a ban. */
  readonly peers: number
  /** Over the last ten seconds. */
  readonly blocksPerSecond: number
  readonly bytesPerSecond: number
  /** Until the target at the present rate; undefined while nothing moves. */
  readonly remainingMs: Millis | undefined
  /** Bytes of requests and blocks that are under way here, and the most that may be. */
  readonly reservedBytes: number
  readonly reservedBytesMax: number
  /** Requests that wait for their answers. */
  readonly requests: number
  /** Since when the lowest missing block has been asked for, as an age. */
  readonly headOfLineMs: Millis
  /** Since the slot of the last committed block began: what health goes by, with the lag. */
  readonly certificateAgeMs: Millis
  readonly failure: SyncFailure | undefined
  /** A committed block that this node's disk has lost, and that peers are asked for. */
  readonly lost: LostBlock | undefined
  /** Failures in a row. */
  readonly failures: number
  readonly canProduceBlocks: boolean
}

export type SyncMessage =
  /** The chain stands here now. */
  | { readonly kind: 'chain-advanced'; readonly status: ChainStatus }
  /** The chain has read the disk and begins from there: after a start, or a restart of its actor. */
  | { readonly kind: 'chain-started'; readonly status: ChainStatus }
  /** Two certificates contradict each other: the chain goes no further. */
  | { readonly kind: 'chain-conflict' }
  /** There is proof that this member broke its word. */
  | { readonly kind: 'member-accused'; readonly member: number }
  /** This peer was the first to tell of a block. */
  | { readonly kind: 'block-announced'; readonly peer: PeerId }
  /** So many bytes of the chain were given to peers within the last second. */
  | { readonly kind: 'bytes-given'; readonly given: Transfer }
  | { readonly kind: 'sync-peer-ready'; readonly peer: PeerId; readonly status: Status }
  | { readonly kind: 'sync-peer-lost'; readonly peer: PeerId }
  /** What the peer actor thinks of a peer now. */
  | {
      readonly kind: 'peer-standing'
      readonly peer: PeerId
      readonly class: PeerClass
      readonly netgroup: string
      /** 0 at best, −100 at worst. */
      readonly conduct: number
      /** Whether it may be asked. */
      readonly isUsable: boolean
    }
  | { readonly kind: 'get-sync-status'; readonly reply: Reply<SyncStatus> }
  /** What the network around this node looks like. */
  | { readonly kind: 'get-network-health'; readonly reply: Reply<Assessment> }
  /** Whether this node may propose and vote. */
  | { readonly kind: 'can-produce-blocks'; readonly reply: Reply<boolean> }
  /** Looks at once, and forgets a failure. Answered as soon as it has begun. */
  | { readonly kind: 'start-sync'; readonly reply: Reply<SyncStatus> }
  /** Asks for nothing more until it is resumed. What is under way is imported. */
  | { readonly kind: 'pause-sync'; readonly reply: Reply<SyncStatus> }
  | { readonly kind: 'resume-sync'; readonly reply: Reply<SyncStatus> }
  /** Each state looks again after a while, whether anything happened or not. */
  | { readonly kind: 'look' }
  /** While downloading: what is overdue, what comes next. */
  | { readonly kind: 'pump' }

export type SyncEvent =
  | {
      readonly kind: 'sync-state-changed'
      readonly from: SyncStateName
      readonly to: SyncStateName
      readonly currentHeight: number
      readonly targetHeight: number
      /** On the way to `failed`. */
      readonly failure: SyncFailure | undefined
    }
  | { readonly kind: 'sync-paused'; readonly isPaused: boolean }
  | { readonly kind: 'target-raised'; readonly peer: PeerId; readonly height: number }
  | {
      readonly kind: 'segment-proven'
      readonly fromHeight: number
      readonly count: number
    }
  | { readonly kind: 'run-imported'; readonly fromHeight: number; readonly count: number }
  | {
      readonly kind: 'run-refused'
      readonly fromHeight: number
      readonly code: string
      readonly detail: string
    }
  | {
      readonly kind: 'transfer-failed'
      readonly peer: PeerId
      readonly what: 'fetch-certified' | 'fetch-headers' | 'fetch-bodies'
      readonly fromHeight: number
      readonly code: string
      readonly detail: string
    }
