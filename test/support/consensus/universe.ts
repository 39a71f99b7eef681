/**
 * Every block that could exist in a few slots: two variants on each possible parent, as if every author
 * equivocated. Blocks are bits of a number, so that sets of them are cheap; bit 0 is genesis.
 */
import { assert } from '../../../src/base/assert.ts'

export interface UniverseBlock {
  readonly slot: number
  /** The parent's number; genesis names itself. */
  readonly parent: number
  /** 0 or 1. The second variant's number is one more than the first's. */
  readonly variant: number
}

/** Sets of blocks are bits by block number; sets of slots are bits by slot. */
export interface Universe {
  readonly slots: number
  readonly blocks: readonly UniverseBlock[]
  readonly firstVariants: number
  readonly inSlot: readonly number[]
  readonly children: readonly number[]
  /** The block itself and all that descend from it. */
  readonly descendants: readonly number[]
  /** All blocks of the block's slot and later ones. */
  readonly notBefore: readonly number[]
}

/** All blocks of slots 1 to `slots`: 2, 8 or 26 of them. Four slots would not fit 32 bits. */
export function universeOf(slots: number): Universe {
  assert(slots >= 1 && slots <= 3, 'one to three slots')
  const blocks: UniverseBlock[] = [{ slot: 0, parent: 0, variant: 0 }]
  for (let slot = 1; slot <= slots; slot += 1) {
    const parents = blocks.length
    for (let parent = 0; parent < parents; parent += 1) {
      blocks.push({ slot, parent, variant: 0 }, { slot, parent, variant: 1 })
    }
  }
  const setOf = (holds: (block: UniverseBlock, at: number) => boolean): number =>
    blocks.reduce((set, block, at) => (holds(block, at) ? set | (1 << at) : set), 0)
  const slotOf = (at: number): number => blocks[at]?.slot ?? 0
  return {
    slots,
    blocks,
    firstVariants: setOf(({ variant }) => variant === 0),
    inSlot: Array.from({ length: slots + 1 }, (_, slot) => setOf((block) => block.slot === slot)),
    children: blocks.map((_, at) => setOf((block, other) => other > 0 && block.parent === at)),
    descendants: blocks.map((_, at) => setOf((_, other) => descends(blocks, other, at))),
    notBefore: blocks.map((_, at) => setOf((block) => block.slot >= slotOf(at))),
  }
}

/** The slots from `from` to `to`, as a set. */
export function slotSet(from: number, to: number): number {
  let set = 0
  for (let slot = from; slot <= to; slot += 1) set |= 1 << slot
  return set
}

/** The members of a set, ascending. */
export function bitsOf(set: number): readonly number[] {
  const bits: number[] = []
  for (let bit = 0; bit < 32; bit += 1) if (set & (1 << bit)) bits.push(bit)
  return bits
}

/** The largest member of a set; 0 for the empty one. */
export function highestBit(set: number): number {
  return set === 0 ? 0 : 31 - Math.clz32(set)
}

function descends(blocks: readonly UniverseBlock[], from: number, ancestor: number): boolean {
  let at = from
  while (at > ancestor) at = blocks[at]?.parent ?? 0
  return at === ancestor
}
