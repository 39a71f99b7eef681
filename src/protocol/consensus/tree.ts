/**
 * The blocks above the last committed one: who is whose child, what is notarised, and whose bodies
 * are here and were found valid. Bounded: at most {@link proposalsPerSlotMax} unproven blocks a slot.
 */
import { assert } from '../../base/assert.ts'
import type { Hash } from '../hash.ts'
import type { Justification } from './vote.ts'

/** What the agreement needs to know of a block. */
export interface BlockRef {
  readonly hash: Hash
  readonly parent: Hash
  readonly slot: number
  readonly height: number
}

export interface TreeNode {
  readonly block: BlockRef
  /** What came with the block. Absent if it came by sync. */
  justification: Justification | undefined
  /** `ready`: body held, executed and valid. `invalid`: executed and refused. */
  status: 'announced' | 'ready' | 'invalid'
}

/** The second is evidence against the author; more of them add nothing. */
export const proposalsPerSlotMax = 2

export interface Tree {
  /** The last committed block, genesis at first. */
  root: BlockRef
  readonly nodes: Map<Hash, TreeNode>
}

/** A tree of one committed block. */
export function treeOf(root: BlockRef): Tree {
  return { root, nodes: new Map() }
}

export function blockOf(tree: Tree, hash: Hash): BlockRef | undefined {
  return hash === tree.root.hash ? tree.root : tree.nodes.get(hash)?.block
}

/** Whether the block and all its ancestors down to the root are ready. */
export function isReady(tree: Tree, hash: Hash): boolean {
  return pathFromRoot(tree, hash).every((step) => step.status === 'ready') && isLinked(tree, hash)
}

/** Whether the block's ancestry is known down to the root. */
function isLinked(tree: Tree, hash: Hash): boolean {
  return lowestKnown(tree, hash) === tree.root.hash
}

/** The blocks above the root that lead to `hash`, oldest first; it may not reach down to the root. */
function pathFromRoot(tree: Tree, hash: Hash): readonly TreeNode[] {
  const path: TreeNode[] = []
  let node = tree.nodes.get(hash)
  while (node !== undefined) {
    path.push(node)
    node = tree.nodes.get(node.block.parent)
  }
  return path.reverse()
}

/** The first hash on the way down from `hash` that is not in the tree: the root's, if all is known. */
function lowestKnown(tree: Tree, hash: Hash): Hash {
  let at = hash
  for (let node = tree.nodes.get(at); node !== undefined; node = tree.nodes.get(at)) {
    at = node.block.parent
  }
  return at
}

/**
 * What must be fetched before `hash` is ready: its lowest unknown ancestor, or itself; if all are known,
 * those on the way to it whose bodies were not judged yet.
 */
export function missingBelow(tree: Tree, hash: Hash): readonly Hash[] {
  const lowest = lowestKnown(tree, hash)
  if (lowest !== tree.root.hash) return [lowest]
  const unjudged = pathFromRoot(tree, hash).filter(({ status }) => status === 'announced')
  return unjudged.map(({ block }) => block.hash)
}

/** Whether the known ancestry of `hash` ends beside the root: at its height or right above, not on it. */
export function isBesideRoot(tree: Tree, hash: Hash): boolean {
  const lowest = pathFromRoot(tree, hash)[0]?.block
  if (lowest === undefined || lowest.parent === tree.root.hash) return false
  return lowest.height <= tree.root.height + 1
}

/** Whether the block or a known ancestor above the root was refused. */
export function hasInvalid(tree: Tree, hash: Hash): boolean {
  return pathFromRoot(tree, hash).some(({ status }) => status === 'invalid')
}

/** Adds a block. False if it is known, too old, or one too many for its slot and not `proven`. */
export function addBlock(
  tree: Tree,
  block: BlockRef,
  justification: Justification | undefined,
  isProven: boolean,
): boolean {
  const known = tree.nodes.get(block.hash)
  if (known !== undefined) {
    known.justification ??= justification
    return false
  }
  if (block.slot <= tree.root.slot) return false
  if (!isProven && siblingsInSlot(tree, block.slot) >= proposalsPerSlotMax) return false
  tree.nodes.set(block.hash, { block, justification, status: 'announced' })
  return true
}

/** A block that the slot has already, if it has one. */
export function firstIn(tree: Tree, slot: number): Hash | undefined {
  for (const { block } of tree.nodes.values()) if (block.slot === slot) return block.hash
  return undefined
}

/** Forgets blocks of slots below `slot`, except those that lead to `keep`. */
export function forgetStale(tree: Tree, keep: Hash, slot: number): void {
  const kept = new Set(pathFromRoot(tree, keep))
  for (const [hash, node] of tree.nodes) {
    if (node.block.slot < slot && !kept.has(node)) tree.nodes.delete(hash)
  }
}

function siblingsInSlot(tree: Tree, slot: number): number {
  let count = 0
  for (const node of tree.nodes.values()) if (node.block.slot === slot) count += 1
  return count
}

/** Makes `hash` the root and forgets what is not above it in slot. Returns the committed path. */
export function commitTo(tree: Tree, hash: Hash): readonly BlockRef[] {
  assert(isLinked(tree, hash), 'a committed block descends from the one committed before')
  const path = pathFromRoot(tree, hash).map((node) => node.block)
  const root = path.at(-1)
  assert(root !== undefined, 'a commit goes forward')
  resetRoot(tree, root)
  return path
}

/** Makes `root` the root, whatever was before: for a node that caught up by sync. */
export function resetRoot(tree: Tree, root: BlockRef): void {
  assert(root.slot >= tree.root.slot, 'the root never goes back')
  tree.root = root
  for (const [hash, node] of tree.nodes) {
    if (node.block.slot <= root.slot) tree.nodes.delete(hash)
  }
}
