/**
 * Every run of the voting rules in a small scope, breadth first. The abstraction allows more than any
 * network can do:
 *
 * - a state is the set of votes that correct members have signed; liars count as having signed all;
 * - a member may act on any certificate that could exist, or as if it had not seen it: this covers each
 *   order, loss, duplication, selective sending, and restart with durable votes;
 * - every slot's author lies, with two blocks on each justified parent;
 * - members are interchangeable, and a second variant is touched only after the first.
 *
 * Does not know time, bodies or messages: `network.ts` does.
 */
import { assert } from '../../../src/base/assert.ts'
import { type Committee, quorumOf } from '../../../src/protocol/committee.ts'
import type { Justification } from '../../../src/protocol/consensus/vote.ts'
import { type Guards, type Rules, soundRules } from './rules.ts'
import { committeeOf, signed } from './sample.ts'
import { StateSet } from './state-set.ts'
import { bitsOf, highestBit, slotSet, type Universe, universeOf } from './universe.ts'
import { condition, moveWidth, Voters, votesOf } from './voters.ts'

export interface Scope {
  readonly members: number
  readonly liars: number
  readonly slots: number
  readonly statesMax: number
}

/** The invariant that does not hold: see {@link violationIn}. */
export type Invariant = 'A1' | 'A2' | 'A3'

export interface Exploration {
  /** False if a violation or `statesMax` ended it early. */
  readonly isComplete: boolean
  readonly states: number
  readonly transitions: number
  /** Votes signed in the longest of the shortest ways to a state. */
  readonly depth: number
  readonly withCommit: number
  /** States in which some slot is both notarised and nullified. */
  readonly notarisedAndNullified: number
  /** States from which no author could go on, were everything delivered. */
  readonly stuck: { readonly certificatesKept: number; readonly certificatesLost: number }
  readonly violation:
    | { readonly invariant: Invariant; readonly depth: number; readonly votes: readonly string[] }
    | undefined
}

/** What follows from the votes: sets of blocks and of slots for which a certificate could exist. */
interface Certified {
  notarised: number
  committed: number
  nullified: number
}

/** Explores until everything is seen, a violation is found, or `statesMax` is reached. */
export function explore(scope: Scope, rules: Rules = soundRules): Exploration {
  return new Explorer(scope, rules).run()
}

class Explorer {
  readonly #scope: Scope
  readonly #universe: Universe
  readonly #states: StateSet
  readonly #voters: Voters
  readonly #quorum: number
  /** Votes of correct members that make a certificate, when all liars join in. */
  readonly #needed: number
  /** By set of nullified slots: the blocks whose gap is given up, if the parent is notarised. */
  readonly #gapsCovered: Int32Array
  readonly #tuple: Int32Array
  readonly #next: Int32Array
  readonly #masks: Int32Array
  readonly #atLeast: Int32Array
  readonly #conditions = new Int32Array(moveWidth)
  readonly #certified: Certified = { notarised: 0, committed: 0, nullified: 0 }
  #transitions = 0

