/**
 * A binary Merkle tree over leaf hashes. Leaves and inner nodes are hashed in different domains, so
 * that neither can pass for the other; an odd node is promoted unchanged, not paired with itself, so
 * that no two lists have the same root (the flaw of Bitcoin's tree, CVE-2012-2459).
 *
 * Does not make proofs of inclusion: nobody asks for them yet.
 */
import { present } from '../base/assert.ts'
import { toHex } from '../base/bytes.ts'
import { type Hash, hashBytes, hashOf } from './hash.ts'

/** The root over no leaves: the hash of an inner node without children, which no other tree has. */
export const emptyRoot: Hash = hashOf('node')

/** The 32-byte hash of a leaf. `kind` (0 to 255) is hashed with the bytes. */
export function leafHash(kind: number, bytes: Uint8Array): Uint8Array {
  return hashBytes('leaf', Uint8Array.of(kind), bytes)
}

/** The root over these leaf hashes, in their order. Costs one hash a leaf. */
export function merkleRoot(leaves: readonly Uint8Array[]): Hash {
  if (leaves.length === 0) return emptyRoot
  let level = leaves
  while (level.length > 1) level = parents(level)
  return toHex(present(level[0], 'the root'))
}

/** The level above: every two neighbours hashed to one, a last odd one carried over. */
function parents(level: readonly Uint8Array[]): readonly Uint8Array[] {
  const above: Uint8Array[] = []
  for (let i = 0; i < level.length; i += 2) {
    const left = present(level[i], 'a left child')
    const right = level[i + 1]
    above.push(right === undefined ? left : hashBytes('node', left, right))
  }
  return above
}
