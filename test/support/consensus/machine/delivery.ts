/**
 * A7: does the chain go on from here? Everything that members hold is delivered to all of them, whatever was under
 * way is lost, liars fall silent, and the slots of the scope come to their end. Then every slot above the highest
 * notarised block must be given up as far as anybody can see, and all must see the same: so the next author can propose.
 *
 * Of the situations in a state those are tried in which members know least (fewest blocks, fewest certificates):
 * who knows more has more to tell. With restarts these are the ones in which a member has just read its disk.
 */
import { present } from '../../../../src/base/assert.ts'
import { quorumOf } from '../../../../src/protocol/committee.ts'
import { isCovered } from '../../../../src/protocol/consensus/nullification.ts'
import type { MachineExplorer, SituationSet, WorldState } from './explorer.ts'
import type { Situation } from './graph.ts'
import { timeInput } from './input.ts'
import { keyOf } from './key.ts'
import type { ScopeWorld } from './scope.ts'
import type { Life } from './situation.ts'

/** More rounds of telling each other all that one knows mean that they never end. */
const roundsMax = 20

/** States from which somebody cannot go on, and how many endings were tried. */
export interface Deliveries {
  readonly tried: number
  readonly stuck: readonly { readonly state: WorldState; readonly fault: string }[]
}

/** Tries an ending of each state. */
export function deliverFromAll(explorer: MachineExplorer): Deliveries {
  const tried = new Map<string, string | undefined>()
  const stuck: { state: WorldState; fault: string }[] = []
  for (const state of explorer.states) {
    for (const ids of combinations(state.sets.map((set, index) => poorest(explorer, index, set)))) {
      const key = ids.join()
      if (!tried.has(key)) tried.set(key, faultAfterDelivery(explorer, ids))
      const fault = tried.get(key)
      if (fault !== undefined) stuck.push({ state, fault })
    }
  }
  return { tried: tried.size, stuck }
}

function faultAfterDelivery(
  { graphs, world }: MachineExplorer,
  ids: readonly number[],
): string | undefined {
  const lives = graphs.map((graph, index) => graph.revive(ids[index] ?? 0))
  // First what was said in the slots of the scope is known to all, then it is given up.
  for (const moment of [world.lastMoment - 1, world.lastMoment]) {
    for (const life of lives) life.feed(timeInput(world, moment))
    if (!tellAll(world, lives)) return 'members never have done telling each other'
  }
  return lives.map((life) => faultOf(world, life, lives)).find((fault) => fault !== undefined)
}

/** Everybody tells everybody what it holds, until nobody learns anything. False if that never ends. */
function tellAll(world: ScopeWorld, lives: readonly Life[]): boolean {
  const stateOf = () => lives.map((life) => keyOf(world, life)).join('\n')
  for (let before = stateOf(), rounds = 0; rounds < roundsMax; rounds += 1) {
    for (const from of lives) for (const to of lives) if (from !== to) tell(world, from, to)
    const after = stateOf()
    if (after === before) return true
    before = after
  }
  return false
}

function tell(world: ScopeWorld, from: Life, to: Life): void {
  const everything = { committedSlot: -1, notarisedSlot: -1, nullifiedTo: 0 }
  const { votes, certificates } = from.member.machine.missingAt(everything)
  for (const certificate of certificates) to.member.receive({ kind: 'certificate', certificate })
  for (const vote of votes) to.member.receive({ kind: 'vote', vote })
  for (const { hash } of world.blocks) {
    const proposal = from.member.proposalOf(hash)
    if (proposal === undefined || to.member.machine.statusOf(hash) !== undefined) continue
    to.show(proposal)
  }
  to.member.workAll()
}

function faultOf(
  world: ScopeWorld,
  { member, faults, slot }: Life,
  lives: readonly Life[],
): string | undefined {
  const { machine, place } = member
  if (faults[0] !== undefined) return faults[0]
  const { highest } = machine
  const differs = lives.find((other) => other.member.machine.highest.hash !== highest.hash)
  if (differs !== undefined)
    return `A7: members ${place} and ${differs.member.place} differ on the highest block`
  const start = { committedSlot: 0, notarisedSlot: 0, nullifiedTo: 0 }
  const ranges = machine
    .missingAt(start)
    .votes.flatMap(({ vote, ...rest }) => (vote.kind === 'nullify' ? [{ vote, ...rest }] : []))
  const gap = { from: highest.slot + 1, to: slot }
  if (isCovered(ranges, gap, quorumOf(world.committee))) return undefined
  return `A7: member ${place} cannot go on from slot ${highest.slot}`
}

/** The situations of a set than which no other one knows less, one of each kind. */
function poorest({ graphs }: MachineExplorer, index: number, set: SituationSet): readonly number[] {
  const graph = present(graphs[index], `member ${index}`)
  let found: Situation[] = []
  const situations = set.situations.map((id) => graph.situation(id))
  // Of two that know the same the one that forgot more comes first.
  situations.sort((a, b) => b.birth.restarts - a.birth.restarts)
  for (const situation of situations) {
    if (found.some((other) => knowsNoMore(other, situation))) continue
    found = [...found.filter((other) => !knowsNoMore(situation, other)), situation]
  }
  return found.map(({ id }) => id)
}

function knowsNoMore(a: Situation, b: Situation): boolean {
  const isWithin = (mine: readonly boolean[], other: readonly boolean[]) =>
    mine.every((has, index) => !has || other[index] === true)
  return (
    isWithin(a.isReady, b.isReady) &&
    isWithin(a.isKnown.notarise, b.isKnown.notarise) &&
    isWithin(a.isKnown.finalise, b.isKnown.finalise)
  )
}

/** Every choice of one of each. */
function combinations(lists: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return lists.reduce<readonly (readonly number[])[]>(
    (chosen, list) => chosen.flatMap((before) => list.map((id) => [...before, id])),
    [[]],
  )
}
