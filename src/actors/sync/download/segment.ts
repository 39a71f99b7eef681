/**
 * A segment: the headers between two neighbouring certified places, 1,024 at most. Its life:
 *
 *   certified → requested → proving → verified → bodies-done → imported
 *       ↑           │          │          │
 *       └───────────┴──────────┴──────────┘  nobody answered; they do not link; a signature is wrong
 */
import { assert } from '../../../base/assert.ts'
import type { Place } from '../../../proof/certified-header.ts'
import type { SignedHeader } from '../../../protocol/block/header.ts'
import type { CertifiedHeader } from '../../../protocol/wire/certified-header.ts'
import type { Peer } from './peer.ts'
import { untried, type Work } from './work.ts'

/** Headers between two certified ones. */
export const segmentBlocksMax = 1_024

export interface Segment<Token> extends Work {
  readonly kind: 'headers'
  readonly parent: Place
  readonly end: CertifiedHeader
  /** Headers from `fromHeight` on; the last is the certified one. */
  readonly count: number
  state: 'certified' | 'requested' | 'proving' | 'verified' | 'bodies-done' | 'imported'
  /** What proves the headers, while they are verified. */
  token: Token | undefined
  headers: readonly SignedHeader[]
  /** Who gave them, and who the certified end. */
  sender: Peer | undefined
  readonly giver: Peer
  /** Its blocks are among the ranges. */
  isOffered: boolean
  blocksValidated: number
  blocksImported: number
}

/** The segment that ends at `end`, which `giver` gave, above `parent`. */
export function newSegment<Token>(
  parent: Place,
  end: CertifiedHeader,
  giver: Peer,
): Segment<Token> {
  const count = end.signed.header.height - parent.height
  assert(count >= 1 && count <= segmentBlocksMax, `a segment of ${count} headers`)
  return {
    kind: 'headers',
    fromHeight: parent.height + 1,
    // It is known by the last whether the first were right, so one peer gives all of them.
    wholeTo: end.signed.header.height,
    flights: [],
    tried: untried(),
    parent,
    end,
    count,
    state: 'certified',
    token: undefined,
    headers: [],
    sender: undefined,
    giver,
    isOffered: false,
    blocksValidated: 0,
    blocksImported: 0,
  }
}

/** Asserts what the drawing above says. */
export function moveSegment<Token>(
  segment: Segment<Token>,
  from: readonly Segment<Token>['state'][],
  to: Segment<Token>['state'],
): void {
  assert(from.includes(segment.state), `a segment goes from ${segment.state} to ${to}`)
  segment.state = to
}

/** Blocks of it became ready. */
export function noteValidated<Token>(segment: Segment<Token>, blocks: number): void {
  segment.blocksValidated += blocks
  if (segment.blocksValidated >= segment.count && segment.state === 'verified') {
    moveSegment(segment, ['verified'], 'bodies-done')
  }
}

/** Blocks of it are durable. */
export function noteImported<Token>(segment: Segment<Token>, blocks: number): void {
  segment.blocksImported += blocks
  if (segment.blocksImported >= segment.count && segment.state === 'bodies-done') {
    moveSegment(segment, ['bodies-done'], 'imported')
  }
}

export function placeOf({ signed }: CertifiedHeader): Place {
  return { hash: signed.hash, height: signed.header.height, slot: signed.header.slot }
}
