/**
 * What a sweep has come to so far, in memory that does not grow with its length: figures of every run, and the runs
 * themselves as long as there is room. Of what did not hold, each scenario and property has room of its own, so that
 * a million runs that fail alike do not push out the one that fails otherwise.
 */
import { type Bug, Bugs } from './bugs.ts'
import type { Outcome, RunReport } from './report.ts'

/** Runs that held and are kept, the first of the sweep. */
const heldKeptMax = 10_000
/** Runs that did not hold and are kept, of one scenario and property. */
const alikeKeptMax = 50
/** Scenarios and properties that have room. There are some thousands of pairs; a few dozen would be a disaster. */
const kindsKeptMax = 500

/** Figures of some runs. */
export interface Figures {
  readonly ran: number
  readonly byOutcome: Readonly<Record<Outcome, number>>
  readonly virtualMs: number
  readonly wallMs: number
  readonly events: number
  /** How many runs reached each goal. */
  readonly goals: ReadonlyMap<string, number>
}

export class Tally {
  readonly #byScenario = new Map<string, Sums>()
  readonly #total = new Sums()
  readonly #kept: RunReport[] = []
  readonly #bugs = new Bugs()
  /** Kept runs by scenario and property, or of all that held. */
  readonly #room = new Map<string, number>()

  /** Takes a run in. Answers whether there was room for the run itself. */
  add(report: RunReport): boolean {
    this.of(report.scenario).add(report)
    this.#total.add(report)
    const isQuickest = this.#bugs.add(report)
    // The one to repeat is kept whatever there is: of each bug there are few that were quicker than all before.
    if (!this.#takeRoom(report) && !isQuickest) return false
    this.#kept.push(report)
    return true
  }

  /** Figures of one scenario, which go on changing. */
  of(scenario: string): Sums {
    let sums = this.#byScenario.get(scenario)
    if (sums === undefined) {
      sums = new Sums()
      this.#byScenario.set(scenario, sums)
    }
    return sums
  }

  get total(): Figures {
    return this.#total
  }

  /** The runs that there was room for, in their order. */
  get kept(): readonly RunReport[] {
    return this.#kept
  }

  /** What did not hold, each once. */
  get bugs(): readonly Bug[] {
    return this.#bugs.all
  }

  #takeRoom({ scenario, outcome, failure }: RunReport): boolean {
    const isHeld = outcome === 'held'
    const kind = isHeld ? 'held' : `${scenario} ${failure?.property ?? ''}`
    const taken = this.#room.get(kind) ?? 0
    if (taken === 0 && this.#room.size >= kindsKeptMax) return false
    if (taken >= (isHeld ? heldKeptMax : alikeKeptMax)) return false
    this.#room.set(kind, taken + 1)
    return true
  }
}

class Sums implements Figures {
  readonly byOutcome = { held: 0, violated: 0, unknown: 0, nondeterministic: 0, crashed: 0 }
  readonly goals = new Map<string, number>()
  ran = 0
  /** Whole microseconds, whose sum does not depend on the order of the runs. */
  #virtualUs = 0
  wallMs = 0
  events = 0

  add({ outcome, virtualMs, wallMs, events, goals }: RunReport): void {
    this.ran += 1
    this.byOutcome[outcome] += 1
    this.#virtualUs += Math.round(virtualMs * 1_000)
    this.wallMs += wallMs
    this.events += events
    for (const goal of goals) this.goals.set(goal, (this.goals.get(goal) ?? 0) + 1)
  }

  get virtualMs(): number {
    return this.#virtualUs / 1_000
  }
}
