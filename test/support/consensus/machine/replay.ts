/**
 * A run of single steps, played on members that live side by side. It needs nothing of what makes the exploration
 * small: so what it shows is so.
 */
import { present } from '../../../../src/base/assert.ts'
import type { Input } from './input.ts'
import { PublicState } from './public.ts'
import { nameOfVote, type Said, SaidTable } from './said.ts'
import type { ScopeWorld } from './scope.ts'
import { birthAfter, Life, saidBy } from './situation.ts'
import type { TraceStep } from './trace.ts'

export interface Played {
  /** By member: everything that it has said. */
  readonly saids: readonly Said[]
  /** What is wrong with it, and what members noticed themselves. */
  readonly faults: readonly string[]
}

/** Takes the steps one by one. Throws if somebody hears what nobody has said. */
export function play(world: ScopeWorld, steps: readonly TraceStep[]): Played {
  const table = new SaidTable()
  const first = { disk: undefined, moment: 0, restarts: 0, said: table.intern([], []) }
  const lives = new Map(world.honest.map((place) => [place, new Life(world, place, first)]))
  for (const { place, input } of steps) {
    const life = present(lives.get(place), `member ${place}`)
    checkSaid(world, [...lives.values()], input)
    lives.set(place, lifeAfter(world, table, life, input))
  }
  const all = [...lives.values()]
  const saids = all.map((life) => saidBy(table, life))
  const { history } = new PublicState(world, saids)
  return { saids, faults: [...history.faults, ...all.flatMap(({ faults }) => faults)] }
}

function lifeAfter(world: ScopeWorld, saids: SaidTable, life: Life, input: Input): Life {
  if (input.kind !== 'restart') {
    life.feed(input)
    return life
  }
  if (input.amid !== undefined) life.feedInPart(input.amid.input, input.amid.pieces)
  return new Life(world, life.member.place, birthAfter(saids, life))
}

function checkSaid(world: ScopeWorld, lives: readonly Life[], input: Input): void {
  if (input.kind === 'restart' && input.amid !== undefined) {
    return checkSaid(world, lives, input.amid.input)
  }
  if (input.kind !== 'votes' && input.kind !== 'ranges') return
  const said = lives.flatMap(({ birth, votes }) => [...birth.said.votes, ...votes].map(nameOfVote))
  for (const vote of input.votes) {
    if (world.isLiar(vote.signer) || said.includes(nameOfVote(vote))) continue
    throw new Error(`nobody has said “${nameOfVote(vote)}”`)
  }
}
