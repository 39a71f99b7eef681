/**
 * A world as plain data: what a scenario says of its world, with functions of a node's name replaced by what they give,
 * and adversaries by their names. It is stored, taken apart, and made into a world again.
 *
 * What is code and has no name (checkers of a scenario's own, adversaries put together for it) stays with the scenario.
 */
import { present } from '../../src/base/assert.ts'
import type { Millis } from '../../src/base/units.ts'
import { hostilePeers, liars } from './adversary/catalogue.ts'
import { castOf } from './cast.ts'
import type { ClusterOptions } from './cluster.ts'

export type LiarName = keyof typeof liars
export type HostileName = keyof typeof hostilePeers

/** Something for each of some nodes. */
export type ByName<Value> = Readonly<Record<string, Value>>

/** Options that are code: given as data where there are names for it. */
type CodeName = 'clockOffsetMs' | 'clockDriftPpm' | 'neighbours' | 'liars' | 'hostile' | 'checkers'

/** Options that may have to stay with the scenario. */
export type OwnName = 'liars' | 'hostile' | 'checkers'

export interface WorldFacts extends Omit<ClusterOptions, CodeName> {
  /** Of nodes whose clocks are wrong at first. */
  readonly clockOffsetMs?: ByName<Millis>
  readonly clockDriftPpm?: ByName<number>
  /** Of every node, if it does not dial everybody. */
  readonly neighbours?: ByName<readonly string[]>
  /** By the names of members. */
  readonly liars?: ByName<LiarName>
  readonly hostile?: ByName<HostileName>
  /** What is as the scenario has it. */
  readonly own: readonly OwnName[]
}

/** Makes a function of a node's name out of what it gives for some, and for all others. */
export function byName<Value>(values: ByName<Value>, other: Value): (name: string) => Value {
  return (name) => (Object.hasOwn(values, name) ? present(values[name], name) : other)
}

export function factsOf(options: ClusterOptions): WorldFacts {
  const {
    clockOffsetMs,
    clockDriftPpm,
    neighbours,
    liars: _,
    hostile: __,
    checkers,
    ...plain
  } = options
  const { names } = castOf(options)
  const othersOf = (name: string): readonly string[] => names.filter((other) => other !== name)
  const people = { ...liarsIn(options), ...hostileIn(options) }
  const ownPeople = (['liars', 'hostile'] as const).filter(
    (name) => (options[name]?.size ?? 0) > 0 && people[name] === undefined,
  )
  return {
    ...plain,
    ...wrongOnes('clockOffsetMs', names, clockOffsetMs),
    ...wrongOnes('clockDriftPpm', names, clockDriftPpm),
    ...(neighbours === undefined
      ? {}
      : { neighbours: valuesOf(names, (name) => neighbours(name, othersOf(name))) }),
    ...people,
    own: [...ownPeople, ...((checkers ?? []).length === 0 ? [] : (['checkers'] as const))],
  }
}

/** The world again. `origin` is that of the scenario, which what is its own is taken from. */
export function optionsOf(facts: WorldFacts, origin: ClusterOptions | undefined): ClusterOptions {
  const { clockOffsetMs, clockDriftPpm, neighbours, liars: lying, hostile, own, ...plain } = facts
  return {
    ...plain,
    ...(clockOffsetMs === undefined ? {} : { clockOffsetMs: byName(clockOffsetMs, 0) }),
    ...(clockDriftPpm === undefined ? {} : { clockDriftPpm: byName(clockDriftPpm, 0) }),
    ...(neighbours === undefined ? {} : { neighbours: byName(neighbours, []) }),
    ...(lying === undefined ? {} : { liars: lyingMembers(lying) }),
    ...(hostile === undefined ? {} : { hostile: hostileNodes(hostile) }),
    ...(origin === undefined ? {} : ownOf(origin, own)),
  }
}

/** Of a world, what a recipe leaves with its scenario. */
export function ownOf(
  world: ClusterOptions,
  names: readonly OwnName[],
): Partial<Pick<ClusterOptions, OwnName>> {
  const entries = names.map((name) => [name, world[name]] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

/** Members that lie in ways that have names, by the names of the members. */
export function lyingMembers(lying: ByName<LiarName>): NonNullable<ClusterOptions['liars']> {
  const entries = Object.entries(lying)
  return new Map(entries.map(([member, liar]) => [Number(member.slice(1)), liars[liar].make]))
}

/** Other nodes that break the rules in ways that have names. */
export function hostileNodes(hostile: ByName<HostileName>): NonNullable<ClusterOptions['hostile']> {
  const entries = Object.entries(hostile)
  return new Map(entries.map(([node, peer]) => [node, hostilePeers[peer].make]))
}

function valuesOf<Value>(names: readonly string[], factOf: (name: string) => Value): ByName<Value> {
  return Object.fromEntries(names.map((name) => [name, factOf(name)]))
}

/** What is not zero. */
function wrongOnes<Name extends string>(
  field: Name,
  names: readonly string[],
  factOf: ((name: string) => number) | undefined,
): { readonly [Field in Name]?: ByName<number> } {
  const wrong = names.filter((name) => factOf !== undefined && factOf(name) !== 0)
  if (factOf === undefined || wrong.length === 0) return {}
  return { [field]: valuesOf(wrong, factOf) } as { readonly [Field in Name]: ByName<number> }
}

/** Members that lie, if each does in a way that has a name. */
function liarsIn({ liars: makers }: ClusterOptions): Pick<WorldFacts, 'liars'> {
  if (makers === undefined || makers.size === 0) return {}
  const named = namesOf(
    [...makers].map(([member, make]) => [`n${member}`, make]),
    liars,
  )
  return named === undefined ? {} : { liars: named }
}

function hostileIn({ hostile: makers }: ClusterOptions): Pick<WorldFacts, 'hostile'> {
  if (makers === undefined || makers.size === 0) return {}
  const named = namesOf([...makers], hostilePeers)
  return named === undefined ? {} : { hostile: named }
}

function namesOf<Name extends string>(
  makers: readonly (readonly [node: string, make: unknown])[],
  catalogue: Readonly<Record<Name, { readonly make: unknown }>>,
): ByName<Name> | undefined {
  const all = Object.keys(catalogue) as Name[]
  const found = makers.map(
    ([node, make]) => [node, all.find((name) => catalogue[name].make === make)] as const,
  )
  const named = found.filter((each): each is readonly [string, Name] => each[1] !== undefined)
  return named.length < found.length ? undefined : Object.fromEntries(named)
}
