/**
 * The root of `merkle.ts`, for leaves that come one after another: keeps a hash for each full subtree,
 * so that any number of leaves costs a few hashes of memory, and one hash of work a leaf.
 */
import { toHex } from '../base/bytes.ts'
import { type Hash, hashBytes } from './hash.ts'
import { emptyRoot } from './merkle.ts'

export class MerkleFrontier {
  /** By height of the subtree: its root, if the count has that bit. Lower ones stand further right. */
  readonly #full: (Uint8Array | undefined)[] = []
  #count = 0

  /** Leaves so far. */
  get count(): number {
    return this.#count
  }

  /** Adds a leaf hash at the right. */
  add(leaf: Uint8Array): void {
    let carried = leaf
    let level = 0
    for (let left = this.#full[level]; left !== undefined; left = this.#full[level]) {
      this.#full[level] = undefined
      carried = hashBytes('node', left, carried)
      level += 1
    }
    this.#full[level] = carried
    this.#count += 1
  }

  /** The root over the leaves so far: that of `merkleRoot`. */
  root(): Hash {
    let right: Uint8Array | undefined
    for (const left of this.#full) {
      if (left === undefined) continue
      // An odd node is carried over, not paired with itself.
      right = right === undefined ? left : hashBytes('node', left, right)
    }
    return right === undefined ? emptyRoot : toHex(right)
  }
}
