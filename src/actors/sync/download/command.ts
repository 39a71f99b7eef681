/**
 * What the scheduler of downloads asks for and is told: commands out, answers in. It does nothing
 * itself. Whoever drives it (the sync actor, a model, a test) carries out the commands in their order
 * and brings back the answer to each by its id.
 *
 *   fetch-certified ─ certified() → verify  ─ verified()  → places that a certificate proves
 *   fetch-headers   ─ headers()   → prove   ─ proven()    → a segment: headers between two such places
 *   fetch-bodies    ─ bodies()    → validate ─ validated() → a run: blocks that fit a segment
 *                                   import  ─ imported()  → they are durable
 *
 * The id of a check (verify, prove, validate) is that of the request whose answer is checked.
 */
import type { Result } from '../../../base/result.ts'
import type { PeerId } from '../../../kernel/environment.ts'
import type { Place } from '../../../proof/certified-header.ts'
import type { SignedHeader } from '../../../protocol/block/header.ts'
import type { Certificate } from '../../../protocol/consensus/vote.ts'
import type { BodiesRequest } from '../../../protocol/wire/bodies.ts'
import type { CertifiedRequest } from '../../../protocol/wire/certified.ts'
import type { CertifiedHeader } from '../../../protocol/wire/certified-header.ts'
import type { HeadersRequest } from '../../../protocol/wire/headers.ts'
import type { Served } from '../../../protocol/wire/served.ts'
import type { Patience, PeerFault } from '../../network/messages.ts'

/** What came of a request. Times are since it was sent. */
export type Answer<Value> = Result<Arrival<Value>, { readonly code: AnswerFaultCode }>

export interface Arrival<Value> {
  readonly served: Served<Value>
  readonly bytes: number
  readonly firstByteMs: number
  readonly elapsedMs: number
}

export type AnswerFaultCode = PeerFault['code']

/** Which of the certified headers that were asked for are genuine: those before `forgedAt`, or all. */
export interface Verified {
  readonly forgedAt: number | undefined
}

/**
 * The segment, or why the headers are not one. `culprit`: the sender of the headers, or nobody: they are what a
 * quorum has certified, and it is not the chain that this node is to follow (`history`).
 */
export type Proven<Segment> = Result<
  Segment,
  { readonly code: string; readonly culprit: 'headers' | 'history' }
>

/**
 * What a run of validated blocks must show of itself. It begins where its bodies began.
 */
export interface RunShape {
  readonly records: { readonly length: number }
  readonly bytes: number
}

/** The sound prefix of the bodies that were to be validated, and what is wrong with the one after it. */
export interface Validated<Run> {
  /** Undefined if not even the first is sound. */
  readonly run: Run | undefined
  readonly fault: ValidationFault | undefined
}

export interface ValidationFault {
  readonly code: string
  /**
   * Who gave what is wrong: the sender of the bodies (the body is not the one in the header), the
   * sender of the headers (what a hash does not cover: the author's signature), or nobody but us.
   */
  readonly culprit: 'bodies' | 'headers' | 'ours'
}

/**
 * Whether a run became durable. `busy`: again a little later. `gap`: it does not begin where the chain
 * stands, so the scheduler must be told where to begin ({@link Download.restart}). Anything else is a fault of
 * this node and of no peer, since the committee has certified the blocks.
 */
export type Imported = Result<unknown, { readonly code: string }>

/** What is known of a peer without asking it for blocks. */
export interface PeerFacts {
  readonly class: 'federation' | 'anchor' | 'miner' | 'regular'
  /** Peers of one netgroup may well be one owner's. */
  readonly netgroup: string
  /** The highest block that it claims to have. */
  readonly committedHeight: number
  /** The lowest. */
  readonly availableFrom: number
}

export type Command<Segment, Run> =
  | (Fetch & { readonly kind: 'fetch-certified'; readonly request: CertifiedRequest })
  | (Fetch & { readonly kind: 'fetch-headers'; readonly request: HeadersRequest })
  | (Fetch & { readonly kind: 'fetch-bodies'; readonly request: BodiesRequest })
  /** Gives up a request. Whatever still comes of it is ignored. */
  | { readonly kind: 'cancel'; readonly id: number }
  | {
      readonly kind: 'verify'
      readonly id: number
      readonly certified: readonly CertifiedHeader[]
    }
  | {
      readonly kind: 'prove'
      readonly id: number
      readonly parent: Place
      readonly headers: readonly SignedHeader[]
      readonly certificate: Certificate
    }
  | {
      readonly kind: 'validate'
      readonly id: number
      readonly segment: Segment
      readonly fromHeight: number
      readonly bodies: readonly Uint8Array[]
    }
  | { readonly kind: 'import'; readonly id: number; readonly run: Run }
  /** The peer gave what contradicts what is proven (`forged`), or what cannot be read (`malformed`). */
  | { readonly kind: 'blame'; readonly peer: PeerId; readonly fault: 'forged' | 'malformed' }
  /** The peer has another history. It may well believe in it; it is of no use here. */
  | { readonly kind: 'distrust'; readonly peer: PeerId }
  | Measured

interface Fetch {
  readonly id: number
  readonly peer: PeerId
  readonly patience: Patience
}

/** How a peer served one request: verified and of use, not at all, or later than another. */
export interface Measured {
  readonly kind: 'measured'
  readonly peer: PeerId
  readonly outcome: 'served' | 'failed' | 'duplicate'
  readonly bytes: number
  readonly elapsedMs: number
  readonly firstByteMs: number | undefined
}
