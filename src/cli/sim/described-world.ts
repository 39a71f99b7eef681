/**
 * The world of a run as plain data, for whoever reads a bundle: who there is, what links, disks and clocks are like.
 * What a world has as functions is asked about each node. A run is not made from this: the world is drawn again.
 */
import { liars as knownLiars } from '../../../sim/cluster/adversary/catalogue.ts'
import type { Cluster, ClusterOptions } from '../../../sim/cluster/cluster.ts'
import type { LinkModel } from '../../../sim/link.ts'
import type { DiskModel } from '../../../sim/store.ts'
import type { NodeTuning } from '../../node/config.ts'

/** By the name of a node. What is nothing is left out. */
type ByNode<Value> = Readonly<Record<string, Value>>

export interface DescribedWorld {
  readonly members: number
  readonly followers: number
  readonly nodes: readonly string[]
  readonly slotMs?: number
  readonly link: LinkModel
  readonly disk?: DiskModel
  readonly clockOffsetMs?: ByNode<number>
  readonly clockDriftPpm?: ByNode<number>
  readonly clockErrorMsMax?: number
  /** Nodes that break the rules, and how, where that has a name. */
  readonly liars?: ByNode<string>
  /** Whom a node dials, where that is not everybody. */
  readonly neighbours?: ByNode<readonly string[]>
  readonly untrustedDisks?: readonly string[]
  readonly startLater?: readonly string[]
  readonly tuning?: Partial<NodeTuning>
}

export function describeWorld({ options, names }: Cluster): DescribedWorld {
  const { members, followers = 0, slotMs, link, disk, clockErrorMsMax } = options
  const { clockOffsetMs, clockDriftPpm, neighbours, untrustedDisks, startLater, tuning } = options
  const others = (name: string): readonly string[] => names.filter((other) => other !== name)
  return compact({
    ...{ members, followers, nodes: names, slotMs, link, disk, clockErrorMsMax },
    ...{ untrustedDisks, startLater, tuning },
    clockOffsetMs: byNode(names, (name) => clockOffsetMs?.(name) || undefined),
    clockDriftPpm: byNode(names, (name) => clockDriftPpm?.(name) || undefined),
    liars: byNode(names, (name) => lieOf(options, name)),
    neighbours: byNode(names, (name) => neighbours?.(name, others(name))),
  })
}

function lieOf({ liars, twins = [], hostile }: ClusterOptions, name: string): string | undefined {
  if (hostile?.has(name) === true) return 'hostile'
  const member = Number(name.slice(1))
  if (name.startsWith('f')) return undefined
  if (twins.includes(member)) return 'twin'
  const make = liars?.get(member)
  if (make === undefined) return undefined
  return Object.entries(knownLiars).find(([, liar]) => liar.make === make)?.[0] ?? 'liar'
}

function byNode<Value>(
  names: readonly string[],
  valueFor: (name: string) => Value | undefined,
): ByNode<Value> | undefined {
  const entries = names.flatMap((name): (readonly [string, Value])[] => {
    const value = valueFor(name)
    return value === undefined ? [] : [[name, value]]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** Without what is undefined. */
function compact<Fields extends object>(fields: Fields): Compact<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Compact<Fields>
}

type Compact<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name]
} & {
  [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<
    Fields[Name],
    undefined
  >
}
