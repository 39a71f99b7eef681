/** What one process decides for itself; its neighbours need not agree. What they must share is the chain. */
import type { Authority } from '../actors/chain/produce.ts'
import type { Chain, TrustedPlace } from '../protocol/chain.ts'

export interface NodeConfig {
  readonly chain: Chain
  /** The keys of a member of the committee; undefined for a node that follows. */
  readonly authority: Authority | undefined
  /** Where other nodes listen, in the network's notation. Dialled for ever. */
  readonly peerAddresses: readonly string[]
  readonly tuning: NodeTuning
  /**
   * A block that whoever runs this node has from a source that it trusts: a disk with another history
   * is refused at a start, and so is another history of peers. Undefined: genesis alone.
   */
  readonly trusted?: TrustedPlace | undefined
}

export interface NodeTuning {
  /** Messages of others that may wait in one actor's mailbox. */
  readonly mailboxMax: number
  readonly dialPauseMsMin: number
  readonly dialPauseMsMax: number
  /** Blocks in one range. */
  readonly syncBatchSize: number
  readonly requestDeadlineMs: number
  readonly engineDeadlineMs: number
  readonly payloadTransactionsMax: number
  readonly payloadBytesMax: number
  /** How long an authority's word for this node's identity holds. */
  readonly statementMs: number
  /** Blocks between two checkpoints. */
  readonly checkpointIntervalBlocks: number
  /** Checkpoints that are kept: 2 to 64. */
  readonly checkpointsMax: number
}

export const defaultTuning: NodeTuning = {
  mailboxMax: 4_096,
  dialPauseMsMin: 500,
  dialPauseMsMax: 30_000,
  syncBatchSize: 128,
  requestDeadlineMs: 5_000,
  engineDeadlineMs: 5_000,
  payloadTransactionsMax: 2_000,
  payloadBytesMax: 1_000_000,
  statementMs: 30 * 86_400_000,
  checkpointIntervalBlocks: 1_000,
  checkpointsMax: 8,
}
