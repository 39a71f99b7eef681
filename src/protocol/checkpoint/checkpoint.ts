/**
 * A checkpoint: one committed block with all that is needed to go on from it, and to prove that it is
 * the right one. What proves it is the finalise certificate on its block; the Merkle root over the
 * hashes since the checkpoint before ties what lies on the disk to it.
 *
 * The seven fields that people ask for (`metadataOf`) follow from the signed header, so that they are
 * written once and cannot contradict it.
 *
 * Does not hold the state of the accounts: it follows from the blocks, and the header names its root.
 */
import { Writer } from '../../base/codec.ts'
import type { SignedHeader } from '../block/header.ts'
import { type Committee, quorumOf } from '../committee.ts'
import type { Certificate } from '../consensus/vote.ts'
import { type Hash, hashOf } from '../hash.ts'

export interface Checkpoint {
  /** When it was made, Unix milliseconds, by the clock of the machine that made it. Whole. */
  readonly createdAtMs: number
  /** Whether its maker verified the certificate then; whoever reads it does so again. */
  readonly isVerified: boolean
  readonly chain: ChainPart
  /** How far its maker was; undefined if that could not be learned in time. */
  readonly sync: SyncPart | undefined
  /** At most {@link checkpointPeersMax}. */
  readonly peers: readonly PeerPart[]
  readonly federation: FederationPart
  /** Events of governance up to this block. None exist yet. */
  readonly governance: GovernancePart
}

/** The block, its proof, and what ties the blocks before it to it. */
export interface ChainPart {
  /** 8 bytes. */
  readonly chainTag: Uint8Array
  readonly genesis: Hash
  readonly signed: SignedHeader
  /** Commits the block. */
  readonly certificate: Certificate
  readonly covered: CoveredPart
  /** The checkpoint before this one, by its id. */
  readonly previous: Hash | undefined
}

/** The blocks from `height − count + 1` to the checkpoint's own. */
export interface CoveredPart {
  /** 1 or more, below 2^32. */
  readonly count: number
  /** Merkle root over their hashes, in order. */
  readonly root: Hash
}

export interface SyncPart {
  /** The state's name: 1 to 32 characters. */
  readonly state: string
  readonly currentHeight: number
  readonly targetHeight: number
  /** Of a million. */
  readonly progressPpm: number
}

export interface PeerPart {
  /** 1 to 128 characters. */
  readonly peer: string
  /** 1 to 16 characters. */
  readonly class: string
  /** Where it can be dialled: at most {@link peerAddressesMax}, of 1 to 255 characters each. */
  readonly addresses: readonly string[]
}

/** Who could sign, and how many had to. */
export interface FederationPart {
  readonly epoch: number
  /** Over the epoch and the members' keys, in order. */
  readonly committee: Hash
  readonly members: number
  readonly quorum: number
}

/** Nothing yet: a count of events that is always 0, so that a later version has its place. */
export interface GovernancePart {
  readonly events: 0
}

export const checkpointPeersMax = 64
export const peerAddressesMax = 4

/** What a checkpoint is asked for first. */
export interface CheckpointMetadata {
  readonly height: number
  readonly hash: Hash
  readonly parentHash: Hash
  readonly stateRoot: Hash
  readonly timestampMs: number
  /** A fraction from 0 to 1; undefined if its maker did not know. */
  readonly syncProgress: number | undefined
  readonly verified: boolean
}

export function metadataOf(checkpoint: Checkpoint): CheckpointMetadata {
  const { chain, createdAtMs: timestampMs, sync, isVerified: verified } = checkpoint
  const { hash, header } = chain.signed
  const { height, parentHash, stateRoot } = header
  const syncProgress = sync === undefined ? undefined : sync.progressPpm / 1_000_000
  return { height, hash, parentHash, stateRoot, timestampMs, syncProgress, verified }
}

/** The lowest height among the blocks that a checkpoint covers. */
export function coveredFrom({ chain }: Checkpoint): number {
  return chain.signed.header.height - chain.covered.count + 1
}

/** This committee, as a checkpoint has it. */
export function federationPart(committee: Committee): FederationPart {
  const writer = new Writer().u32(committee.epoch)
  writer.list(committee.members, (each, { authorKey, voteKey }) => {
    each.bytes(authorKey).bytes(voteKey)
  })
  return {
    epoch: committee.epoch,
    committee: hashOf('committee', writer.finish()),
    members: committee.members.length,
    quorum: quorumOf(committee),
  }
}
