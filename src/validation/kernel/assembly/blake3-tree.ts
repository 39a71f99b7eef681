/**
 * Trees of hashes: each level is hashed to the one above in place, two neighbours to one, and a last odd node is
 * carried over. The Merkle trees of blocks are such trees, and so is BLAKE3 over the chunks of one message.
 *
 * All pairs of a level are listed before they are hashed, four at a time, so that small trees fill the lanes together.
 */
import { hashPairs4, pairBytes } from './blake3-lanes'
import { copyHash, hashBytes, nodeFlags } from './blake3-state'

/** Pairs in a level, of all trees together: half of the leaves that there can be. */
const pairsMax: u32 = 4_096
/** Three more, so that the last group is whole. */
const pairTable: usize = memory.data(pairBytes * (pairsMax + 3), 16)

/** Listed and not yet hashed. */
let pairsCount: u32 = 0

/** Lists `count` pairs that lie one after another at `nodes`; their hashes go to `output`, likewise. */
function listPairs(count: u32, nodes: usize, output: usize): void {
  const end = pairTable + pairBytes * (pairsCount + count)
  let from = nodes
  let above = output
  for (let pair = pairTable + pairBytes * pairsCount; pair < end; pair += pairBytes) {
    store<u32>(pair, from)
    store<u32>(pair, above, 4)
    from += 2 * hashBytes
    above += hashBytes
  }
  pairsCount += count
}

/** Lists the pairs of a level of `count` nodes at `nodes`; their hashes go to the first half of it. */
export function listLevel(nodes: usize, count: u32): void {
  listPairs(count >> 1, nodes, nodes)
}

/** Lists one pair whose hash goes to `output`. */
export function listPair(nodes: usize, output: usize): void {
  listPairs(1, nodes, output)
}

/** Hashes what is listed, with the key at `key` and these flags, and empties the list. False if it was empty. */
export function hashListed(key: usize, flags: u32): bool {
  if (pairsCount === 0) return false
  const end = pairTable + pairBytes * pairsCount
  const last = load<u64>(end - pairBytes)
  for (let spare: usize = 0; spare < 3; spare += 1) store<u64>(end + pairBytes * spare, last)
  for (let pairs = pairTable; pairs < end; pairs += 4 * pairBytes) hashPairs4(pairs, key, flags)
  pairsCount = 0
  return true
}

/** After its pairs were hashed: carries the odd node of a level over, and returns how many nodes are above. */
export function levelAbove(nodes: usize, count: u32): u32 {
  const half = count >> 1
  if ((count & 1) === 0 || half === 0) return count - half
  copyHash(nodes + hashBytes * half, nodes + hashBytes * (count - 1))
  return half + 1
}

/** Hashes `count` pairs that lie one after another at `nodes`; the hashes go to `output`, likewise. */
export function hashNodes(count: u32, nodes: usize, output: usize, key: usize): void {
  for (let done: u32 = 0; done < count; done += pairsMax) {
    listPairs(min(count - done, pairsMax), nodes + 2 * hashBytes * done, output + hashBytes * done)
    hashListed(key, nodeFlags)
  }
}
