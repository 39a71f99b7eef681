/** What is known of one run afterwards. Plain data: it crosses from worker to command as JSON. */
import type { Fault, FaultName } from '../../../sim/cluster/fault/catalogue.ts'
import type { Transfer } from '../../../sim/cluster/workload/senders.ts'
import type { WorldFacts } from '../../../sim/cluster/world-facts.ts'
import type { Sighting } from '../../../sim/explore/features.ts'
import type { Reseed } from '../../../sim/simulation.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import type { Revision } from '../revision.ts'
import type { Decisions } from './decisions.ts'
import { type Job, jobOf } from './job.ts'

/**
 * `unknown`: what should happen in time did not, but in this world it could not: neither held nor violated.
 * `crashed`: the simulation, a scenario or its process failed, rather than the chain in it.
 * `nondeterministic`: code called what differs from run to run, and was caught at it.
 */
export type Outcome = 'held' | 'violated' | 'unknown' | 'nondeterministic' | 'crashed'

export interface RunReport extends Job {
  readonly outcome: Outcome
  /** What did not hold, or is not known to; absent if all held. */
  readonly failure?: Failure
  /** The kinds of fault that were in force when it failed, by name; absent if none were. */
  readonly inForce?: readonly FaultName[]
  /** 16 hexadecimal digits over everything that happened; empty if the world never began. */
  readonly digest: string
  readonly virtualMs: number
  /** Time that it took. The one thing here that differs from machine to machine. */
  readonly wallMs: number
  readonly events: number
  readonly messages: number
  /** Committed height of the node that is furthest. */
  readonly height: number
  readonly goals: readonly string[]
  /** What the run has shown, if that was looked at. */
  readonly sightings?: readonly Sighting[]
  /** Of which sources it is, where reports of several are together. */
  readonly revision?: Revision
  /** The faults that have struck, at absolute virtual times. */
  readonly plan: readonly Fault[]
  /** Besides the plan; absent if the world never began, or if nobody wants it. */
  readonly parts?: RunParts
  /** What was noted when the run was repeated, for its bundle. */
  readonly recorded?: Recorded
}

/** What a run was made of. */
export interface RunParts {
  /** What was drawn of the world, and who was in it. */
  readonly world: WorldFacts & { readonly nodes: readonly string[] }
  /** What users sent. */
  readonly transfers: readonly Transfer[]
  /** When the sending ended, if that was seen. */
  readonly sendingEndMs?: number
}

/** A second look at a run. */
export interface Recorded {
  /** What gave the run back: world, faults and transfers; only its faults; or only its seed. */
  readonly by: 'recipe' | 'plan' | 'seed'
  readonly decisions: Decisions
}

export interface Failure {
  readonly property: string
  readonly detail: string
  /** Virtual time. */
  readonly atMs: number
}

/** The fields of a run in reports for machines, in this order. Absent is what was usual, or unknown. */
export interface RunRecord {
  /** Of these fields. It rises when one changes its meaning or goes; more may come without. */
  readonly version: 1
  /** Of the sources, if they are in a repository. */
  readonly commit?: string
  /** Whether the sources differed from the commit. */
  readonly isDirty?: boolean
  readonly scenario: string
  readonly seed: number
  readonly crypto: string
  readonly network: string
  readonly reseeds?: readonly Reseed[]
  readonly faults?: readonly FaultName[]
  readonly mix?: 'swarm' | 'uniform'
  readonly outcome: Outcome
  readonly property?: string
  readonly detail?: string
  readonly atMs?: number
  readonly inForce?: readonly FaultName[]
  readonly digest: string
  readonly virtualMs: number
  readonly wallMs: number
  readonly events: number
  readonly messages: number
  readonly goals: readonly string[]
}

export function recordOf(report: RunReport, revision: Revision | undefined): RunRecord {
  const { outcome, failure, inForce } = report
  const { digest, virtualMs, wallMs, events, messages, goals } = report
  const run = {
    digest,
    virtualMs,
    wallMs: Math.round(wallMs * 1_000) / 1_000,
    events,
    messages,
    goals,
  }
  const why = { ...failure, ...(inForce === undefined ? {} : { inForce }) }
  return { version: 1, ...(report.revision ?? revision), ...jobOf(report), outcome, ...why, ...run }
}

/** What the outcome of a single run is as an exit code. */
export function exitOfOutcome(outcome: string): ExitCode {
  if (outcome === 'held') return exitCode.held
  if (outcome === 'unknown') return exitCode.undecided
  return outcome === 'nondeterministic' ? exitCode.nondeterministic : exitCode.violated
}

/** A report of a run that left nothing behind. */
export function lostRun(job: Job, failure: Failure, wallMs: number): RunReport {
  const nothing = { digest: '', virtualMs: 0, events: 0, messages: 0, height: 0 }
  return { ...job, outcome: 'crashed', failure, ...nothing, wallMs, goals: [], plan: [] }
}
