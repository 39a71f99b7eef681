/**
 * What one correct member has signed, numbered: the explorer's state is one such number a member. A
 * voter's possible next votes depend on it alone, save one condition each, so they are worked out once.
 */
import { assert, present } from '../../../src/base/assert.ts'
import { emptyRecord, type VoteRecord } from '../../../src/protocol/consensus/record.ts'
import type { Rules } from './rules.ts'
import { bitsOf, highestBit, slotSet, type Universe } from './universe.ts'

export interface Voter {
  /** Everything that was ever signed: sets of blocks, blocks and slots. */
  readonly notarised: number
  readonly finalised: number
  readonly nullified: number
  /** Blocks whose certificates stand behind its votes: what it finalised, and parents of what it approved. */
  readonly relied: number
  /** What the member itself remembers of it. */
  readonly record: VoteRecord
  readonly hasForgotten: boolean
}

/** What a move depends on, apart from the voter: a bit of one of these three sets. */
export const condition = { justified: 0, notarised: 1, slotNotarised: 2 } as const

/** Genesis is notarised in slot 0: true in every state. */
const always = [condition.slotNotarised, 0] as const

/** A move is three numbers: which set, which bit of it must be there, and the voter after the move. */
export const moveWidth = 3

export class Voters {
  readonly #universe: Universe
  readonly #rules: Rules
  readonly #voters: Voter[] = []
  readonly #numbers = new Map<string, number>()
  readonly #moves: Int32Array[] = []
  readonly #givenUp: number[] = []
  readonly #countMax: number

  constructor(universe: Universe, rules: Rules, countMax: number) {
    this.#universe = universe
    this.#rules = rules
    this.#countMax = countMax
  }

  get size(): number {
    return this.#voters.length
  }

  /** The number of the member that has signed nothing. */
  get silent(): number {
    const nothing = { notarised: 0, finalised: 0, nullified: 0, relied: 0 }
    return this.#numberOf({ ...nothing, record: emptyRecord(1), hasForgotten: false })
  }

  voter(number: number): Voter {
    return present(this.#voters[number], `voter ${number}`)
  }

  /** The moves of a voter, {@link moveWidth} numbers each. */
  movesOf(number: number): Int32Array {
    const known = this.#moves[number]
    if (known !== undefined) return known
    const moves = Int32Array.from(this.#findMoves(number))
    this.#moves[number] = moves
    return moves
  }

  /** The slots that the voter may give up at last, knowing `highest` as the highest notarised slot. */
  givenUp(number: number, highest: number): number {
    const last = this.#universe.slots
    const at = number * (last + 1) + highest
    const known = this.#givenUp[at]
    if (known !== undefined) return known
    const range = this.#rules.guards.nullifyRange(this.voter(number).record, highest, last)
    const slots = range === undefined ? 0 : slotSet(range.from, range.to)
    this.#givenUp[at] = slots
    return slots
  }

  #findMoves(number: number): readonly number[] {
    const voter = this.voter(number)
    const moves: number[] = []
    const offer = ([set, bit]: readonly [number, number], next: Voter): void => {
      const after = this.#numberOf(next)
      if (after !== number) moves.push(set, bit, after)
    }
    this.#universe.blocks.forEach((_, block) => {
      if (block > 0) this.#offerBlockVotes(voter, block, offer)
    })
    for (let slot = 1; slot <= this.#universe.slots; slot += 1) {
      this.#offerNullifies(voter, slot, offer)
    }
    this.#offerForgetting(voter, offer)
    return moves
  }

  #offerBlockVotes(voter: Voter, block: number, offer: Offer): void {
    const { guards, finalisesBlindly } = this.#rules
    const { slot, parent } = present(this.#universe.blocks[block], 'a block of the universe')
    const { record, relied } = voter
    const mark = { slot, block: `${block}` }
    const bit = 1 << block
    if (guards.mayNotarise(record, slot)) {
      const next = { notarised: voter.notarised | bit, record: guards.afterNotarise(record, mark) }
      const behind = relied | (1 << parent)
      offer([condition.justified, block], { ...voter, ...next, relied: behind })
    }
    if (guards.mayFinalise(record, slot)) {
      const next = { finalised: voter.finalised | bit, record: guards.afterFinalise(record, mark) }
      const after = { ...voter, ...next, relied: relied | bit }
      offer([condition.notarised, block], after)
      if (finalisesBlindly && voter.notarised & bit) offer(always, after)
    }
  }

  /** The member may know any notarised slot as the highest, or none. */
  #offerNullifies(voter: Voter, slot: number, offer: Offer): void {
    const { guards } = this.#rules
    for (let highest = 0; highest < slot; highest += 1) {
      const range = guards.nullifyRange(voter.record, highest, slot)
      if (range === undefined) continue
      const nullified = voter.nullified | slotSet(range.from, range.to)
      const record = guards.afterNullify(voter.record, range)
      offer([condition.slotNotarised, highest], { ...voter, nullified, record })
    }
  }

  #offerForgetting(voter: Voter, offer: Offer): void {
    const { floorBelowNewest } = this.#rules
    if (floorBelowNewest === undefined || voter.hasForgotten) return
    const newest = this.#newestSlot(voter)
    for (let floor = 0; floor <= this.#universe.slots; floor += 1) {
      if (floor < newest - floorBelowNewest) continue
      const record = { ...emptyRecord(voter.record.epoch), floor }
      offer(always, { ...voter, record, hasForgotten: true })
    }
  }

  #newestSlot({ notarised, finalised, nullified }: Voter): number {
    const newestBlock = this.#universe.blocks[highestBit(notarised | finalised)]
    return Math.max(newestBlock?.slot ?? 0, highestBit(nullified))
  }

  #numberOf(voter: Voter): number {
    const { notarised, finalised, nullified, record, hasForgotten } = voter
    const { floor, nullifiedTo } = record
    const remembered = [record.notarised.slot, record.finalised.slot, nullifiedTo, floor]
    const key = [notarised, finalised, nullified, ...remembered, hasForgotten].join()
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    assert(this.#voters.length < this.#countMax, `more than ${this.#countMax} voters`)
    this.#numbers.set(key, this.#voters.length)
    this.#voters.push(voter)
    return this.#voters.length - 1
  }
}

type Offer = (when: readonly [number, number], next: Voter) => void

/** The votes in words: `notarise 1 3, finalise 1, nullify 2` by number of block and slot. */
export function votesOf({ notarised, finalised, nullified }: Voter): string {
  const list = (kind: string, set: number): readonly string[] =>
    set === 0 ? [] : [`${kind} ${bitsOf(set).join(' ')}`]
  return [
    ...list('notarise', notarised),
    ...list('finalise', finalised),
    ...list('nullify', nullified),
  ].join(', ')
}
