/** A chain without contents: sizes, heights and names, which is all that scheduling can depend on. */

import { expOf, normalOf } from '../../../src/actors/sync/download/normal.ts'
import type { Random } from '../../../src/kernel/environment.ts'
import type { Place } from '../../../src/proof/certified-header.ts'
import type { SignedHeader } from '../../../src/protocol/block/header.ts'
import type { CertifiedHeader } from '../../../src/protocol/wire/certified-header.ts'

/** Heights 1 to `sizes.length`, each in the slot of its height. */
export interface ModelChain {
  /** Bytes of the encoded body at height i + 1. */
  readonly sizes: readonly number[]
  readonly bytes: number
}

const nothing = new Uint8Array(0)
/** Bodies are views of this: their length counts, not what is in them. */
const stuff = new Uint8Array(1_048_576)
const lies = new Uint8Array(1_048_576).fill(1)
/** Another than those of the chain, which are empty. */
export const lieSignature = new Uint8Array(1)

/** Sizes spread by a factor of two about their mean (log-normal, 0.7), from a twelfth to four times of it. */
export function makeChain(blocks: number, bytesMean: number, random: Random): ModelChain {
  const sizes = Array.from({ length: blocks }, () => {
    const size = bytesMean * expOf(0.7 * normalOf(random) - 0.245)
    return Math.round(Math.min(bytesMean * 4.2, Math.max(bytesMean / 12, size)))
  })
  return { sizes, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}

export function placeAt(height: number): Place {
  return { height, slot: height, hash: `block ${height}` }
}

/** A header as it is, or one that claims something else. */
export function headerAt(height: number, isLie = false): SignedHeader {
  const header = {
    version: 1,
    author: 0,
    itemCount: 1,
    height,
    slot: height,
    chainTag: nothing,
    parentHash: `block ${height - 1}`,
    bodyRoot: '',
    stateRoot: '',
  }
  return { header, hash: isLie ? `lie ${height}` : `block ${height}`, signature: nothing }
}

export function certifiedAt(height: number, isLie = false): CertifiedHeader {
  const signed = headerAt(height)
  const { hash: block } = signed
  const signature = isLie ? lieSignature : nothing
  const certificate = { epoch: 0, slot: height, block, signers: [0], signature }
  return { signed, certificate: { kind: 'finalise', ...certificate } }
}

/** A body as it is, or another of the same size. */
export function bodyOf(size: number, isLie = false): Uint8Array {
  return (isLie ? lies : stuff).subarray(0, size)
}
