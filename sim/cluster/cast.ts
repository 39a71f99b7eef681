/** Who there is in a cluster, and who of them keeps the rules: settled once, as it is asked for at every event. */

/** What says so. */
export interface CastOptions {
  readonly members: number
  readonly followers?: number
  /** Members that break the rules, and those whose keys are on two machines. */
  readonly liars?: ReadonlyMap<number, unknown>
  readonly twins?: readonly number[]
  /** Others that break the rules, by name. */
  readonly hostile?: ReadonlyMap<string, unknown>
}

export interface Cast {
  /** `n0`, `n1` … are members, `f0`, `f1` … follow, `t1` is the second machine of member 1. */
  readonly names: readonly string[]
  readonly members: readonly string[]
  /** Names of nodes that keep the rules, in the same order. */
  readonly correct: readonly string[]
  /** The same, to be looked up. */
  readonly isCorrect: ReadonlySet<string>
  /** Places in the committee of members that may sign anything. */
  readonly lyingMembers: ReadonlySet<number>
}

export function castOf(options: CastOptions): Cast {
  const { members, followers = 0, liars, twins = [], hostile } = options
  const numbered = (letter: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${letter}${index}`)
  const names = [
    ...numbered('n', members),
    ...numbered('f', followers),
    ...twins.map((member) => `t${member}`),
  ]
  const lyingMembers = new Set([...(liars?.keys() ?? []), ...twins])
  const correct = names.filter((name) => {
    const member = memberOf(name)
    return hostile?.has(name) !== true && (member === undefined || !lyingMembers.has(member))
  })
  return {
    names,
    members: names.slice(0, members),
    correct,
    isCorrect: new Set(correct),
    lyingMembers,
  }
}

/** The place in the committee that a machine of this name has the keys of. */
export function memberOf(name: string): number | undefined {
  return name.startsWith('n') || name.startsWith('t') ? Number(name.slice(1)) : undefined
}
