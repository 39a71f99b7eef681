/** What a sweep came to: figures by scenario, goals that no seed reached, failures, and the exit code. */
import { goalNames } from '../../../sim/cluster/goals.ts'
import { formatDuration } from '../../base/duration.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import type { Bug } from './bugs.ts'
import { runsOf, type Skipped, type SweepPlan } from './plan.ts'
import type { RunReport } from './report.ts'
import type { Figures, Tally } from './tally.ts'

export interface ScenarioSummary {
  readonly scenario: string
  /** Runs that were asked for; undefined if there was no end. */
  readonly asked: number | undefined
  readonly ran: number
  readonly held: number
  /** Runs of any outcome but `held` and `unknown`. */
  readonly violated: number
  readonly unknown: number
  /** Of these, runs whose machinery failed, or that were caught being nondeterministic. */
  readonly broken: number
  readonly virtualMs: number
  /** Time of all runs together, on one core each. */
  readonly wallMs: number
  readonly events: number
  readonly goals: readonly string[]
  /** How many runs reached each. */
  readonly goalRuns: Readonly<Record<string, number>>
}

/** Why a sweep ended; `gaps`: it was put together of parts, and some are missing. */
export type SweepEnd = 'done' | 'bail' | 'time' | 'interrupted' | 'gaps'

export interface SweepSummary {
  readonly scenarios: readonly ScenarioSummary[]
  readonly total: ScenarioSummary
  /** What was asked for and cannot be told on this network. */
  readonly skipped: readonly Skipped[]
  readonly goals: readonly string[]
  /** Goals that no run reached. */
  readonly goalsMissed: readonly string[]
  /** How many of these had to be reached. */
  readonly goalsDue: number
  /** The runs themselves, as far as there was room to keep them. */
  readonly runs: readonly RunReport[]
  /** Of these, those that did not hold, or of which it is not known. */
  readonly failures: readonly RunReport[]
  /** What did not hold, each once, the worst first. */
  readonly bugs: readonly Bug[]
  readonly end: SweepEnd
  /** Time from the first run to the last. */
  readonly elapsedMs: number
  /** Names of scenarios that ran fewer seeds than they had to. */
  readonly short: readonly string[]
  readonly exit: ExitCode
}

export interface SweepOutcome {
  readonly plan: SweepPlan
  /** Runs of a scenario that were asked for, where that is not what the plan says. */
  readonly asked?: (scenario: string) => number | undefined
  readonly tally: Tally
  readonly end: SweepEnd
  readonly elapsedMs: number
  /** Runs that each scenario has to have; without it all that were asked for, or one. */
  readonly seedsMin: number | undefined
  /** A goal that no run reached leaves the sweep undecided. */
  readonly mustReachGoals?: boolean
}

export function summarise(outcome: SweepOutcome): SweepSummary {
  const { plan, tally, end, elapsedMs, seedsMin, mustReachGoals = false } = outcome
  const asked = outcome.asked ?? ((scenario: string) => runsOf(plan, scenario))
  const scenarios = plan.scenarios.map((scenario) =>
    summaryOf(scenario, asked(scenario), tally.of(scenario)),
  )
  const askedInAll = totalOf(scenarios.map((row) => row.asked))
  const total = summaryOf('all', askedInAll, tally.total)
  const failures = tally.kept.filter((report) => report.outcome !== 'held')
  const short = scenarios
    .filter((row) => row.ran < (seedsMin ?? row.asked ?? 1))
    .map((row) => row.scenario)
  const goalsMissed = goalNames.filter((name) => !total.goals.includes(name))
  const goalsDue = mustReachGoals ? goalsMissed.length : 0
  return {
    scenarios,
    total,
    skipped: plan.skipped,
    goals: goalNames,
    goalsMissed,
    goalsDue,
    runs: tally.kept,
    failures,
    bugs: tally.bugs,
    end,
    elapsedMs,
    short,
    exit: exitOf(tally.total, end, short.length + goalsDue),
  }
}

/** Runs that a plan asks for in all; undefined if there is no end. */
export function askedOf(plan: SweepPlan): number | undefined {
  return totalOf(plan.scenarios.map((scenario) => runsOf(plan, scenario)))
}

/** Undefined if one of them has no end. */
function totalOf(asked: readonly (number | undefined)[]): number | undefined {
  return asked.reduce<number | undefined>(
    (total, each) => (total === undefined || each === undefined ? undefined : total + each),
    0,
  )
}

/**
 * Nondeterminism comes first: while there is any, no other result can be relied upon. A sweep that found
 * a violation has an answer, however little of it ran. One that was interrupted has none.
 */
function exitOf({ ran, byOutcome }: Figures, end: SweepEnd, lacking: number): ExitCode {
  if (byOutcome.nondeterministic > 0) return exitCode.nondeterministic
  if (byOutcome.violated + byOutcome.crashed > 0) return exitCode.violated
  const isWhole = ran > 0 && lacking === 0 && end !== 'interrupted' && end !== 'gaps'
  return isWhole && byOutcome.unknown === 0 ? exitCode.held : exitCode.undecided
}

function summaryOf(scenario: string, asked: number | undefined, figures: Figures): ScenarioSummary {
  const { ran, byOutcome, virtualMs, wallMs, events } = figures
  return {
    scenario,
    asked,
    ran,
    held: byOutcome.held,
    violated: ran - byOutcome.held - byOutcome.unknown,
    unknown: byOutcome.unknown,
    broken: byOutcome.crashed + byOutcome.nondeterministic,
    virtualMs,
    wallMs,
    events,
    goals: goalNames.filter((name) => figures.goals.has(name)),
    goalRuns: Object.fromEntries(
      goalNames.flatMap((name) => {
        const runs = figures.goals.get(name)
        return runs === undefined ? [] : [[name, runs] as const]
      }),
    ),
  }
}

/** Virtual seconds in a second on one core; 0 if nothing ran. */
export function speedOf({ virtualMs, wallMs }: ScenarioSummary): number {
  return wallMs === 0 ? 0 : virtualMs / wallMs
}

/** In a sentence. */
export function verdictOf(summary: SweepSummary): string {
  const { total, end, short } = summary
  const because = {
    done: '',
    bail: ' (it bailed out)',
    time: ' (time is up)',
    interrupted: ' (interrupted)',
    gaps: ' (parts are missing)',
  }
  const time = formatDuration(summary.elapsedMs)
  const ran = `${total.ran} ${total.ran === 1 ? 'run' : 'runs'} in ${time}${because[end]}`
  if (total.ran === 0) return `${ran}: nothing ran`
  const unknown = total.unknown === 0 ? '' : `, of ${total.unknown} it is not known`
  if (total.violated > 0) return `${ran}: ${total.held} held, ${total.violated} did not${unknown}`
  if (total.unknown > 0) return `${ran}: ${total.held} held${unknown}`
  const goals = `${summary.goalsDue} ${summary.goalsDue === 1 ? 'goal was' : 'goals were'}`
  if (summary.goalsDue > 0) return `${ran}: all held, but ${goals} not reached`
  if (summary.exit === exitCode.undecided && (end !== 'interrupted' || short.length > 0)) {
    const where = short.length === 0 ? '' : `: ${short.join(', ')}`
    return `${ran}: all held, but too few ran${where}`
  }
  return `${ran}: all held`
}
