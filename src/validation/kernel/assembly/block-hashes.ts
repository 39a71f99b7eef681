/**
 * The header's hash and the body's root of many blocks. Blocks are collected until there is enough to fill the lanes,
 * then their headers and items are hashed together, and then their trees, level by level. What is collected at once is
 * kept small enough to stay in a processor's second cache.
 */
import { addedTasks, hashAdded, tasksMax } from './blake3'
import { copyHash, hashBytes, nodeFlags } from './blake3-state'
import { hashListed, levelAbove, listLevel } from './blake3-tree'
import { addBlock, leavesOfBlock, nodeKey, tasksOfBlock } from './block-parse'

/** Tasks after which collected blocks are hashed. The largest block has more, but is then alone. */
const collectedTasks: u32 = 2_048

/** Leaves of the collected blocks, and in their place the nodes above them. */
const leafTable: usize = memory.data(hashBytes * tasksMax, 16)
let leavesCount: u32 = 0

/** Of each collected block: where its leaves are, how many nodes are left of them, and where the root goes. */
const treeNodesAt: usize = 0
const treeCountAt: usize = 4
const treeRootAt: usize = 8
const treeBytes: usize = 12
const treeTable: usize = memory.data(treeBytes * (collectedTasks / 2 + 1), 16)
let treesCount: u32 = 0

/**
 * Takes in a block whose hash is to go to `hash`, and its root to `root`, when {@link finishBlocks} returns at the
 * latest. False if it is not well-formed; it is then left alone.
 */
export function takeBlock(at: usize, length: u32, hash: usize, root: usize): bool {
  const tasks = tasksOfBlock(at, length)
  if (tasks === 0) return false
  if (addedTasks() + tasks > collectedTasks) finishBlocks()
  const leaves = leafTable + hashBytes * leavesCount
  const count = leavesOfBlock(at)
  addBlock(at, hash, leaves)
  const tree = treeTable + treeBytes * treesCount
  store<u32>(tree, leaves, treeNodesAt)
  store<u32>(tree, count, treeCountAt)
  store<u32>(tree, root, treeRootAt)
  treesCount += 1
  leavesCount += count
  return true
}

/** Hashes what was taken in. */
export function finishBlocks(): void {
  const end = treeTable + treeBytes * treesCount
  hashAdded()
  for (let tree = treeTable; tree < end; tree += treeBytes) listTreeLevel(tree)
  while (hashListed(nodeKey, nodeFlags)) {
    for (let tree = treeTable; tree < end; tree += treeBytes) {
      const count = levelAbove(load<u32>(tree, treeNodesAt), load<u32>(tree, treeCountAt))
      store<u32>(tree, count, treeCountAt)
      listTreeLevel(tree)
    }
  }
  for (let tree = treeTable; tree < end; tree += treeBytes) {
    copyHash(load<u32>(tree, treeRootAt), load<u32>(tree, treeNodesAt))
  }
  treesCount = 0
  leavesCount = 0
}

function listTreeLevel(tree: usize): void {
  listLevel(load<u32>(tree, treeNodesAt), load<u32>(tree, treeCountAt))
}
