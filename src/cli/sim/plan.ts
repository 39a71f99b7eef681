/** What a sweep is to run: which scenarios, which seeds of each, and which of these fall to this shard. */
import { failed, ok, type Result } from '../../base/result.ts'
import type { Millis } from '../../base/units.ts'
import type { Shard } from '../argument.ts'
import { didYouMean } from '../nearest.ts'
import { type Job, type Manner, mannerOf, type NetworkKind } from './job.ts'

/** A scenario that was asked for and cannot be told on this network. */
export interface Skipped {
  readonly scenario: string
  readonly reason: string
}

export interface SweepPlan extends Manner {
  /** Names, in the order of the catalogue. */
  readonly scenarios: readonly string[]
  readonly skipped: readonly Skipped[]
  readonly firstSeed: number
  /** Seeds of each scenario; undefined for as many as there is time for. */
  readonly seeds: number | undefined
  readonly shard: Shard
}

/** What of `alys sim`'s flags decides what is run. */
export interface PlanFlags extends Manner {
  readonly seed: number
  readonly seeds?: number
  readonly timeBudget?: Millis
  readonly minSeeds?: number
  readonly shard: Shard
}

/** A scenario as far as a plan is concerned. */
interface Tellable {
  readonly name: string
  readonly modelOnly?: string
}

/**
 * The names that the patterns mean: the one that is equal to it; or, if none is, all that match it with
 * `*` for any text; or else all that contain it. No pattern means all. The fault names what there is.
 */
export function chooseScenarios(
  names: readonly string[],
  patterns: readonly string[],
): Result<readonly string[], string> {
  if (patterns.length === 0) return ok(names)
  const chosen = new Set<string>()
  for (const pattern of patterns) {
    const found = matches(names, pattern)
    if (found.length === 0) {
      const hint = didYouMean(pattern, names)
      return failed(`no scenario matches "${pattern}".${hint} There are: ${names.join(', ')}`)
    }
    for (const name of found) chosen.add(name)
  }
  return ok(names.filter((name) => chosen.has(name)))
}

function matches(names: readonly string[], pattern: string): readonly string[] {
  if (names.includes(pattern)) return [pattern]
  if (!pattern.includes('*')) return names.filter((name) => name.includes(pattern))
  const parts = pattern.split('*').map((part) => part.replace(/[^\w-]/g, '\\$&'))
  const expression = new RegExp(`^${parts.join('.*')}$`)
  return names.filter((name) => expression.test(name))
}

/**
 * The runs of this shard. The first seed of every scenario comes before the second of any, so that a
 * sweep that is cut short has seen something of everything.
 */
export function* jobsOf(plan: SweepPlan): Generator<Job, undefined> {
  const { scenarios, firstSeed, seeds = Number.MAX_SAFE_INTEGER - firstSeed + 1 } = plan
  const manner = mannerOf(plan)
  for (let round = 0; round < seeds; round += 1) {
    for (const [index, scenario] of scenarios.entries()) {
      if (!isInShard(plan.shard, index, round)) continue
      yield { scenario, seed: firstSeed + round, ...manner }
    }
  }
}

/** How many runs this shard has of a scenario; undefined if there is no end. */
export function runsOf(plan: SweepPlan, scenario: string): number | undefined {
  const { seeds, shard } = plan
  if (seeds === undefined) return undefined
  const { count } = shard
  // The rounds of a scenario in a shard are those with one remainder.
  const first = (((shard.index - 1 - plan.scenarios.indexOf(scenario)) % count) + count) % count
  return seeds <= first ? 0 : Math.floor((seeds - 1 - first) / count) + 1
}

/**
 * The sweep that flags ask for. Without a number of seeds it is one of each, or as many as there is time
 * for where time is given. The fault says which flags contradict one another.
 */
export function planSweep(asked: readonly Tellable[], flags: PlanFlags): Result<SweepPlan, string> {
  const { seed: firstSeed, timeBudget, minSeeds = 0, shard } = flags
  const { scenarios, skipped } = tellableOn(flags.network, asked)
  const seeds = flags.seeds ?? (timeBudget === undefined ? 1 : undefined)
  if ((seeds ?? 1) - 1 > Number.MAX_SAFE_INTEGER - firstSeed) {
    return failed(`--seed ${firstSeed} --seeds ${seeds ?? 1} goes beyond the last seed, 2^53 - 1`)
  }
  const plan = { scenarios, skipped, firstSeed, seeds, shard, ...mannerOf(flags) }
  const short = scenarios.find((scenario) => (runsOf(plan, scenario) ?? minSeeds) < minSeeds)
  if (short === undefined) return ok(plan)
  const has = `${short} is to run ${runsOf(plan, short)} seeds here`
  return failed(`--min-seeds ${minSeeds} cannot be reached: ${has}`)
}

/** Tells apart what can be told on a network, and what cannot and why. */
function tellableOn(
  network: NetworkKind,
  asked: readonly Tellable[],
): Pick<SweepPlan, 'scenarios' | 'skipped'> {
  const isSkipped = ({ modelOnly }: Tellable): boolean =>
    network !== 'model' && modelOnly !== undefined
  return {
    scenarios: asked.filter((scenario) => !isSkipped(scenario)).map(({ name }) => name),
    skipped: asked
      .filter(isSkipped)
      .map(({ name, modelOnly = '' }) => ({ scenario: name, reason: modelOnly })),
  }
}

/** Slantwise, so that each shard gets its part of each scenario as well as of each seed. */
function isInShard({ index, count }: Shard, scenario: number, round: number): boolean {
  return (scenario + round) % count === index - 1
}
