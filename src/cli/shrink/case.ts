/**
 * What is made smaller: a recipe and the manner in which it is told; and how candidates for something smaller are asked
 * for, one change at a time or each on top of the others.
 */
import { type Beyond, beyondTolerance, toleranceOf } from '../../../sim/cluster/fault/budget.ts'
import type { Recipe } from '../../../sim/cluster/recipe.ts'
import type { Step } from '../../../sim/cluster/script.ts'
import type { WorldFacts } from '../../../sim/cluster/world-facts.ts'
import type { Search } from '../../../sim/fewest.ts'
import type { Crypto, NetworkKind } from '../sim/job.ts'

export interface Case {
  readonly recipe: Recipe
  readonly crypto: Crypto
  readonly network: NetworkKind
  /** What of the tolerance the run that was found goes beyond. */
  readonly beyond: readonly Beyond[]
}

export interface Candidate extends Case {
  /** What is other than before, in words. */
  readonly what: string
}

/** One way of making a case smaller: it ends with what is left of it. */
export type Pass = (current: Case) => Search<Candidate, Case>

/** A case that differs in its recipe. */
export function changed(current: Case, what: string, change: Partial<Recipe>): Candidate {
  return { ...current, recipe: { ...current.recipe, ...change }, what }
}

/** The first of some that holds; what there was, if none does. */
export function* firstOf(current: Case, candidates: readonly Candidate[]): Search<Candidate, Case> {
  const legal = candidates.filter(isLegal)
  const place: number | undefined = yield legal
  return place === undefined ? current : (legal[place] ?? current)
}

/** A change of a case; undefined if there is nothing to change. */
export type Change = (current: Case) => Candidate | undefined

/** Each change in turn, on top of those before it that held. */
export function* eachOf(current: Case, changes: readonly Change[]): Search<Candidate, Case> {
  let now = current
  let left = changes
  while (left.length > 0) {
    const asked = left.flatMap((change, index) => {
      const candidate = change(now)
      return candidate !== undefined && isLegal(candidate) ? [{ candidate, index }] : []
    })
    const place: number | undefined = yield asked.map(({ candidate }) => candidate)
    const held = place === undefined ? undefined : asked[place]
    if (held === undefined) return now
    now = held.candidate
    left = left.slice(held.index + 1)
  }
  return now
}

/** What a candidate changes makes its chance fall otherwise: so often it is asked again as of another seed. */
const otherChances = 2

/** A candidate, and the same by some other chances. A story in code draws from its chance what it does, and has no other. */
export function byChances(candidate: Candidate): readonly Candidate[] {
  const { recipe, what } = candidate
  const { drawsAs, story, world } = recipe
  if (story === 'own' || world.own.length > 0) return [candidate]
  const others = Array.from({ length: otherChances }, (_, index) => index + 1)
  return [
    candidate,
    ...others.map((seed) =>
      changed(candidate, `${what}, by the chance of seed ${seed}`, {
        drawsAs: { ...drawsAs, seed },
      }),
    ),
  ]
}

/** A search of something else, as one of cases. */
export function* within<Part>(
  search: Search<Part, unknown>,
  current: Case,
  candidateOf: (part: Part) => Candidate,
): Search<Candidate, Case> {
  let now = current
  for (let asked = search.next(); asked.done !== true; ) {
    const handedOut: Candidate[] = []
    const place: number | undefined = yield handOut(asked.value, candidateOf, handedOut)
    now = (place === undefined ? undefined : handedOut[place]) ?? now
    asked = search.next(place)
  }
  return now
}

/** Makes candidates as they are looked at, and keeps them. */
function* handOut<Part>(
  parts: Iterable<Part>,
  candidateOf: (part: Part) => Candidate,
  handedOut: Candidate[],
): Iterable<Candidate> {
  for (const part of parts) {
    const candidate = candidateOf(part)
    handedOut.push(candidate)
    yield candidate
  }
}

/** Members that lie, or have a second machine. */
export function lyingIn({ liars = {}, twins = [] }: WorldFacts): readonly string[] {
  return [...Object.keys(liars), ...twins.map((member) => `n${member}`)]
}

/** What of the tolerance a recipe goes beyond. */
export function beyondIn({ world, plan }: Recipe): readonly Beyond[] {
  const members = Array.from({ length: world.members }, (_, index) => `n${index}`)
  return beyondTolerance({ members, liars: lyingIn(world) }, plan)
}

/**
 * Whether what is broken in a case may be blamed on the code: its faults go no further beyond what the agreement bears
 * than those that were found, and whoever is healed is a quorum.
 */
export function isLegal({ recipe, beyond }: Case): boolean {
  const { world, story } = recipe
  if (beyondIn(recipe).some((each) => !beyond.includes(each))) return false
  if (story === 'own') return true
  const { quorum } = toleranceOf(world.members)
  const liars = lyingIn(world)
  const isHonest = (name: string): boolean => name.startsWith('n') && !liars.includes(name)
  return story.every(
    (step) => step.kind !== 'healCore' || step.nodes.filter(isHonest).length >= quorum,
  )
}

/** Steps by which it matters what came before them, and when: somebody must be well then. */
const demanding: ReadonlySet<Step['kind']> = new Set([
  'healCore',
  'watchCore',
  'requireProgress',
  'requireCaughtUp',
])

/** Whether a story demands that something happens in time. What is harder on the nodes may then break by itself. */
export function demands({ story }: Recipe): boolean {
  return story === 'own' || story.some(({ kind }) => demanding.has(kind))
}