  constructor(scope: Scope, rules: Rules) {
    const correct = scope.members - scope.liars
    const committee = committeeOf(scope.members)
    this.#scope = scope
    this.#universe = universeOf(scope.slots)
    this.#quorum = quorumOf(committee) + rules.quorumDelta
    this.#needed = this.#quorum - scope.liars
    assert(this.#needed >= 1, 'liars alone are no quorum')
    this.#states = new StateSet(correct)
    this.#voters = new Voters(this.#universe, rules, this.#states.base)
    this.#gapsCovered = gapsCovered(this.#universe, rules.guards, committee)
    this.#tuple = new Int32Array(correct)
    this.#next = new Int32Array(correct)
    this.#masks = new Int32Array(correct)
    this.#atLeast = new Int32Array(this.#quorum + 1)
  }

  run(): Exploration {
    const found = { withCommit: 0, notarisedAndNullified: 0 }
    const stuck = { certificatesKept: 0, certificatesLost: 0 }
    let depth = 0
    this.#states.add(this.#tuple.fill(this.#voters.silent))
    let levelEnd = this.#states.size
    for (let index = 0; index < this.#states.size; index += 1) {
      if (index === levelEnd) {
        depth += 1
        levelEnd = this.#states.size
      }
      this.#states.read(index, this.#tuple)
      const certified = this.#certify()
      const invariant = violationIn(this.#universe, certified)
      if (invariant !== undefined) {
        const votes = [...this.#tuple].map((voter) => votesOf(this.#voters.voter(voter)))
        const violation = { invariant, depth, votes }
        return { ...this.#summary(depth), isComplete: false, ...found, stuck, violation }
      }
      if (certified.committed !== 1) found.withCommit += 1
      if (this.#slotsOf(certified.notarised) & certified.nullified) found.notarisedAndNullified += 1
      if (this.#isStuck(this.#keptBlocks(certified.notarised))) stuck.certificatesKept += 1
      if (this.#isStuck(this.#publicBlocks())) stuck.certificatesLost += 1
      if (this.#states.size < this.#scope.statesMax) this.#expand(certified)
    }
    return { ...this.#summary(depth), ...found, stuck, violation: undefined }
  }

  #summary(depth: number) {
    const states = this.#states.size
    const isComplete = states < this.#scope.statesMax
    return { isComplete, states, transitions: this.#transitions, depth }
  }

  /** The certificates that could exist in the state at hand. */
  #certify(): Certified {
    const certified = this.#certified
    certified.notarised = this.#inQuorum('notarised', this.#needed) | 1
    certified.committed = this.#inQuorum('finalised', this.#needed) | 1
    certified.nullified = this.#inQuorum('nullified', this.#needed)
    return certified
  }

  /** What at least `needed` members have signed. */
  #inQuorum(kind: 'notarised' | 'finalised' | 'nullified', needed: number): number {
    for (let i = 0; i < this.#tuple.length; i += 1) {
      this.#masks[i] = this.#voters.voter(this.#tuple[i] ?? 0)[kind]
    }
    return atLeast(this.#masks, needed, this.#atLeast)
  }

  /** The union over the members. */
  #inAny(kind: 'notarised' | 'relied'): number {
    let any = 0
    for (let i = 0; i < this.#tuple.length; i += 1) {
      any |= this.#voters.voter(this.#tuple[i] ?? 0)[kind]
    }
    return any
  }

  #expand({ notarised, nullified }: Certified): void {
    const firsts = this.#universe.firstVariants
    const offered = firsts | ((this.#inAny('notarised') & firsts) << 1)
    const onNotarised = this.#childrenOf(notarised)
    const covered = this.#gapsCovered[nullified] ?? 0
    this.#conditions[condition.justified] = onNotarised & covered & offered
    this.#conditions[condition.notarised] = notarised
    this.#conditions[condition.slotNotarised] = this.#slotsOf(notarised)
    for (let place = 0; place < this.#tuple.length; place += 1) {
      if (place > 0 && this.#tuple[place] === this.#tuple[place - 1]) continue
      const moves = this.#voters.movesOf(this.#tuple[place] ?? 0)
      for (let at = 0; at < moves.length; at += moveWidth) {
        const holds = this.#conditions[moves[at] ?? 0] ?? 0
        if (((holds >> (moves[at + 1] ?? 0)) & 1) === 0) continue
        this.#transitions += 1
        this.#addWith(place, moves[at + 2] ?? 0)
      }
    }
  }

  /** The state with another voter at `place`, in ascending order. */
  #addWith(place: number, voter: number): void {
    const next = this.#next
    next.set(this.#tuple)
    let at = place
    for (; at > 0 && (next[at - 1] ?? 0) > voter; at -= 1) next[at] = next[at - 1] ?? 0
    for (; at + 1 < next.length && (next[at + 1] ?? 0) < voter; at += 1)
      next[at] = next[at + 1] ?? 0
    next[at] = voter
    this.#states.add(next)
  }

  #childrenOf(blocks: number): number {
    let children = 0
    for (let rest = blocks; rest !== 0; rest &= rest - 1) {
      children |= this.#universe.children[highestBit(rest & -rest)] ?? 0
    }
    return children
  }

  #slotsOf(blocks: number): number {
    let slots = 0
    for (let slot = 0; slot <= this.#universe.slots; slot += 1) {
      if (blocks & (this.#universe.inSlot[slot] ?? 0)) slots |= 1 << slot
    }
    return slots
  }

  // ----- liveness -----

  /** Notarised for all to see: by votes of correct members alone, who repeat them. */
  #publicBlocks(): number {
    return this.#inQuorum('notarised', this.#quorum) | 1
  }

  /** The same, with the certificates that members had to keep: behind finalise votes, and of parents. */
  #keptBlocks(notarised: number): number {
    return this.#publicBlocks() | (this.#inAny('relied') & notarised)
  }

  /**
   * Whether the author after the last slot lacks a justified parent, when `known` is notarised as far as
   * anybody knows, and every member has given up all that it may above it.
   */
  #isStuck(known: number): boolean {
    const highest = highestBit(this.#slotsOf(known))
    for (let i = 0; i < this.#tuple.length; i += 1) {
      this.#masks[i] = this.#voters.givenUp(this.#tuple[i] ?? 0, highest)
    }
    const above = slotSet(highest + 1, this.#universe.slots)
    return (above & ~atLeast(this.#masks, this.#quorum, this.#atLeast)) !== 0
  }
}

/**
 * The invariant that the certificates break, if any.
 * A1: at most one notarised block a slot. A2: no slot is both committed and nullified.
 * A3: every notarised block of a committed block's slot or later is that block or descends from it.
 */
function violationIn(universe: Universe, certified: Certified): Invariant | undefined {
  const { notarised, committed, nullified } = certified
  for (let slot = 1; slot <= universe.slots; slot += 1) {
    const inSlot = universe.inSlot[slot] ?? 0
    const here = notarised & inSlot
    if (here & (here - 1)) return 'A1'
    if (committed & inSlot && nullified & (1 << slot)) return 'A2'
  }
  if (committed === 1) return undefined
  for (const block of bitsOf(committed)) {
    const beside = (universe.notBefore[block] ?? 0) & ~(universe.descendants[block] ?? 0)
    if ((notarised | committed) & beside) return 'A3'
  }
  return undefined
}

/** The bits that are in at least `needed` of the masks. `counts` is room for needed + 1 numbers. */
function atLeast(masks: Int32Array, needed: number, counts: Int32Array): number {
  counts.fill(0)
  counts[0] = -1
  for (let i = 0; i < masks.length; i += 1) {
    for (let count = needed; count > 0; count -= 1) {
      counts[count] = (counts[count] ?? 0) | ((counts[count - 1] ?? 0) & (masks[i] ?? 0))
    }
  }
  return counts[needed] ?? 0
}

/** Asks the rule of justification about each block, for each set of nullified slots. */
function gapsCovered(universe: Universe, guards: Guards, committee: Committee): Int32Array {
  const signers = committee.members.map((_, signer) => signer).slice(0, quorumOf(committee))
  const table = new Int32Array(2 ** (universe.slots + 1))
  const refOf = (at: number) => {
    const { slot = 0, parent = 0 } = universe.blocks[at] ?? {}
    return { hash: `${at}`, parent: `${parent}`, slot, height: 0 }
  }
  for (let nullified = 0; nullified < table.length; nullified += 1) {
    const ranges = bitsOf(nullified).map((slot) => ({ from: slot, to: slot }))
    const nullifies = ranges.flatMap((range) =>
      signers.map((signer) => signed({ kind: 'nullify', ...range }, signer)),
    )
    universe.blocks.forEach((block, at) => {
      if (at === 0) return
      const parent = refOf(block.parent)
      const proof = { kind: 'notarise', epoch: 1, signature: new Uint8Array() } as const
      const notarisation = { ...proof, slot: parent.slot, block: parent.hash, signers }
      const judge = (justification: Justification) =>
        guards.justificationFault(committee, refOf(at), parent, justification)
      assert(
        parent.slot === 0 || judge({ notarisation: undefined, nullifies }) !== undefined,
        'a parent needs a notarisation',
      )
      if (judge({ notarisation, nullifies }) === undefined) {
        table[nullified] = (table[nullified] ?? 0) | (1 << at)
      }
    })
  }
  return table
}

/** The scope of the test suite and of the figures: everything of `slots` slots. */
export function scopeOf(members: number, liars: number, slots: number): Scope {
  return { members, liars, slots, statesMax: 60_000_000 }
}
