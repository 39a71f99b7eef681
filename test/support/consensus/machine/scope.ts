/**
 * The world in which whole state machines are explored: a few members of whom some lie, a few slots, every
 * block that could be proposed in them, and the moments that a clock may show. All of it is finite and known
 * from the start. Does not know what members do.
 */
import { assert, present } from '../../../../src/base/assert.ts'
import { authorOf, type Committee } from '../../../../src/protocol/committee.ts'
import type { BlockRef } from '../../../../src/protocol/consensus/tree.ts'
import type { Hash } from '../../../../src/protocol/hash.ts'
import { slotMoment, slotQuarters } from '../../../../src/protocol/slots.ts'
import type { WorldBlock } from '../member.ts'
import { committeeOf, genesis } from '../sample.ts'

/** What a crash leaves of a disk. */
export const diskKinds = ['kept', 'lost-with-floor', 'lost'] as const

export interface MachineScope {
  readonly members: number
  /** Places of the liars. Slot s is of member s mod n, so this says in which slots two blocks may come. */
  readonly liars: readonly number[]
  readonly slots: number
  /** How often each member may crash and start again from its disk. */
  readonly restarts: number
  /**
   * Whether a crash loses all that is above the last committed block. Then there is a floor (V5); that there is none is
   * a planted bug.
   */
  readonly disk: (typeof diskKinds)[number]
  /** Whether clocks may step back, at any time and to any moment of the scope. */
  readonly mayStepBack?: boolean
  /** Whether a body may come after its header, before its parent, or never; else both come together, after the parent. */
  readonly isBodyApart?: boolean
  /** Whether other ways to the same situation are remembered, for `SituationGraph.audit`. */
  readonly isAudited?: boolean
  /** Whether each vote comes alone, and situations differ by the votes that came: see `key.ts`. Larger, and the same. */
  readonly isOneByOne?: boolean
  /** States after which it is given up. */
  readonly statesMax: number
}

/** No clock runs ahead here: members' clocks are unrelated anyway. */
export const slots = { genesisMs: 0, slotMs: 2_000, toleranceMs: 0 }

/** A moment that changes something, and the slot that it is in. */
export interface Moment {
  readonly slot: number
  readonly wallMs: number
}

export class ScopeWorld {
  readonly scope: MachineScope
  readonly committee: Committee
  /** Places of the members that do not lie. */
  readonly honest: readonly number[]
  /** Every block that might be proposed, genesis first, each after its parent. */
  readonly blocks: readonly WorldBlock[]
  readonly moments: readonly Moment[]
  readonly #places = new Map<Hash, number>()

  constructor(scope: MachineScope) {
    const { members, liars, slots: count, restarts } = scope
    assert(Number.isInteger(members) && members > 0, `members is a whole number, not ${members}`)
    assert(Number.isInteger(count) && count > 0, `slots is a whole number, not ${count}`)
    assert(Number.isInteger(restarts) && restarts >= 0, `restarts is a count, not ${restarts}`)
    const isPlace = (place: number) => Number.isInteger(place) && place >= 0 && place < members
    assert(liars.every(isPlace), `liars are at places below ${members}, not at ${liars}`)
    assert(new Set(liars).size < members, 'not all lie')
    this.scope = scope
    this.committee = committeeOf(scope.members)
    const places = Array.from({ length: scope.members }, (_, place) => place)
    this.honest = places.filter((place) => !this.isLiar(place))
    this.blocks = this.#allBlocks()
    for (const [index, { hash }] of this.blocks.entries()) this.#places.set(hash, index)
    this.moments = momentsOf(scope.slots)
  }

  isLiar(place: number): boolean {
    return this.scope.liars.includes(place)
  }

  isByLiar({ slot }: BlockRef): boolean {
    return slot > 0 && this.isLiar(authorOf(this.committee, slot))
  }

  block(hash: Hash): WorldBlock {
    return present(this.blocks[this.indexOf(hash)], `block ${hash}`)
  }

  indexOf(hash: Hash): number {
    return present(this.#places.get(hash), `a number of block ${hash}`)
  }

  /** The moment when everything is delivered; none before is as late. */
  get lastMoment(): number {
    return this.moments.length - 1
  }

  /** For people: the slot, and the quarter of it that begins. */
  momentName(index: number): string {
    const { slot, wallMs } = present(this.moments[index], `moment ${index}`)
    return `slot ${slot}${['', ' ¼', ' ½', ' ¾'][((wallMs % slots.slotMs) * 4) / slots.slotMs]}`
  }

  /** The block that the honest author of `slot` makes on `parent`. */
  honestBlock(slot: number, parent: BlockRef): WorldBlock {
    return this.block(hashOf(slot, '', parent))
  }

  /** A liar makes two blocks on each parent: a third would be dropped, and three differ no more than two. */
  #allBlocks(): readonly WorldBlock[] {
    const blocks: WorldBlock[] = [{ ...genesis, isValid: true }]
    for (let slot = 1; slot <= this.scope.slots; slot += 1) {
      const variants = this.isLiar(authorOf(this.committee, slot)) ? ['a', 'b'] : ['']
      for (const parent of [...blocks]) {
        for (const variant of variants) {
          const hash = hashOf(slot, variant, parent)
          const height = parent.height + 1
          blocks.push({ hash, parent: parent.hash, slot, height, isValid: true })
        }
      }
    }
    return blocks
  }
}

/** Slot, variant and parent: `2b(1)` is the second block of slot 2 on that of slot 1. */
function hashOf(slot: number, variant: string, parent: BlockRef): Hash {
  return parent.slot === 0 ? `${slot}${variant}` : `${slot}${variant}(${parent.hash})`
}

/**
 * Before the first slot; of each slot its start and three quarters; and half of the one after the last, when the last
 * is given up and nobody proposes any more. The half of a slot ends proposing, and so does what comes after it.
 * The last moment is for `delivery.ts`, when all is over.
 */
function momentsOf(slotsCount: number): readonly Moment[] {
  const { propose, noProposal } = slotQuarters
  const at = (slot: number, quarter: number) => ({ slot, wallMs: slotMoment(slots, slot, quarter) })
  const within = Array.from({ length: slotsCount }, (_, index) => [
    at(index + 1, 0),
    at(index + 1, noProposal),
  ])
  const after = slotsCount + 1
  return [at(0, propose), ...within.flat(), at(after, propose), at(after, noProposal)]
}
