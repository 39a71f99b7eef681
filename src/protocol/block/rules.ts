/**
 * The rules of a block, as far as bytes alone decide them: its header, its body against its header,
 * and both against the parent. Signatures and the execution of the payload come besides.
 */

import { equalBytes } from '../../base/bytes.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Chain } from '../chain.ts'
import { authorOf } from '../committee.ts'
import { decodePayload, type ExecutionPayload } from '../execution/payload.ts'
import type { Hash } from '../hash.ts'
import { slotMoment } from '../slots.ts'
import { type Body, bodyRoot } from './body.ts'
import type { Header, SignedHeader } from './header.ts'

/** Why a block can never be part of this chain. Whoever sent it could have known. */
export type BlockFault =
  | { readonly code: 'other-chain' }
  | { readonly code: 'slot-zero' }
  | { readonly code: 'author-wrong'; readonly author: number; readonly expected: number }
  | { readonly code: 'item-count-wrong'; readonly count: number; readonly expected: number }
  | { readonly code: 'body-root-wrong'; readonly root: Hash; readonly expected: Hash }
  | { readonly code: 'payload-missing' }
  | { readonly code: 'payload-unreadable'; readonly field: string; readonly detail: string }
  | { readonly code: 'payload-number-wrong'; readonly number: number; readonly expected: number }
  | { readonly code: 'timestamp-wrong'; readonly timestampMs: number; readonly expected: number }
  | { readonly code: 'state-root-wrong'; readonly root: Hash; readonly expected: Hash }
  | { readonly code: 'parent-wrong'; readonly parent: Hash; readonly expected: Hash }
  | { readonly code: 'height-wrong'; readonly height: number; readonly expected: number }
  | { readonly code: 'slot-not-after-parent'; readonly slot: number; readonly parentSlot: number }
  | { readonly code: 'payload-parent-wrong'; readonly parent: Hash; readonly expected: Hash }

/** What the engine is to execute. */
export interface BlockPayload {
  readonly payload: ExecutionPayload
  readonly transactions: readonly Uint8Array[]
}

/** A block whose header and body agree. */
export interface CheckedBlock {
  readonly signed: SignedHeader
  readonly body: Body
  readonly execution: BlockPayload
}

/** What a child has to stand on. */
export interface ParentFacts {
  readonly hash: Hash
  readonly height: number
  readonly slot: number
  readonly payloadHash: Hash
}

/** The rules of a header by itself. Undefined: none is broken. */
export function headerFault(chain: Chain, header: Header): BlockFault | undefined {
  if (!equalBytes(header.chainTag, chain.tag)) return { code: 'other-chain' }
  // Only genesis has slot 0 and height 0, and nobody sends genesis.
  if (header.slot === 0 || header.height === 0) return { code: 'slot-zero' }
  const expected = authorOf(chain.committee, header.slot)
  if (header.author !== expected) return { code: 'author-wrong', author: header.author, expected }
  return undefined
}

/** The body is the one that the header states, begins with a payload, and the payload fits. */
export function checkBody(
  chain: Chain,
  signed: SignedHeader,
  body: Body,
): Result<CheckedBlock, BlockFault> {
  const { header } = signed
  if (body.length !== header.itemCount) {
    return failed({ code: 'item-count-wrong', count: body.length, expected: header.itemCount })
  }
  const root = bodyRoot(body)
  if (root !== header.bodyRoot) {
    return failed({ code: 'body-root-wrong', root, expected: header.bodyRoot })
  }
  return checkPayload(chain, signed, body)
}

/** As {@link checkBody}, for a body that is known to be the one which the header states. */
export function checkPayload(
  chain: Chain,
  signed: SignedHeader,
  body: Body,
): Result<CheckedBlock, BlockFault> {
  const [first, ...others] = body
  if (first?.kind !== 'payload' || others.some(({ kind }) => kind !== 'transaction')) {
    return failed({ code: 'payload-missing' })
  }
  const decoded = decodePayload(first.bytes)
  if (!decoded.ok) {
    const { field, detail } = decoded.fault
    return failed({ code: 'payload-unreadable', field, detail })
  }
  const payload = decoded.value
  const fault = payloadFault(chain, signed.header, payload)
  if (fault !== undefined) return failed(fault)
  return ok({
    signed,
    body,
    execution: { payload, transactions: others.map((item) => item.bytes) },
  })
}

function payloadFault(
  chain: Chain,
  header: Header,
  payload: ExecutionPayload,
): BlockFault | undefined {
  const { number, timestampMs, stateRoot } = payload
  if (number !== header.height) {
    return { code: 'payload-number-wrong', number, expected: header.height }
  }
  const expected = slotMoment(chain.slots, header.slot)
  if (timestampMs !== expected) return { code: 'timestamp-wrong', timestampMs, expected }
  if (stateRoot !== header.stateRoot) {
    return { code: 'state-root-wrong', root: stateRoot, expected: header.stateRoot }
  }
  return undefined
}

/** The rules of a block on its parent. Undefined: none is broken. */
export function linkFault(block: CheckedBlock, parent: ParentFacts): BlockFault | undefined {
  const { header } = block.signed
  if (header.parentHash !== parent.hash) {
    return { code: 'parent-wrong', parent: header.parentHash, expected: parent.hash }
  }
  if (header.height !== parent.height + 1) {
    return { code: 'height-wrong', height: header.height, expected: parent.height + 1 }
  }
  if (header.slot <= parent.slot) {
    return { code: 'slot-not-after-parent', slot: header.slot, parentSlot: parent.slot }
  }
  return payloadLinkFault(block, parent)
}

/** As {@link linkFault}, where the headers are known to be linked: what is left is the payload's own parent. */
export function payloadLinkFault(block: CheckedBlock, parent: ParentFacts): BlockFault | undefined {
  const { parentHash } = block.execution.payload
  if (parentHash !== parent.payloadHash) {
    return { code: 'payload-parent-wrong', parent: parentHash, expected: parent.payloadHash }
  }
  return undefined
}
