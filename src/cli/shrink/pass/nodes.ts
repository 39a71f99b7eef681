/**
 * Fewer nodes. The names of those that are left close the gap, as members are counted; what names a node in the world,
 * the faults, the transfers and the steps follows, and what makes no sense without it goes with it.
 */
import { castOf, memberOf } from '../../../../sim/cluster/cast.ts'
import type { Fault } from '../../../../sim/cluster/fault/catalogue.ts'
import type { Recipe } from '../../../../sim/cluster/recipe.ts'
import type { Step } from '../../../../sim/cluster/script.ts'
import type { WorldFacts } from '../../../../sim/cluster/world-facts.ts'
import type { Search } from '../../../../sim/fewest.ts'
import { byChances, type Candidate, type Case, changed, firstOf, lyingIn } from '../case.ts'

/** What the nodes that are left are called then. */
type Renaming = ReadonlyMap<string, string>

export function* fewerNodes(current: Case): Search<Candidate, Case> {
  const { world, story } = current.recipe
  // What is code knows nodes by their names.
  if (story === 'own' || world.own.length > 0) return current
  let now = yield* fewerFollowers(current)
  const { members } = now.recipe.world
  for (let before: Case | undefined; before !== now; ) {
    before = now
    const sizes = Array.from({ length: members }, (_, index) => index + 1)
    now = yield* firstOf(
      now,
      sizes.filter((size) => size < before.recipe.world.members).flatMap(toMembers(now)),
    )
  }
  return now
}

function* fewerFollowers(current: Case): Search<Candidate, Case> {
  let now = current
  for (let before: Case | undefined; before !== now; ) {
    before = now
    const all = followersOf(now.recipe.world)
    const none = all.length > 1 ? candidateWithout(now, all) : []
    now = yield* firstOf(now, [...none, ...all.flatMap((name) => candidateWithout(before, [name]))])
  }
  return now
}

/** To so many members: those that are needed for something first, then each other choice with one less. */
function toMembers(current: Case): (size: number) => readonly Candidate[] {
  const { recipe } = current
  const members = castOf(castFacts(recipe.world)).members
  const needed = namedIn([recipe.plan, lyingIn(recipe.world)])
  const ranked = members.toSorted(
    (a, b) =>
      Number(needed.has(b)) - Number(needed.has(a)) || members.indexOf(a) - members.indexOf(b),
  )
  return (size) => {
    const first = candidateWithout(current, ranked.slice(size))
    if (size < members.length - 1) return first
    const others = members.toReversed().filter((name) => name !== ranked.at(-1))
    return [...first, ...others.flatMap((name) => candidateWithout(current, [name]))]
  }
}

function candidateWithout(current: Case, gone: readonly string[]): readonly Candidate[] {
  const what = `without ${gone.join(', ')}`
  return byChances(changed(current, what, withoutNodes(current.recipe, gone)))
}

/** The recipe without some nodes. */
export function withoutNodes(recipe: Recipe, gone: readonly string[]): Recipe {
  const { world, plan, transfers, story } = recipe
  const renaming = renamingWithout(world, gone)
  return {
    ...recipe,
    world: worldWithout(world, renaming),
    plan: plan.flatMap((fault) => (isLeft(fault, renaming) ? [renamed(fault, renaming)] : [])),
    transfers: transfers.flatMap((transfer) => {
      const node = renaming.get(transfer.node)
      return node === undefined ? [] : [{ ...transfer, node }]
    }),
    story:
      story === 'own'
        ? story
        : story.flatMap((step) => (stays(step, renaming) ? [renamed(step, renaming)] : [])),
  }
}

function castFacts({
  members,
  followers = 0,
  twins = [],
}: WorldFacts): Parameters<typeof castOf>[0] {
  return { members, followers, twins }
}

function followersOf(world: WorldFacts): readonly string[] {
  return castOf(castFacts(world)).names.filter((name) => name.startsWith('f'))
}

