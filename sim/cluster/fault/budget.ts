/**
 * What faults use up of what the agreement bears. With n members and a quorum q = ceil(2n/3), any two quorums share
 * 2q − n members: nothing contradicts as long as fewer of them lie, and things go on as long as no more than n − q
 * are silent (`ARCHITECTURE.md`, "Agreement"). Members whose disks may have forgotten what they promised count as liars.
 *
 * Besides, some member that promised is left with what it stands on: q − (2q − n − 1) − (n − q) = 1.
 */
import { type Fault, ruleOf } from './catalogue.ts'

export interface Tolerance {
  readonly quorum: number
  /** Members that may lie or have forgotten. */
  readonly liarsMax: number
  /** Members that may be silent for good. */
  readonly silentMax: number
}

/** Counted here, and not asked of the code under test. */
export function toleranceOf(members: number): Tolerance {
  const quorum = Math.ceil((2 * members) / 3)
  return { quorum, liarsMax: 2 * quorum - members - 1, silentMax: members - quorum }
}

/** Who lives in a federation: its members, and those of them that lie from the beginning. */
export interface Federation {
  readonly members: readonly string[]
  readonly liars: readonly string[]
}

/** What a plan uses of the tolerance: members, each once. */
export interface Toll {
  /** They lie, or may have forgotten what they promised. */
  readonly harmed: readonly string[]
  /** They do not come back. */
  readonly lost: readonly string[]
}

/** Nodes without a vote use nothing. */
export function tollOf({ members, liars }: Federation, plan: readonly Fault[]): Toll {
  const harmed = plan.flatMap((fault) => ruleOf(fault.kind).harms?.(fault) ?? [])
  const lost = plan.flatMap((fault) => ruleOf(fault.kind).loses?.(fault) ?? [])
  const membersIn = (names: readonly string[]): readonly string[] =>
    members.filter((name) => names.includes(name))
  return { harmed: membersIn([...liars, ...harmed]), lost: membersIn(lost) }
}

/** What a plan is beyond: `safety`, then nothing is promised but that those who can know halt; or `liveness`. */
export type Beyond = 'safety' | 'liveness'

/** What of the tolerance a plan goes beyond; nothing, if every property must hold. */
export function beyondTolerance(federation: Federation, plan: readonly Fault[]): readonly Beyond[] {
  const { liarsMax, silentMax } = toleranceOf(federation.members.length)
  const { harmed, lost } = tollOf(federation, plan)
  const silent = new Set([...lost, ...federation.liars])
  return [
    ...(harmed.length > liarsMax ? (['safety'] as const) : []),
    ...(silent.size > silentMax ? (['liveness'] as const) : []),
  ]
}

/** Of some nodes, those that may forget when others have already: once harmed, a member costs nothing more. */
export function harmableIn(
  names: readonly string[],
  { members, liars }: Federation,
  harmed: readonly string[],
): readonly string[] {
  const { liarsMax } = toleranceOf(members.length)
  const counted = members.filter((name) => liars.includes(name) || harmed.includes(name))
  const honest = names.filter((name) => !liars.includes(name))
  if (counted.length < liarsMax) return honest
  return honest.filter((name) => harmed.includes(name) || !members.includes(name))
}
