/**
 * A binary Merkle tree over leaf hashes. Inner nodes are hashed in a domain of their own, so that no
 * leaf can pass for one; an odd node is promoted unchanged, not paired with itself, so
 * that no two lists have the same root (the flaw of Bitcoin's tree, CVE-2012-2459).
 *
 * Does not make proofs of inclusion: nobody asks for them yet.
 */
import { present } from '../base/assert.ts'
import { toHex } from '../base/bytes.ts'
import type { HashWords } from './blake3.ts'
import { beginWords, type Hash, type HashFunction, hashBytes, hashOf, hashOfWords } from './hash.ts'

/** The root over no leaves: the hash of an inner node without children, which no other tree has. */
export const emptyRoot: Hash = hashOf('node')

/** The root over these leaf hashes, in their order. Costs one hash a leaf. */
export function merkleRoot(leaves: readonly Uint8Array[], hash: HashFunction = hashBytes): Hash {
  if (leaves.length === 0) return emptyRoot
  return toHex(topOf(leaves, (left, right) => hash('node', left, right)))
}

/** As {@link merkleRoot}, of leaves as words. */
export function merkleRootOfWords(leaves: readonly HashWords[]): Hash {
  if (leaves.length === 0) return emptyRoot
  return hashOfWords(topOf(leaves, hashOfPair))
}

function hashOfPair(left: HashWords, right: HashWords): HashWords {
  return beginWords('node').pair(left, right).digestWords()
}

/** What is left when every two neighbours have been joined, level by level. Asserts that there is a leaf. */
function topOf<Node>(leaves: readonly Node[], join: (left: Node, right: Node) => Node): Node {
  let level = leaves
  while (level.length > 1) level = parents(level, join)
  return present(level[0], 'the root')
}

/** The level above: every two neighbours hashed to one, a last odd one carried over. */
function parents<Node>(
  level: readonly Node[],
  join: (left: Node, right: Node) => Node,
): readonly Node[] {
  const above: Node[] = []
  for (let i = 0; i < level.length; i += 2) {
    const left = present(level[i], 'a left child')
    const right = level[i + 1]
    above.push(right === undefined ? left : join(left, right))
  }
  return above
}
