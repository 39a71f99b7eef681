/**
 * Every run of a few whole state machines in a small scope, breadth first: the production `Simplex`, each with a
 * disk, in a network that may delay, reorder, repeat and lose whatever it likes, with clocks that have nothing to
 * do with each other, crashes, and liars.
 *
 * **Members are independent, given what was said.** A member sees of the others their votes and proposals, and
 * these stay: each may be shown to it at any time after it was said. So which silent steps one member has taken (it
 * has heard this, its clock shows that, it has crashed) says nothing of the silent steps of the others. Hence a
 * state of the world is not one situation of each member but, of each, the *set* of all those in which it may be
 * after what was said so far, in that order. Silent steps are taken inside of the sets, and only what somebody says
 * leads to another state. This is exact for whatever depends on what was said (A1 to A3, A6) or on one member alone
 * (A4, A5, A8, a conflict). It replaces a product of situations by one of histories.
 *
 * **A state within another.** What can follow a state can follow one in which the same was said and each set is at
 * least as large: a state that lies within one that is known is not taken up.
 *
 * What is not explored is listed in `reports/machine-exploration.md`.
 */
import { present } from '../../../../src/base/assert.ts'
import type { Hash } from '../../../../src/protocol/hash.ts'
import { SituationGraph, type Step } from './graph.ts'
import type { Input } from './input.ts'
import { PublicState } from './public.ts'
import { type Said, SaidTable } from './said.ts'
import { type MachineScope, ScopeWorld } from './scope.ts'

/** Situations of one member in which the same was said: all those in which it may be. */
export interface SituationSet {
  readonly id: number
  readonly situations: readonly number[]
  readonly said: Said
  readonly roots: ReadonlySet<Hash>
}

/** A state of the world. */
export interface WorldState {
  readonly index: number
  readonly depth: number
  readonly sets: readonly SituationSet[]
  readonly publicState: PublicState
  /** How it came about: who said what, in which state. */
  readonly from: WorldState | undefined
  readonly by: number
}

/** What one member may say next. */
interface Expansion {
  readonly closed: SituationSet
  readonly says: readonly SituationSet[]
  /** What is wrong in a situation that it may get into. */
  readonly fault: string | undefined
}

/** A step, and the input as it can be had: with votes that were said. */
interface InputStep extends Step {
  readonly input: Input
}

/** What is wrong, and in which state. */
export interface MachineViolation {
  readonly fault: string
  readonly state: WorldState
  /** The member that noticed; undefined: seen from outside. */
  readonly member: number | undefined
}

export class MachineExplorer {
  readonly world: ScopeWorld
  readonly graphs: readonly SituationGraph[]
  readonly states: WorldState[] = []
  transitions = 0
  violation: MachineViolation | undefined
  readonly #saids = new SaidTable()
  readonly #sets = new Map<string, SituationSet>()
  readonly #publics = new Map<string, PublicState>()
  readonly #expansions = new Map<string, Expansion>()
  /** By what was said: the sets of each state that was added. */
  readonly #known = new Map<PublicState, (readonly SituationSet[])[]>()
  readonly #isWithin = new Map<string, boolean>()

