/**
 * The header: 128 bytes in a fixed little-endian layout, which a kernel can read in place, then the
 * author's 64-byte Ed25519 signature. A block's hash covers the 128 bytes.
 */
import type { Hash } from '../hash.ts'

export interface Header {
  /** 1. Others are refused. */
  readonly version: number
  /** The author's place in the committee; must be the slot's. */
  readonly author: number
  /** Items in the body. */
  readonly itemCount: number
  /** One more than the parent's. Genesis is 0. */
  readonly height: number
  /** Greater than the parent's. Genesis is 0. */
  readonly slot: number
  /** The chain this block belongs to, 8 bytes. */
  readonly chainTag: Uint8Array
  readonly parentHash: Hash
  /** Merkle root over the body's items. */
  readonly bodyRoot: Hash
  /** Root of the accounts after this block. */
  readonly stateRoot: Hash
}

/** A header, its hash, and the author's signature. */
export interface SignedHeader {
  readonly header: Header
  readonly hash: Hash
  readonly signature: Uint8Array
}

export const headerBytes = 128
export const signedHeaderBytes = 192
