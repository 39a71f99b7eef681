/**
 * What was asked for by all the sweeps whose results are merged, and which parts of them are missing. A seed that two
 * sweeps ask for is asked for once. Of runs of which nobody says what was asked for, all seeds between the first and the
 * last are.
 */
import type { Revision } from '../revision.ts'
import { type Manner, mannerFlags } from '../sim/job.ts'
import type { Skipped, SweepPlan } from '../sim/plan.ts'
import type { RunReport } from '../sim/report.ts'

/** Seeds from the first up to, and without, the last; it may have no end. */
interface Stretch {
  readonly from: number
  readonly to: number
}

interface Sweep {
  readonly plan: SweepPlan
  readonly shards: Set<number>
}

export class Coverage {
  readonly #sweeps = new Map<string, Sweep>()
  /** By scenario, and then by sources and manner. */
  readonly #stretches = new Map<string, Map<string, readonly Stretch[]>>()
  /** Of runs without a plan, by the same. */
  readonly #loose = new Map<string, Map<string, Stretch>>()
  readonly #skipped = new Map<string, Skipped>()

  addPlan(plan: SweepPlan, revision: Revision | undefined): void {
    const { shard, skipped, ...whole } = plan
    const sweep = at(this.#sweeps, JSON.stringify([revision, whole, shard.count]), () => ({
      plan,
      shards: new Set<number>(),
    }))
    sweep.shards.add(shard.index)
    for (const each of skipped) this.#skipped.set(each.scenario, each)
    const { firstSeed: from, seeds = Number.POSITIVE_INFINITY } = plan
    for (const scenario of plan.scenarios) {
      const way = wayOf(plan, revision)
      const stretches = at(this.#stretches, scenario, () => new Map<string, readonly Stretch[]>())
      stretches.set(way, united([...(stretches.get(way) ?? []), { from, to: from + seeds }]))
    }
  }

  addLoose(report: RunReport, revision: Revision | undefined): void {
    const { scenario, seed } = report
    const loose = at(this.#loose, scenario, () => new Map<string, Stretch>())
    const way = wayOf(report, revision)
    const { from, to } = loose.get(way) ?? { from: seed, to: seed + 1 }
    loose.set(way, { from: Math.min(from, seed), to: Math.max(to, seed + 1) })
  }

  /** Names, in the order of the plans. */
  get scenarios(): readonly string[] {
    return [...new Set([...this.#stretches.keys(), ...this.#loose.keys()])]
  }

  /** What no sweep could tell. */
  get skipped(): readonly Skipped[] {
    return [...this.#skipped.values()].filter(({ scenario }) => !this.#stretches.has(scenario))
  }

  /** Runs of a scenario that were asked for; undefined if there was no end. */
  asked(scenario: string): number | undefined {
    const planned = this.#stretches.get(scenario) ?? new Map<string, readonly Stretch[]>()
    const loose = this.#loose.get(scenario) ?? new Map<string, Stretch>()
    let total = 0
    for (const way of new Set([...planned.keys(), ...loose.keys()])) {
      const alone = loose.get(way)
      const all = united([...(planned.get(way) ?? []), ...(alone === undefined ? [] : [alone])])
      total += all.reduce((sum, { from, to }) => sum + to - from, 0)
    }
    return Number.isFinite(total) ? total : undefined
  }

  /** The shards that nobody has brought, in words. */
  get missing(): readonly string[] {
    return [...this.#sweeps.values()].flatMap(({ plan, shards }) => {
      const { count } = plan.shard
      const absent = Array.from({ length: count }, (_, index) => index + 1).filter(
        (index) => !shards.has(index),
      )
      if (absent.length === 0) return []
      const named = absent.slice(0, namedMax).map((index) => `${index}/${count}`)
      const more = absent.length > namedMax ? ` and ${absent.length - namedMax} more` : ''
      const word = absent.length === 1 ? 'shard' : 'shards'
      return [`${word} ${named.join(', ')}${more} of ${sweepText(plan)}`]
    })
  }
}

/** Missing shards that are named. */
const namedMax = 20

function at<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** Sources and manner: what runs of a scenario differ in beside their seeds. */
function wayOf(manner: Manner, revision: Revision | undefined): string {
  return JSON.stringify([revision, mannerFlags(manner)])
}

/** The same seeds in stretches that do not touch, in order. */
function united(stretches: readonly Stretch[]): readonly Stretch[] {
  const result: Stretch[] = []
  for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last !== undefined && from <= last.to) {
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) }
    } else result.push({ from, to })
  }
  return result
}

function sweepText({ scenarios, firstSeed, seeds }: SweepPlan): string {
  const what = scenarios.length === 1 ? scenarios[0] : `${scenarios.length} scenarios`
  return seeds === undefined
    ? `${what} from seed ${firstSeed}`
    : `${what}, seeds ${firstSeed} to ${firstSeed + seeds - 1}`
}
