/**
 * What did not hold, each once: runs that broke the same property while faults of the same kinds were in force are one
 * bug, whatever their scenarios and seeds. Its quickest run is the one to repeat: that of the fewest events.
 *
 * Two bugs that look alike are one here, and one that shows under different faults is several: this sorts, it does not
 * judge.
 */
import type { FaultName } from '../../../sim/cluster/fault/catalogue.ts'
import { type Job, jobOf, keyOf } from './job.ts'
import type { Outcome, RunReport } from './report.ts'

export interface Bug {
  readonly outcome: Exclude<Outcome, 'held'>
  /** Empty if nothing is known of what went wrong. */
  readonly property: string
  /** Kinds of fault that were in force, by name. */
  readonly inForce: readonly FaultName[]
  /** How many runs it broke. */
  readonly runs: number
  readonly quickest: RunReport
  /** Of the other runs the first by scenario and seed, in that order. */
  readonly others: readonly Job[]
}

/** Bugs that are told apart, at most. */
const bugsMax = 500
/** Other runs of a bug that are named. */
const othersMax = 50

/** The worst first: while there is any of the first, nothing else can be relied upon. */
const outcomes: readonly Outcome[] = ['nondeterministic', 'crashed', 'violated', 'unknown']

/** Sorts what did not hold into bugs, in memory that does not grow with the number of runs. */
export class Bugs {
  readonly #found = new Map<string, Growing>()

  /** Takes in a run that did not hold. Answers whether it is the quickest of its bug so far. */
  add(report: RunReport): boolean {
    const { outcome, failure, inForce = [] } = report
    if (outcome === 'held') return false
    const property = failure?.property ?? ''
    const key = JSON.stringify([outcome, property, inForce])
    const known = this.#found.get(key)
    if (known !== undefined) return known.add(report)
    if (this.#found.size >= bugsMax) return false
    this.#found.set(key, new Growing({ outcome, property, inForce }, report))
    return true
  }

  /** The worst first, and of these what broke most runs. It does not depend on the order of the runs. */
  get all(): readonly Bug[] {
    return [...this.#found.values()].map((bug) => bug.told()).toSorted(byWeight)
  }
}

class Growing {
  readonly #what: Pick<Bug, 'outcome' | 'property' | 'inForce'>
  #quickest: RunReport
  #others: readonly Job[] = []
  #runs = 1

  constructor(what: Pick<Bug, 'outcome' | 'property' | 'inForce'>, first: RunReport) {
    this.#what = what
    this.#quickest = first
  }

  add(report: RunReport): boolean {
    this.#runs += 1
    const isQuicker = byQuickness(report, this.#quickest) < 0
    const slower = isQuicker ? this.#quickest : report
    if (isQuicker) this.#quickest = report
    const last = this.#others[othersMax - 1]
    if (last === undefined || byPlace(slower, last) < 0) {
      this.#others = [...this.#others, jobOf(slower)].toSorted(byPlace).slice(0, othersMax)
    }
    return isQuicker
  }

  told(): Bug {
    return { ...this.#what, runs: this.#runs, quickest: this.#quickest, others: this.#others }
  }
}

/** Of two that are as quick the first by place. What left no events behind is not quick. */
function byQuickness(a: RunReport, b: RunReport): number {
  const eventsOf = ({ events }: RunReport): number => (events === 0 ? Number.MAX_VALUE : events)
  return eventsOf(a) - eventsOf(b) || byPlace(a, b)
}

function byPlace(a: Job, b: Job): number {
  return byText(a.scenario, b.scenario) || a.seed - b.seed || byText(keyOf(a), keyOf(b))
}

function byWeight(a: Bug, b: Bug): number {
  const rank = ({ outcome }: Bug): number => outcomes.indexOf(outcome)
  return (
    rank(a) - rank(b) ||
    b.runs - a.runs ||
    byText(a.property, b.property) ||
    byText(a.inForce.join(), b.inForce.join())
  )
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** Runs of all of them. */
export function runsOf(bugs: readonly Bug[]): number {
  return bugs.reduce((total, { runs }) => total + runs, 0)
}

/** What was in force, in words; undefined if nothing was. */
export function inForceText({ inForce }: Pick<Bug, 'inForce'>): string | undefined {
  return inForce.length === 0 ? undefined : `in force: ${inForce.join(', ')}`
}

/** What is told of a bug beside its quickest run: what was in force, and the other runs. */
export function linesBeside(bug: Bug): readonly string[] {
  return [inForceText(bug), othersText(bug)].filter((line) => line !== undefined)
}

/** The runs beside the quickest, in words; undefined if there are none. */
function othersText({ runs, others }: Bug): string | undefined {
  if (runs === 1) return undefined
  const seeds = new Map<string, number[]>()
  for (const { scenario, seed } of others) {
    seeds.set(scenario, [...(seeds.get(scenario) ?? []), seed])
  }
  const named = [...seeds].map(([scenario, list]) => `${scenario} ${list.join(', ')}`)
  const left = runs - 1 - others.length
  const more = left === 0 ? '' : `, and ${left} more`
  const count = `${runs - 1} more ${runs === 2 ? 'seed' : 'seeds'}`
  return `${count}: ${named.join('; ')}${more}`
}

/** Reports that did not hold with the quickest of each bug first. */
export function quickestFirst(
  bugs: readonly Bug[],
  failures: readonly RunReport[],
): readonly RunReport[] {
  const quickest = bugs.map((bug) => bug.quickest)
  const keys = new Set(quickest.map(keyOf))
  return [...quickest, ...failures.filter((report) => !keys.has(keyOf(report)))]
}
