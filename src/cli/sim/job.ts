/** One run as it is asked for: all that it follows from, and how that is said on a command line. */
import type { FaultName } from '../../../sim/cluster/fault/catalogue.ts'
import type { FaultWishes } from '../../../sim/cluster/fault/nemesis.ts'
import type { Reseed } from '../../../sim/simulation.ts'

/** Whether signatures are real, or ideal: unforgeable by construction, and fast. */
export type Crypto = 'ideal' | 'real'

/** What carries the messages: a model of a network, or the production adapter on libp2p in virtual time. */
export type NetworkKind = 'model' | 'stack'

/** What runs have in common besides scenario and seed. What is absent is as the scenario has it. */
export interface Manner {
  readonly crypto: Crypto
  readonly network: NetworkKind
  /** Later seeds, in ascending order of time. */
  readonly reseeds?: readonly Reseed[] | undefined
  /** Only these kinds are drawn, where faults are; all, if it is absent. */
  readonly faults?: readonly FaultName[] | undefined
  /** Each kind in half of the worlds, or all in every world. */
  readonly mix?: FaultMix | undefined
}

/** How kinds of fault are dealt to worlds: `swarm`, as is usual, or `uniform`. */
export type FaultMix = NonNullable<FaultWishes['mix']>

/** A manner in which nothing is there that is usual. */
type Wished = { readonly [Name in keyof Manner]: Exclude<Manner[Name], undefined> }

/** One run. Equal jobs have equal outcomes. */
export interface Job extends Manner {
  readonly scenario: string
  readonly seed: number
}

/** Of anything that has a manner, only that, without what is empty. */
export function mannerOf({ crypto, network, reseeds = [], faults, mix }: Manner): Wished {
  return {
    crypto,
    network,
    ...(reseeds.length === 0 ? {} : { reseeds }),
    ...(faults === undefined ? {} : { faults }),
    ...(mix === undefined || mix === 'swarm' ? {} : { mix }),
  }
}

/** Of anything that is a job and more, only the job. */
export function jobOf(job: Job): Wished & Pick<Job, 'scenario' | 'seed'> {
  return { scenario: job.scenario, seed: job.seed, ...mannerOf(job) }
}

/** The words of a command line that have to be said beside scenario and seed. None of what is usual. */
export function mannerFlags({
  crypto,
  network,
  reseeds = [],
  faults,
  mix,
}: Manner): readonly string[] {
  return [
    ...(crypto === 'ideal' ? [] : ['--crypto', crypto]),
    ...(network === 'model' ? [] : ['--network', network]),
    ...(faults === undefined ? [] : ['--faults', faults.join(',')]),
    ...(mix === undefined || mix === 'swarm' ? [] : ['--mix', mix]),
    ...reseeds.flatMap((reseed) => ['--reseed', formatReseed(reseed)]),
  ]
}

/** Equal for equal jobs, and different for others. */
export function keyOf(job: Job): string {
  return [job.scenario, job.seed, ...mannerFlags(job)].join(' ')
}

/** The command that repeats a run. */
export function replayCommand(job: Job): string {
  return [`npx alys replay ${job.scenario} --seed ${job.seed}`, ...mannerFlags(job)].join(' ')
}

/** As `--reseed` takes it: seconds, to the microsecond. */
function formatReseed({ atMs, seed }: Reseed): string {
  return `${Math.round(atMs * 1_000) / 1_000_000}s:${seed}`
}
