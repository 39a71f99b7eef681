/**
 * How a violation comes about: a run of single steps with as few utterances as any, found by going once more along
 * the states that led to it, this time with a note of where each situation came from.
 */
import { present } from '../../../../src/base/assert.ts'
import type { MachineExplorer, MachineViolation, WorldState } from './explorer.ts'
import { type Input, restartInput } from './input.ts'
import { nameOfProposal, nameOfVote, type Said } from './said.ts'

/** One thing that happens to one member. */
export interface TraceStep {
  readonly place: number
  readonly input: Input
  /** What it says because of that. */
  readonly says: readonly string[]
}

/** A situation on the way, and the step that led to it. */
interface Stop {
  readonly id: number
  readonly before: Stop | undefined
  readonly input: Input | undefined
  /** How often anybody had said something. */
  readonly phase: number
  readonly speaks: boolean
}

/** The steps that lead to the violation, in an order in which they can happen. */
export function traceOf(
  explorer: MachineExplorer,
  violation: MachineViolation,
): readonly TraceStep[] {
  const states: WorldState[] = []
  for (let at: WorldState | undefined = violation.state; at !== undefined; at = at.from)
    states.unshift(at)
  const steps = explorer.graphs.flatMap((graph, index) => {
    const isWitness = violation.member === index
    const stops = stopsTo(lastStop(explorer, index, states, isWitness))
    return stops.map((stop) => ({ place: graph.place, stop, says: newIn(explorer, index, stop) }))
  })
  // Who speaks opens a phase; the silent steps of a phase do not depend on each other.
  steps.sort((a, b) => a.stop.phase - b.stop.phase || Number(b.stop.speaks) - Number(a.stop.speaks))
  return steps.map(({ place, stop, says }) => ({
    place,
    input: present(stop.input, 'a step'),
    says,
  }))
}

/** For people, a line a step. */
export function traceText(steps: readonly TraceStep[]): readonly string[] {
  return steps.map(({ place, input, says }) => {
    const saying = says.length === 0 ? '' : ` → ${says.join(', ')}`
    return `member ${place}: ${input.name}${saying}`
  })
}

function stopsTo(last: Stop): readonly Stop[] {
  const stops: Stop[] = []
  for (let at: Stop | undefined = last; at?.before !== undefined; at = at.before) stops.unshift(at)
  return stops
}

/** Where a member is when it has said its last word of the run, or when it notices what is wrong. */
function lastStop(
  explorer: MachineExplorer,
  index: number,
  states: readonly WorldState[],
  isWitness: boolean,
): Stop {
  let last: Stop = { id: 0, before: undefined, input: undefined, phase: 0, speaks: false }
  let stops: ReadonlyMap<number, Stop> = new Map([[0, last]])
  for (const [phase, state] of states.entries()) {
    const next = states[phase + 1]
    const wanted = next?.by === index ? next.sets[index]?.said : undefined
    const reached = stopsIn(explorer, index, { phase, ...state }, stops)
    if (next === undefined && isWitness) return present(reached.faulty, 'what was noticed')
    stops = wanted === undefined ? reached.silent : (reached.spoken.get(wanted) ?? new Map())
    if (wanted !== undefined) last = present([...stops.values()][0], 'what was said can be said')
  }
  return last
}

/** All that a member gets to from these stops while nobody else speaks, by what it says; and where something is wrong. */
function stopsIn(
  explorer: MachineExplorer,
  index: number,
  { phase, publicState }: WorldState & { readonly phase: number },
  from: ReadonlyMap<number, Stop>,
) {
  const graph = present(explorer.graphs[index], `member ${index}`)
  const silent = new Map(from)
  const spoken = new Map<Said, Map<number, Stop>>()
  let faulty: Stop | undefined
  for (const before of silent.values()) {
    const { said } = graph.situation(before.id)
    for (const { to: id, ...step } of explorer.stepsFrom(index, before.id, publicState)) {
      const { pieces } = step
      const input = pieces === undefined ? step.input : restartInput({ input: step.input, pieces })
      const situation = graph.situation(id)
      const speaks = situation.said !== said
      const stop = { id, before, input, phase: speaks ? phase + 1 : phase, speaks }
      if (situation.fault !== undefined) faulty ??= stop
      else if (!speaks) addNew(silent, stop)
      else {
        const others = spoken.get(situation.said) ?? new Map<number, Stop>()
        spoken.set(situation.said, addNew(others, stop))
      }
    }
  }
  return { silent, spoken, faulty }
}

function addNew(stops: Map<number, Stop>, stop: Stop): Map<number, Stop> {
  return stops.has(stop.id) ? stops : stops.set(stop.id, stop)
}

function newIn(explorer: MachineExplorer, index: number, { id, before }: Stop): readonly string[] {
  const graph = present(explorer.graphs[index], `member ${index}`)
  if (before === undefined) return []
  const known = namesIn(graph.situation(before.id).said)
  return namesIn(graph.situation(id).said).filter((name) => !known.includes(name))
}

function namesIn({ votes, proposals }: Said): readonly string[] {
  return [...votes.map((vote) => nameOfVote(vote).slice(3)), ...proposals.map(nameOfProposal)]
}
