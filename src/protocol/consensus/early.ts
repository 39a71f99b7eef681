/**
 * Proposals that came before their slot: a neighbour's clock runs ahead. They are kept and used in time,
 * never refused. Bounded, and in such a way that a liar who floods its own slots pushes out nobody
 * whose slot is sooner.
 */
import { proposalsPerSlotMax, type TreeNode } from './tree.ts'

/** Early proposals kept, of the next slots. */
export const earlyMax = 8

/** The early proposals with one more, the soonest first; those beyond the bounds are dropped. */
export function withEarly(early: readonly TreeNode[], node: TreeNode): readonly TreeNode[] {
  const { hash, slot } = node.block
  const inSlot = early.filter(({ block }) => block.slot === slot)
  if (inSlot.length >= proposalsPerSlotMax) return early
  if (inSlot.some(({ block }) => block.hash === hash)) return early
  const sooner = early.filter(({ block }) => block.slot <= slot)
  const later = early.filter(({ block }) => block.slot > slot)
  return [...sooner, node, ...later].slice(0, earlyMax)
}
