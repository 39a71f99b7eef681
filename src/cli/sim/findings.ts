/** What exploring has come to so far: how much was seen after how many runs, and each violation once. */
import { keyOf } from './job.ts'
import type { Outcome, RunReport } from './report.ts'

/** A property that did not hold in a scenario: the first run that broke it, and how many did. */
export interface Finding {
  readonly first: RunReport
  /** How many runs were made by then, itself included. */
  readonly after: number
  readonly runs: number
}

/** After so many runs, so much had been seen. */
export interface Milestone {
  readonly runs: number
  readonly features: number
  readonly goals: number
}

/** Findings that are told apart, at most. */
const findingsMax = 500

export class Findings {
  readonly #found = new Map<string, Finding & { runs: number }>()
  readonly #goals = new Set<string>()
  readonly #milestones: Milestone[] = []
  readonly #kinds = { nondeterministic: 0, failed: 0, unknown: 0 }
  #runs = 0
  #last: Milestone = { runs: 0, features: 0, goals: 0 }

  /** Takes a run in, after which so many features were known. Answers whether it broke what none had. */
  add(report: RunReport, features: number): boolean {
    this.#runs += 1
    for (const goal of report.goals) this.#goals.add(goal)
    this.#last = { runs: this.#runs, features, goals: this.#goals.size }
    if (isRound(this.#runs)) this.#milestones.push(this.#last)
    const kind = kindOf(report.outcome)
    if (kind === 'held') return false
    this.#kinds[kind] += 1
    if (kind === 'unknown') return false
    const key = `${report.scenario} ${report.failure?.property ?? keyOf(report)}`
    const known = this.#found.get(key)
    if (known !== undefined) known.runs += 1
    else if (this.#found.size < findingsMax) {
      this.#found.set(key, { first: report, after: this.#runs, runs: 1 })
    }
    return known === undefined
  }

  get runs(): number {
    return this.#runs
  }

  /** Runs that were caught being nondeterministic. */
  get nondeterministic(): number {
    return this.#kinds.nondeterministic
  }

  /** Runs that broke a property, or whose machinery failed. */
  get failed(): number {
    return this.#kinds.failed
  }

  /** Runs of which it is not known whether all held. */
  get unknown(): number {
    return this.#kinds.unknown
  }

  get goals(): ReadonlySet<string> {
    return this.#goals
  }

  get found(): readonly Finding[] {
    return [...this.#found.values()]
  }

  /** At 1, 2, 5, 10, 20 … runs, and at the last one. */
  get milestones(): readonly Milestone[] {
    const isLast = this.#milestones.at(-1)?.runs === this.#runs
    return isLast || this.#runs === 0 ? this.#milestones : [...this.#milestones, this.#last]
  }
}

function kindOf(outcome: Outcome): Exclude<Outcome, 'violated' | 'crashed'> | 'failed' {
  return outcome === 'violated' || outcome === 'crashed' ? 'failed' : outcome
}

function isRound(runs: number): boolean {
  return /^[125]0*$/.test(String(runs))
}
