/** What one process decides for itself; its neighbours need not agree. What they must share is the chain. */
import type { Authority } from '../actors/chain/produce.ts'
import type { Chain, TrustedPlace } from '../protocol/chain.ts'
import type { WireVersions } from '../protocol/wire/requests.ts'

export interface NodeConfig {
  readonly chain: Chain
  /** The keys of a member of the committee; undefined for a node that follows. */
  readonly authority: Authority | undefined
  /** Where other nodes listen, in the network's notation. Dialled for ever. */
  readonly peerAddresses: readonly string[]
  readonly tuning: NodeTuning
  /** How downloads are scheduled: by what is learnt of each peer (if absent), or by fixed rules. */
  readonly downloads?: 'adaptive' | 'fixed' | undefined
  /**
   * A block that whoever runs this node has from a source that it trusts: a disk with another history
   * is refused at a start, and so is another history of peers. Undefined: genesis alone.
   */
  readonly trusted?: TrustedPlace | undefined
  /** Versions of the wire protocols that the release speaks. Undefined: those of this code. */
  readonly versions?: WireVersions | undefined
}

export interface NodeTuning {
  /** Messages of others that may wait in one actor's mailbox. */
  readonly mailboxMax: number
  readonly dialPauseMsMin: number
  readonly dialPauseMsMax: number
  /** How long a dial may take before it is given up. The network may give it up sooner: libp2p after 10 s. */
  readonly dialDeadlineMs: number
  /** Peers at once, besides the federation: in and out. */
  readonly peersMax: number
  /** Peers that are good to have: this node dials a fifth of them, the others may dial it. */
  readonly peersTarget: number
  /** Federation peers, which have places of their own. */
  readonly federationPeersMax: number
  /** Each peer is looked at once in so long; one that is silent for four times as long is asked. */
  readonly healthCheckMs: number
  /** While few addresses are known, a peer is asked for more once in so long. */
  readonly discoveryMs: number
  /** In so long, half of what a peer did wrong is forgotten. */
  readonly conductHalfLifeMs: number
  /** Of blocks that are asked for, checked and imported, all together. */
  readonly syncBytesMax: number
  readonly syncBlocksMax: number
  /** Of proven blocks that wait in the chain until they are stored. One run of them is taken whatever its size. */
  readonly importBytesMax: number
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
  dialDeadlineMs: 15_000,
  peersMax: 128,
  peersTarget: 64,
  federationPeersMax: 64,
  healthCheckMs: 15_000,
  discoveryMs: 30_000,
  conductHalfLifeMs: 600_000,
  syncBytesMax: 268_435_456,
  syncBlocksMax: 10_000,
  importBytesMax: 33_554_432,
  requestDeadlineMs: 5_000,
  engineDeadlineMs: 5_000,
  payloadTransactionsMax: 2_000,
  payloadBytesMax: 1_000_000,
  statementMs: 30 * 86_400_000,
  checkpointIntervalBlocks: 1_000,
  checkpointsMax: 8,
}