  constructor(scope: MachineScope) {
    this.world = new ScopeWorld(scope)
    this.graphs = this.world.honest.map(
      (place) => new SituationGraph(this.world, this.#saids, place),
    )
  }

  /** Explores until everything was seen, something is wrong, or there are too many states. */
  run(): void {
    const sets = this.graphs.map((_, index) => this.#setOf(index, [0]))
    this.#add(sets, undefined, -1)
    for (let at = 0; at < this.states.length; at += 1) {
      if (this.violation !== undefined || this.states.length > this.world.scope.statesMax) return
      this.#expand(present(this.states[at], 'a state'))
    }
  }

  get isComplete(): boolean {
    return this.violation === undefined && this.states.length <= this.world.scope.statesMax
  }

  get setsCount(): number {
    return this.#sets.size
  }

  #expand(state: WorldState): void {
    state.sets.forEach((set, index) => {
      const { says, fault } = this.#expansion(index, set, state.publicState)
      if (fault !== undefined) this.violation ??= { fault, state, member: index }
      for (const next of says) {
        this.transitions += 1
        const sets = [...state.sets]
        sets[index] = next
        this.#add(sets, state, index)
      }
    })
  }

  /** A state by what was just said, once everybody's set is closed under what can be heard now. */
  #add(sets: readonly SituationSet[], from: WorldState | undefined, by: number): void {
    const publicState = this.#publicState(sets)
    const closed = sets.map((set, index) => this.#expansion(index, set, publicState).closed)
    const known = this.#known.get(publicState) ?? []
    this.#known.set(publicState, known)
    // Whatever may follow from here may follow from there.
    if (known.some((larger) => closed.every((set, at) => this.#isSubset(set, larger[at] ?? set))))
      return
    known.push(closed)
    const depth = from === undefined ? 0 : from.depth + 1
    const state = { index: this.states.length, depth, sets: closed, publicState, from, by }
    this.states.push(state)
    const roots = closed.flatMap((set) => [...set.roots])
    const fault = publicState.history.faults[0] ?? publicState.commitFault(roots)
    if (fault !== undefined) this.violation ??= { fault, state, member: undefined }
  }

  #publicState(sets: readonly SituationSet[]): PublicState {
    const key = sets.map(({ said }) => said.id).join()
    const known = this.#publics.get(key)
    if (known !== undefined) return known
    const made = new PublicState(
      this.world,
      sets.map(({ said }) => said),
    )
    this.#publics.set(key, made)
    return made
  }

  /** Follows every silent step from the set, and collects the others by what is said in them. */
  #expansion(index: number, set: SituationSet, publicState: PublicState): Expansion {
    const key = `${index};${set.id};${publicState.inputsKey}`
    const known = this.#expansions.get(key)
    if (known !== undefined) return known
    const graph = present(this.graphs[index], `member ${index}`)
    const reached = new Set(set.situations)
    const says = new Map<Said, Set<number>>()
    let fault: Expansion['fault']
    for (const id of reached) {
      for (const { to } of this.stepsFrom(index, id, publicState)) {
        const situation = graph.situation(to)
        if (situation.fault !== undefined) fault ??= situation.fault
        else if (situation.said === set.said) reached.add(to)
        else entry(says, situation.said).add(to)
      }
    }
    const closed = this.#setOf(index, [...reached])
    const expansion = {
      closed,
      says: [...says.values()].map((ids) => this.#setOf(index, [...ids])),
      fault,
    }
    this.#expansions.set(key, expansion)
    return expansion
  }

  /** Everything that may happen to a member next, and where that leads. */
  stepsFrom(index: number, id: number, publicState: PublicState): readonly InputStep[] {
    const graph = present(this.graphs[index], `member ${index}`)
    const situation = graph.situation(id)
    const heard = publicState.inputs.filter((input) => publicState.isOfUse(input, situation))
    return [...graph.ownInputs(id), ...heard].flatMap((input) =>
      graph.after(id, input).map((step) => ({ ...step, input })),
    )
  }

  #isSubset(set: SituationSet, larger: SituationSet): boolean {
    if (set === larger) return true
    if (set.situations.length >= larger.situations.length) return false
    const key = `${set.id} ${larger.id}`
    const known = this.#isWithin.get(key)
    if (known !== undefined) return known
    const all = new Set(larger.situations)
    const isWithin = set.situations.every((id) => all.has(id))
    this.#isWithin.set(key, isWithin)
    return isWithin
  }

  #setOf(index: number, situations: readonly number[]): SituationSet {
    const sorted = [...situations].sort((a, b) => a - b)
    const key = `${index};${sorted.join()}`
    const known = this.#sets.get(key)
    if (known !== undefined) return known
    const graph = present(this.graphs[index], `member ${index}`)
    const all = sorted.map((id) => graph.situation(id))
    const { said } = present(all[0], 'somewhere to be')
    const set = {
      id: this.#sets.size,
      situations: sorted,
      said,
      roots: new Set(all.map(({ root }) => root)),
    }
    this.#sets.set(key, set)
    return set
  }
}

function entry<Key>(map: Map<Key, Set<number>>, key: Key): Set<number> {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = new Set<number>()
  map.set(key, made)
  return made
}
