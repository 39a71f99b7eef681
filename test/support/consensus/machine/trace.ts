/**
 * How a violation comes about: one shortest run of single steps, found by going once more along the states that
 * led to it, this time with a note of where each situation came from. And the same run played on members
 * that live side by side, which needs nothing of what made the exploration small.
 */
import { present } from '../../../../src/base/assert.ts'
import type { MachineExplorer, MachineViolation, WorldState } from './explorer.ts'
import type { Input } from './input.ts'
import { PublicState } from './public.ts'
import { nameOfProposal, nameOfVote, type Said, SaidTable } from './said.ts'
import type { ScopeWorld } from './scope.ts'
import { type Birth, diskOf, Life } from './situation.ts'

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
  const graph = present(explorer.graphs[index], `member ${index}`)
  const start: Stop = { id: 0, before: undefined, input: undefined, phase: 0, speaks: false }
  let stops = new Map([[0, start]])
  let last = start
  for (const [phase, { publicState }] of states.entries()) {
    const next = states[phase + 1]
    const said = graph.situation(present([...stops.keys()][0], 'a situation')).said
    const spoken = new Map<number, Stop>()
    for (const stop of stops.values()) {
      for (const input of explorer.inputsFor(index, stop.id, publicState)) {
        for (const step of graph.after(stop.id, input)) {
          const id = step.to
          const situation = graph.situation(id)
          const speaks = situation.said !== said
          const to = {
            id,
            before: stop,
            input: step.input,
            phase: speaks ? phase + 1 : phase,
            speaks,
          }
          if (situation.fault !== undefined) {
            if (isWitness && next === undefined) return to
          } else if (!speaks) {
            if (!stops.has(id)) stops.set(id, to)
          } else if (next?.by === index && situation.said === next.sets[index]?.said) {
            if (!spoken.has(id)) spoken.set(id, to)
          }
        }
      }
    }
    if (next?.by !== index) continue
    stops = spoken
    last = present([...spoken.values()][0], 'what was said can be said')
  }
  return last
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

/** Plays the steps on members that are kept alive, and says what goes wrong, if anything does. */
export function faultsOf(world: ScopeWorld, steps: readonly TraceStep[]): readonly string[] {
  const saids = new SaidTable()
  const nothing = saids.intern([], [])
  const lives = new Map<number, Life>()
  const first: Birth = { disk: undefined, moment: 0, restarts: 0, said: nothing }
  for (const place of world.honest) lives.set(place, new Life(world, place, first))
  for (const { place, input } of steps) {
    const life = present(lives.get(place), `member ${place}`)
    checkSaid(world, [...lives.values()], input)
    lives.set(place, played(world, saids, life, input))
  }
  const all = [...lives.values()]
  const said = all.map((life) => saidIn(saids, life))
  return [...new PublicState(world, said).history.faults, ...all.flatMap(({ faults }) => faults)]
}

function played(world: ScopeWorld, saids: SaidTable, life: Life, input: Input): Life {
  if (input.kind !== 'restart') {
    life.feed(input)
    return life
  }
  if (input.amid !== undefined) life.feedInPart(input.amid.input, input.amid.pieces)
  const { moment, birth, member } = life
  const next = {
    disk: diskOf(member),
    moment,
    restarts: birth.restarts + 1,
    said: saidIn(saids, life),
  }
  return new Life(world, member.place, next)
}

function saidIn(saids: SaidTable, { birth, votes, proposals }: Life): Said {
  return saids.intern([...birth.said.votes, ...votes], [...birth.said.proposals, ...proposals])
}

/** Nobody hears what nobody said. */
function checkSaid(world: ScopeWorld, lives: readonly Life[], input: Input): void {
  if (input.kind !== 'votes' && input.kind !== 'ranges') return
  const said = lives.flatMap(({ birth, votes }) => [...birth.said.votes, ...votes].map(nameOfVote))
  for (const vote of input.votes) {
    if (world.isLiar(vote.signer) || said.includes(nameOfVote(vote))) continue
    throw new Error(`nobody has said “${nameOfVote(vote)}”`)
  }
}
