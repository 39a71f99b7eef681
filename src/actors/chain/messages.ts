/** What other actors may ask and tell of the chain, and what it reports. */
import type { Result } from '../../base/result.ts'
import type { Reply } from '../../kernel/actor.ts'
import type { PeerId, Verdict } from '../../kernel/environment.ts'
import type { ValidatedRun } from '../../proof/validated-run.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import type { Contradiction } from '../../protocol/consensus/contradiction.ts'
import type { VoteRecord } from '../../protocol/consensus/record.ts'
import type { Certificate, Evidence, SignedVote } from '../../protocol/consensus/vote.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { CertifiedHeader } from '../../protocol/wire/certified-header.ts'
import type { Exchange } from '../../protocol/wire/exchange.ts'
import type { Proposal } from '../../protocol/wire/gossip.ts'

/** Where a block came from. */
export type BlockSource = 'gossip' | 'fetched' | 'own' | 'disk'

/**
 * Why a committed block cannot be read. `damaged`: its record is not what was written. `missing`: there is none.
 * `unreadable`: the disk fails to read it. `another`: it is whole, and not the block that was committed.
 */
export type LossReason = 'damaged' | 'missing' | 'unreadable' | 'another'

/** A committed block that the disk has lost, and that peers are asked for. */
export interface LostBlock {
  readonly height: number
  readonly hash: Hash
  readonly reason: LossReason
}

/** Where this node's chain stands. */
export interface ChainStatus {
  /** The last committed block. */
  readonly committed: { readonly height: number; readonly slot: number; readonly hash: Hash }
  /** The highest notarised block that is held. */
  readonly head: { readonly height: number; readonly slot: number; readonly hash: Hash }
  /** The last committed block's header, with what commits it; none at genesis. */
  readonly certified: CertifiedHeader | undefined
  readonly isVoting: boolean
  /** What sync has said last: whether this node is near enough to the head to take part. */
  readonly isGateOpen: boolean
  /** The block that this node has committed, cannot read, and looks for just now; absent if none is known to be lost. */
  readonly lost?: LostBlock
  /** Absent, unless this node has stopped for good. */
  readonly halted?: Halted
}

/** Why a node neither signs nor commits any more, and what its operator has to do. */
export interface Halted {
  readonly detail: string
  readonly remedy: string
}

/** Why blocks were not imported: never a fault of whoever sent them. */
export interface ImportFault {
  readonly code: string
  readonly detail: string
  /** The first block that was not imported, if one is to be named. */
  readonly height?: number
}

export type ChainMessage =
  /** The clock reached a moment that the agreement named. */
  | { readonly kind: 'tick' }
  | {
      readonly kind: 'import-proposal'
      readonly proposal: Proposal
      readonly from: PeerId
      readonly verdict: Reply<Verdict>
    }
  | {
      readonly kind: 'import-vote'
      readonly vote: SignedVote
      readonly verdict: Reply<Verdict>
    }
  | {
      readonly kind: 'import-certificate'
      readonly certificate: Certificate
      readonly verdict: Reply<Verdict>
    }
  /**
   * Blocks that only have to be executed, each run on the one before. Answered in their order, when they are
   * on the disk: what is committed moves with the last block of a segment, in the middle of one the answer
   * says that the run is kept. What this node has already is skipped.
   *
   * Faults: `busy`, too many wait; `gap`, not on what was imported or waits; `another-chain`, beside it;
   * `starting`; `halted`, for good; `execution-…` with its height, and `stopped` for those behind it; `store-…`, of the disk.
   * After a fault the next run begins right above the last that was answered with a status.
   */
  | {
      readonly kind: 'import-run'
      readonly run: ValidatedRun
      readonly reply: Reply<Result<ChainStatus, ImportFault>>
    }
  /** A neighbour tells what it knows above its committed block, and asks for the same. */
  | {
      readonly kind: 'exchange'
      readonly theirs: Exchange
      readonly from: PeerId
      readonly reply: Reply<Exchange | undefined>
    }
  /** A neighbour is connected and on the same chain. */
  | { readonly kind: 'peer-ready'; readonly peer: PeerId }
  /** Whether this node is near enough to the head to vote and propose. */
  | { readonly kind: 'set-gate'; readonly isOpen: boolean }
  | {
      readonly kind: 'get-block'
      readonly by: { readonly hash: Hash } | { readonly height: number }
      readonly reply: Reply<StoredBlock | undefined>
    }
  /** Answered by nothing while the disk is being read. */
  | { readonly kind: 'get-chain-status'; readonly reply: Reply<ChainStatus | undefined> }
  /** The record of a committed block could not be read, or was not there. */
  | { readonly kind: 'block-unreadable'; readonly height: number }
  /** A peer has shown a genuine certificate beside what is committed here. */
  | { readonly kind: 'contradiction'; readonly contradiction: Contradiction }
  /** Neighbours had their time to answer: voting begins. */
  | { readonly kind: 'begin-voting' }

export type ChainEvent =
  | {
      readonly kind: 'chain-started'
      readonly height: number
      readonly slot: number
      readonly hash: Hash
      readonly lostVotes: boolean
      readonly isGateOpen: boolean
    }
  /** What was on the disk has been taken up again: how far this member has voted, and the highest notarised slot. */
  | {
      readonly kind: 'chain-recalled'
      readonly record: VoteRecord
      readonly highestSlot: number
    }
  | {
      readonly kind: 'block-checked'
      readonly hash: Hash
      readonly parent: Hash
      readonly slot: number
      readonly source: BlockSource
    }
  | { readonly kind: 'block-refused'; readonly hash: Hash; readonly code: string }
  | { readonly kind: 'block-executed'; readonly hash: Hash; readonly height: number }
  | {
      readonly kind: 'block-proposed'
      readonly hash: Hash
      readonly slot: number
      readonly height: number
    }
  | {
      readonly kind: 'vote-sent'
      readonly vote: SignedVote
    }
  | { readonly kind: 'block-notarised'; readonly certificate: Certificate }
  | {
      readonly kind: 'head-changed'
      readonly hash: Hash
      readonly height: number
      readonly slot: number
    }
  | {
      readonly kind: 'block-committed'
      readonly hash: Hash
      readonly parent: Hash
      readonly height: number
      readonly slot: number
      readonly stateRoot: Hash
      readonly transactions: number
      /** On the last of the blocks that were committed together. */
      readonly finalisation: Certificate | undefined
      readonly source: 'votes' | 'run'
    }
  /** Blocks that a certificate commits could not be executed here, from `height` on. */
  | {
      readonly kind: 'import-stopped'
      readonly height: number
      readonly code: string
      readonly detail: string
    }
  /** A committed block that the disk has lost: it is fetched again. */
  | ({ readonly kind: 'block-lost' } & LostBlock)
  /** Nobody has given it, after so many attempts. */
  | {
      readonly kind: 'block-awaited'
      readonly height: number
      readonly hash: Hash
      readonly attempts: number
    }
  /** It is on the disk again. */
  | {
      readonly kind: 'block-restored'
      readonly height: number
      readonly hash: Hash
      readonly from: PeerId
    }
  | { readonly kind: 'evidence-found'; readonly evidence: Evidence }
  /** This node neither signs nor commits any more, from now on or as before. */
  | {
      readonly kind: 'chain-halted'
      readonly detail: string
      readonly remedy: string
      /** Undefined: a quorum approved what this node's engine refuses. */
      readonly contradiction: Contradiction | undefined
    }
  | { readonly kind: 'gate-changed'; readonly isOpen: boolean }
  | { readonly kind: 'engine-behind'; readonly from: number; readonly to: number }
