/** What the chain keeps on the disk, and what it finds there. */
import type { Result } from '../../base/result.ts'
import type { Reply } from '../../kernel/actor.ts'
import type { StoreFault } from '../../kernel/environment.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import type { Contradiction } from '../../protocol/consensus/contradiction.ts'
import type { Proof } from '../../protocol/consensus/evidence.ts'
import type { VoteRecord } from '../../protocol/consensus/record.ts'
import type { Certificate } from '../../protocol/consensus/vote.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { BodiesRequest } from '../../protocol/wire/bodies.ts'
import type { CertifiedRequest } from '../../protocol/wire/certified.ts'
import type { HeadersRequest } from '../../protocol/wire/headers.ts'

/** What the chain asks to have made durable, all of it or nothing. */
export type ChainRecord =
  /**
   * The watermarks, in one of two places by turns: a write that the power cut short then leaves the
   * record before it, which is the right one, since nothing that the new one covers was sent.
   */
  | { readonly kind: 'vote-record'; readonly record: VoteRecord; readonly place: 0 | 1 }
  /** A block above the committed ones, and why it may stand there. */
  | { readonly kind: 'block'; readonly block: StoredBlock }
  /** A notarisation above the committed blocks. */
  | { readonly kind: 'notarisation'; readonly certificate: Certificate }
  /** A committed block, to be found by height and by hash. */
  | { readonly kind: 'committed'; readonly block: StoredBlock }
  /** A committed block that came as bytes, whose justification nobody needs any more. */
  | {
      readonly kind: 'imported'
      readonly height: number
      readonly hash: Hash
      /** Its encoding, as of `encodeBlock`. */
      readonly block: Uint8Array
    }
  /** What commits the block at `height`, and with it all below. */
  | { readonly kind: 'finalisation'; readonly height: number; readonly certificate: Certificate }
  /** Proof that a member broke its word. */
  | { readonly kind: 'proof'; readonly proof: Proof }
  /** Proof that a quorum did. */
  | { readonly kind: 'contradiction'; readonly contradiction: Contradiction }
  /** A block that was not committed, or was and is now kept by height. */
  | { readonly kind: 'drop-block'; readonly slot: number; readonly hash: Hash }
  | { readonly kind: 'drop-notarisation'; readonly slot: number }

export type StorageFault =
  | StoreFault
  /** The record at `key` is not what was written. It is never served. */
  | { readonly code: 'corrupt'; readonly detail: string; readonly key: string }
  /** The data belongs to a chain with another genesis. */
  | { readonly code: 'other-chain'; readonly detail: string }
  /** The data belongs to another history than the one that this node trusts. */
  | { readonly code: 'not-trusted'; readonly detail: string }

/** What a node finds on its disk when it starts. */
export interface StoredChain {
  /** Undefined: it was lost, and this node may have voted. A new disk has an empty one. */
  readonly record: VoteRecord | undefined
  /** Where that record lies; the next one goes to the other place. */
  readonly votePlace: 0 | 1
  /** The highest committed block whose certificate can be read. Undefined: genesis. */
  readonly root: { readonly block: StoredBlock; readonly certificate: Certificate } | undefined
  readonly notarisations: readonly Certificate[]
  /** Above the root, by slot. */
  readonly blocks: readonly StoredBlock[]
  /** What this node was shown beside its committed blocks, the last time. */
  readonly contradiction: Contradiction | undefined
}

/** A checkpoint as it lies on the disk. */
export interface CheckpointRecord {
  readonly height: number
  /** Undefined: not what was written. */
  readonly bytes: Uint8Array | undefined
}

/** Parts of records, in the form in which answers to peers carry them. */
export interface StoredParts {
  /** None: nothing that was asked for is there. */
  readonly parts: readonly Uint8Array[]
  /** Bytes of records that were read for them, which may be far more. */
  readonly readBytes: number
}

export type StorageMessage =
  | {
      readonly kind: 'persist'
      readonly records: readonly ChainRecord[]
      readonly reply: Reply<Result<undefined, StorageFault>>
    }
  | { readonly kind: 'load'; readonly reply: Reply<Result<StoredChain, StorageFault>> }
  | {
      readonly kind: 'get-block'
      readonly by: { readonly hash: Hash } | { readonly height: number }
      readonly reply: Reply<Result<StoredBlock | undefined, StorageFault>>
    }
  /** The newest proofs against members. */
  | {
      readonly kind: 'get-proofs'
      readonly limit: number
      readonly reply: Reply<Result<readonly Proof[], StorageFault>>
    }
  /**
   * Parts of committed blocks, as peers ask for them: each signed header with its certificate behind it, signed
   * headers, or bodies.
   */
  | {
      readonly kind: 'get-certified'
      readonly request: CertifiedRequest
      readonly reply: Reply<Result<StoredParts, StorageFault>>
    }
  | {
      readonly kind: 'get-headers'
      readonly request: HeadersRequest
      readonly reply: Reply<Result<StoredParts, StorageFault>>
    }
  | {
      readonly kind: 'get-bodies'
      readonly request: BodiesRequest
      readonly reply: Reply<Result<StoredParts, StorageFault>>
    }
  /** Adds a checkpoint, or puts it in the place of another; the oldest beyond `keptMax` go with it. */
  | {
      readonly kind: 'put-checkpoint'
      readonly height: number
      readonly bytes: Uint8Array
      readonly keptMax: number
      /** The heights of those that went. */
      readonly reply: Reply<Result<readonly number[], StorageFault>>
    }
  /** Every checkpoint, the newest first. */
  | {
      readonly kind: 'get-checkpoints'
      readonly reply: Reply<Result<readonly CheckpointRecord[], StorageFault>>
    }
  /**
   * Keeps bytes under a name, durably, in place of what was there. For what an actor wants to remember over a
   * restart and can do without: sealed like every record, and nothing else is known of it here.
   */
  | {
      readonly kind: 'keep-note'
      /** Lower-case words with hyphens between them, at most 64 characters. */
      readonly name: string
      readonly bytes: Uint8Array
      readonly reply: Reply<Result<undefined, StorageFault>>
    }
  /** What was kept under a name; undefined if nothing was. */
  | {
      readonly kind: 'load-note'
      readonly name: string
      readonly reply: Reply<Result<Uint8Array | undefined, StorageFault>>
    }

export type StorageEvent =
  /** Nothing newer could be read: the chain goes on at `height`, found by a checkpoint. */
  | {
      readonly kind: 'root-recovered'
      readonly height: number
      readonly checkpointHeight: number
    }
  /** A checkpoint that was of no use at a start. */
  | {
      readonly kind: 'checkpoint-passed-over'
      readonly height: number
      readonly code: string
      readonly detail: string
    }
  | { readonly kind: 'record-corrupt'; readonly key: string }
  | { readonly kind: 'store-failed'; readonly code: string; readonly detail: string }
