/** What goes into the agreement and what comes out of it. See `simplex.ts` for what it does with them. */
import type { UnixMillis } from '../../base/units.ts'
import type { Committee } from '../committee.ts'
import type { Hash } from '../hash.ts'
import type { SlotParams } from '../slots.ts'
import type { VoteRecord } from './record.ts'
import type { BlockRef } from './tree.ts'
import type { Certificate, Evidence, Justification, SignedVote, Vote } from './vote.ts'

export interface SimplexConfig {
  readonly committee: Committee
  readonly slots: SlotParams
  /** This node's place in the committee; undefined follows without voting. */
  readonly self: number | undefined
  /** Aggregates BLS signatures that were checked one by one. */
  readonly aggregate: (signatures: readonly Uint8Array[]) => Uint8Array | undefined
}

/** What a node remembers across a restart. */
export interface SimplexMemory {
  readonly record: VoteRecord
  /** The last committed block (genesis at first) and what commits it. */
  readonly root: BlockRef
  readonly rootCertificate: Certificate | undefined
}

export type SimplexInput =
  /** The wall clock shows `wallMs`. Comes first of all, and at each moment that `wakeMs` names, at least. */
  | { readonly kind: 'time'; readonly wallMs: UnixMillis }
  /** A block whose header was checked and signed by its slot's author. */
  | {
      readonly kind: 'proposal'
      readonly block: BlockRef
      readonly justification: Justification | undefined
    }
  /** The body is here; it was executed and is valid. */
  | { readonly kind: 'block-ready'; readonly hash: Hash }
  | { readonly kind: 'block-invalid'; readonly hash: Hash }
  | { readonly kind: 'vote'; readonly vote: SignedVote }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  /** The block that `build` asked for. Undefined: it could not be built. */
  | { readonly kind: 'built'; readonly slot: number; readonly block: BlockRef | undefined }
  /** A later committed block, proven by its certificate, whose ancestors were all imported. */
  | { readonly kind: 'advance'; readonly root: BlockRef; readonly certificate: Certificate }
  /** Neighbours were asked what this node missed: voting may begin (again). */
  | { readonly kind: 'begin-voting' }
  /** This node fell behind: it follows until it has caught up. */
  | { readonly kind: 'end-voting' }
  /** What is committed was contradicted, now or in an earlier life: this node stops for good. */
  | { readonly kind: 'contradicted' }

export type SimplexOutput =
  /**
   * Sign; make `record`, the certificate, and the voted block with its ancestors durable, all at once;
   * send; feed it back. `record` covers this vote and none that is cast after it: a later one's
   * certificate may not be durable yet.
   */
  | {
      readonly kind: 'cast'
      readonly vote: Vote
      readonly certificate: Certificate | undefined
      readonly record: VoteRecord
    }
  /** Send a certificate on: it is news. */
  | { readonly kind: 'relay'; readonly certificate: Certificate }
  /** Build a block on `parent`, then answer with `built`. */
  | {
      readonly kind: 'build'
      readonly slot: number
      readonly parent: BlockRef
      readonly justification: Justification
    }
  /** Make `record` and the block durable, then send the proposal and feed it back. */
  | {
      readonly kind: 'propose'
      readonly block: BlockRef
      readonly justification: Justification
      readonly record: VoteRecord
    }
  /** The highest notarised block, held and executed down to the committed one, is another. */
  | { readonly kind: 'head'; readonly block: BlockRef }
  /** `blocks`, oldest first, are committed for ever by `certificate` on the last. */
  | {
      readonly kind: 'commit'
      readonly blocks: readonly BlockRef[]
      readonly certificate: Certificate
    }
  /** A certified block, or its body, is missing: fetch it, and try until it comes or the root moves on. */
  | { readonly kind: 'want'; readonly hash: Hash }
  /** A slot ended and nothing was committed lately: exchange what is known with the neighbours. */
  | { readonly kind: 'repeat' }
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  /**
   * More members lied than the quorum allows, or this node's own engine is wrong. It does not sign any more, and commits
   * nothing. `certificate` is what contradicts another one; undefined if none does, or if it was told.
   */
  | {
      readonly kind: 'conflict'
      readonly detail: string
      readonly certificate: Certificate | undefined
    }