function renamingWithout(world: WorldFacts, gone: readonly string[]): Renaming {
  const { names } = castOf(castFacts(world))
  const isLeftOver = (name: string): boolean =>
    !gone.includes(name) && !(name.startsWith('t') && gone.includes(`n${memberOf(name)}`))
  const numbered = (letter: string): readonly (readonly [string, string])[] =>
    names
      .filter((name) => name.startsWith(letter) && isLeftOver(name))
      .map((name, index) => [name, `${letter}${index}`])
  const members = numbered('n')
  const twins = members
    .map(([old, name]) => [`t${old.slice(1)}`, `t${name.slice(1)}`] as const)
    .filter(([old]) => names.includes(old))
  return new Map([...members, ...numbered('f'), ...twins])
}

function worldWithout(world: WorldFacts, renaming: Renaming): WorldFacts {
  const left = [...renaming.values()]
  const counted = (letter: string): number => left.filter((name) => name.startsWith(letter)).length
  const twins = left.filter((name) => name.startsWith('t')).map((name) => Number(name.slice(1)))
  const { members: _, followers: __, twins: ___, ...others } = renamed(world, renaming)
  const isEmpty = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0
  const full = Object.entries(others).filter(([, value]) => !isEmpty(value)) as never
  return {
    ...(Object.fromEntries(full) as Pick<WorldFacts, 'link'>),
    members: counted('n'),
    ...(counted('f') === 0 ? {} : { followers: counted('f') }),
    ...(twins.length === 0 ? {} : { twins }),
    own: world.own,
  }
}

function namesLeft(names: readonly string[], renaming: Renaming): readonly string[] {
  return names.flatMap((name) => renaming.get(name) ?? [])
}

// ----- what names nodes, as data -----

const nodeName = /^[nft]\d+$/

/** Every node that is named anywhere in some data. */
function namedIn(value: unknown): ReadonlySet<string> {
  const texts = JSON.stringify(value).match(/"[nft]\d+"/g) ?? []
  return new Set(texts.map((text) => text.slice(1, -1)))
}

/** Data with other names in it, and without those that are gone from lists and tables. */
function renamed<Value>(value: Value, renaming: Renaming): Value {
  return renamedAny(value, renaming) as Value
}

function renamedAny(value: unknown, renaming: Renaming): unknown {
  if (typeof value === 'string') return renaming.get(value) ?? value
  if (Array.isArray(value)) {
    return value
      .filter((item) => !isGone(item, renaming))
      .map((item) => renamedAny(item, renaming))
      .filter((item) => !(Array.isArray(item) && item.length === 0))
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .filter(([name]) => !isGone(name, renaming))
    .map(([name, each]) => {
      const whole = name === 'pairs' ? (each as string[][]).filter(isWhole(renaming)) : each
      return [renaming.get(name) ?? name, renamedAny(whole, renaming)] as const
    })
  return Object.fromEntries(entries)
}

function isWhole(renaming: Renaming): (names: readonly string[]) => boolean {
  return (names) => names.every((name) => renaming.has(name))
}

/** The name of a node that is not there any more. */
function isGone(item: unknown, renaming: Renaming): boolean {
  return typeof item === 'string' && nodeName.test(item) && !renaming.has(item)
}

/** Whether a fault still has somebody to befall: no node that it is of is gone, and no list of nodes is empty. */
function isLeft(fault: Fault, renaming: Renaming): boolean {
  return Object.entries(fault).every(([name, value]) => {
    if (isGone(value, renaming)) return false
    if (name === 'on') return !isGone((value as { readonly node?: unknown }).node, renaming)
    const left: unknown = renamed({ [name]: value }, renaming)[name]
    // Of one group alone, nothing is parted.
    return !Array.isArray(left) || left.length > (name === 'groups' ? 1 : 0)
  })
}

function stays(step: Step, renaming: Renaming): boolean {
  return Object.values(step).every((value) => {
    if (isGone(value, renaming)) return false
    return !Array.isArray(value) || namesLeft(value as string[], renaming).length > 0
  })
}
