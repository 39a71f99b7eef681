/** What other actors may tell and ask of checkpoints, and what is reported of them. */
import type { Result } from '../../base/result.ts'
import type { Reply } from '../../kernel/actor.ts'
import type { CheckpointMetadata } from '../../protocol/checkpoint/checkpoint.ts'
import type { CheckpointFault, VerificationLevel } from '../../protocol/checkpoint/checks.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { ChainStatus } from '../chain/messages.ts'

/** A checkpoint, as it is told to people. */
export interface CheckpointSummary extends CheckpointMetadata {
  readonly id: Hash
  /** Blocks since the one before, which it covers. */
  readonly covered: number
  readonly previous: Hash | undefined
}

/** What lies on the disk at one height: a checkpoint of this chain, or why it is none. */
export interface ListedCheckpoint {
  readonly height: number
  readonly checkpoint: CheckpointSummary | undefined
  readonly fault: CheckpointFault | undefined
}

/** Why a checkpoint was not made, or not recovered from. */
export type RefusedCheckpoint =
  | CheckpointFault
  | {
      readonly code: /** No checkpoint has this id. */
        | 'not-found'
        /** Nothing above genesis is committed, or the chain is starting. */
        | 'nothing-committed'
        /** Another recovery is under way. */
        | 'busy'
        /** The disk, or an actor that had to be asked, did not answer. */
        | 'unavailable'
      readonly detail: string
    }

/**
 * What recovery does besides looking. Neither raises nor rolls back what is committed.
 * `verify-only`: nothing. `resume`: goes on from this checkpoint, or from the newest before it that is
 * good: dials the peers that it names, and answers where the chain stands.
 */
export type RecoveryMode = 'verify-only' | 'resume'

/** What recovery came to. */
export interface RecoveredCheckpoint {
  /** The one that was found good; with `resume` it may be one before the one that was asked for. */
  readonly checkpointId: Hash
  /** Of the checkpoint with `verify-only`; of the committed chain, which goes on, with `resume`. */
  readonly height: number
  readonly durationMs: number
  readonly verified: VerificationLevel
}

export type CheckpointMessage =
  /** Blocks are committed and durable: their hashes in order, and where the chain stands with them. */
  | {
      readonly kind: 'blocks-committed'
      readonly fromHeight: number
      readonly hashes: readonly Hash[]
      readonly status: ChainStatus
    }
  /** Makes one of the last committed block, unless there is one. */
  | {
      readonly kind: 'create-checkpoint'
      readonly reply: Reply<Result<CheckpointSummary, RefusedCheckpoint>>
    }
  /** All of them, the newest first. */
  | {
      readonly kind: 'list-checkpoints'
      readonly reply: Reply<Result<readonly ListedCheckpoint[], RefusedCheckpoint>>
    }
  | {
      readonly kind: 'recover-from-checkpoint'
      readonly checkpointId: Hash
      /** Reads every block that it covers, besides its certificate and its own block. */
      readonly verifyIntegrity: boolean
      readonly recoveryMode: RecoveryMode
      readonly reply: Reply<Result<RecoveredCheckpoint, RefusedCheckpoint>>
    }
  /** Each half minute: is one due, whatever was told or lost? */
  | { readonly kind: 'look' }

export type CheckpointEvent =
  | {
      readonly kind: 'checkpoint-created'
      readonly id: Hash
      readonly height: number
      /** Of its block. */
      readonly hash: Hash
      readonly covered: number
      readonly bytes: number
      /** Older ones that went. */
      readonly dropped: number
    }
  /** The one that was due was not made; it is tried again. */
  | {
      readonly kind: 'checkpoint-failed'
      readonly height: number
      readonly code: string
      readonly detail: string
    }
  /** One on the disk is not good. */
  | {
      readonly kind: 'checkpoint-refused'
      readonly height: number
      readonly code: string
      readonly detail: string
    }
  | {
      readonly kind: 'checkpoint-recovered'
      readonly id: Hash
      readonly height: number
      /** Of its block. */
      readonly hash: Hash
      readonly mode: RecoveryMode
      readonly verified: VerificationLevel
    }
