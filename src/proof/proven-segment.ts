/**
 * The headers between two certified blocks: each the parent of the next, the last one committed by a
 * certificate. With the last, all of them are committed, since each hash covers the hash before. So a
 * list that is not linked is its sender's fault; but a list that is linked is the chain that a quorum
 * committed, and what is wrong with that is nobody's fault who passes it on.
 *
 * Does not fetch, and knows nothing of bodies: `validated-run.ts` does.
 */
import { assert, present } from '../base/assert.ts'
import { failed, ok, type Result } from '../base/result.ts'
import type { SignedHeader } from '../protocol/block/header.ts'
import { headerFault } from '../protocol/block/rules.ts'
import type { Chain, TrustedPlace } from '../protocol/chain.ts'
import type { Certificate } from '../protocol/consensus/vote.ts'
import { type Place, type ProvenHeader, placeOf } from './certified-header.ts'

/** Headers in one segment. */
const segmentHeadersMax = 1_024

/**
 * Why headers are not the ones between two places, in the order in which it is looked for.
 *
 * Of the sender of the headers:
 * - `empty`: none. `too-many`: more than from the one place to the other.
 * - `not-linked`: a header is not the parent of the next, or the first is not on the parent.
 * - `wrong-end`: they do not end with the certified header.
 *
 * Of nobody who passes them on; a quorum has committed them:
 * - `not-trusted`: they leave out a block that this node knows to be committed.
 * - `height`, `slot`, `chain`: a header breaks a rule of the chain (`chain`: its tag, or its author).
 */
export type SegmentFaultCode =
  | 'empty'
  | 'too-many'
  | 'not-linked'
  | 'wrong-end'
  | 'not-trusted'
  | 'height'
  | 'slot'
  | 'chain'

export interface SegmentFault {
  readonly code: SegmentFaultCode
  /** Which header, from 0. */
  readonly index: number
  /** Whether the sender of the headers could have known. */
  readonly isSendersFault: boolean
}

/** What is said to lie between two places. */
export interface SegmentClaim {
  /** What the first header stands on: a certified block, or this node's own root. */
  readonly parent: Place
  readonly headers: readonly SignedHeader[]
  readonly end: ProvenHeader
  /** Blocks that this node knows to be committed, wherever: by its chain file, or by a checkpoint. */
  readonly trusted?: readonly TrustedPlace[]
}

let seal: (claim: SegmentClaim) => ProvenSegment

/** Headers that a certificate proves. Only {@link proveSegment} makes one. */
export class ProvenSegment {
  /** What the first header stands on. */
  readonly parent: Place
  /** 1 to 1,024, in ascending height, without a gap. */
  readonly headers: readonly SignedHeader[]
  readonly #end: ProvenHeader

  static {
    seal = (claim) => new ProvenSegment(claim)
  }

  private constructor({ parent, headers, end }: SegmentClaim) {
    this.parent = parent
    this.headers = [...headers]
    this.#end = end
  }

  /** Whether a value was made here, whatever its type says. */
  static isOne(value: object): value is ProvenSegment {
    return #end in value
  }

  /** What commits the last header, and with it all. */
  get certificate(): Certificate {
    return this.#end.certificate
  }

  /** Where the last header stands. */
  get end(): Place {
    return this.#end.place
  }

  /** The header at a height from the first to the last, which is asserted. */
  headerAt(height: number): SignedHeader {
    return present(this.headers[height - this.parent.height - 1], `a header at height ${height}`)
  }

  /** The place at a height from the parent's to the last, which is asserted. */
  placeAt(height: number): Place {
    return height === this.parent.height ? this.parent : placeOf(this.headerAt(height))
  }
}

/**
 * The headers as a proven segment, or why they are none. The hashes of the headers are taken as they
 * are: their decoder computes them. At most 2 µs a header.
 */
export function proveSegment(
  chain: Chain,
  claim: SegmentClaim,
): Result<ProvenSegment, SegmentFault> {
  const { parent, headers, end } = claim
  const heights = end.place.height - parent.height
  assert(heights >= 1 && heights <= segmentHeadersMax, `a segment of ${heights} headers`)
  const unlinked = linkFaultOf(claim, heights)
  if (unlinked !== undefined) return failed({ ...unlinked, isSendersFault: true })
  const broken = trustFault(claim) ?? rulesFault(chain, parent, headers)
  return broken === undefined
    ? ok(seal({ parent, headers, end }))
    : failed({ ...broken, isSendersFault: false })
}

type Finding = Omit<SegmentFault, 'isSendersFault'>

function linkFaultOf({ parent, headers, end }: SegmentClaim, heights: number): Finding | undefined {
  if (headers.length === 0) return { code: 'empty', index: 0 }
  if (headers.length > heights) return { code: 'too-many', index: heights }
  let before = parent.hash
  for (const [index, { header, hash }] of headers.entries()) {
    if (header.parentHash !== before) return { code: 'not-linked', index }
    before = hash
  }
  if (before !== end.place.hash) return { code: 'wrong-end', index: headers.length - 1 }
  return undefined
}

function trustFault({ parent, headers, trusted = [] }: SegmentClaim): Finding | undefined {
  for (const { height, hash } of trusted) {
    const index = height - parent.height - 1
    if (index < -1 || index >= headers.length) continue
    const found = index < 0 ? parent.hash : headers[index]?.hash
    if (found !== hash) return { code: 'not-trusted', index: Math.max(index, 0) }
  }
  return undefined
}

function rulesFault(
  chain: Chain,
  parent: Place,
  headers: readonly SignedHeader[],
): Finding | undefined {
  let before = parent
  for (const [index, signed] of headers.entries()) {
    const { height, slot } = signed.header
    const fault = headerFault(chain, signed.header)
    if (fault?.code === 'slot-zero') return { code: 'slot', index }
    if (fault !== undefined) return { code: 'chain', index }
    if (height !== before.height + 1) return { code: 'height', index }
    if (slot <= before.slot) return { code: 'slot', index }
    before = placeOf(signed)
  }
  return undefined
}
