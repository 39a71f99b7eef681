/**
 * Faults drawn from a seed. Each kind is left out of a world altogether half of the time (swarm testing, Groce et
 * al., ISSTA 2012), so that what needs one kind alone is not drowned by the others. Or every kind is in every
 * world, half as often: the same number of faults, for comparison.
 */
import type { Millis } from '../../../src/base/units.ts'
import type { SimRandom } from '../../random.ts'
import type { Cluster } from '../cluster.ts'
import { harmableIn, tollOf } from './budget.ts'
import { type Fault, type FaultName, faultCatalogue, ruleOf } from './catalogue.ts'
import type { Realm } from './fault.ts'
import type { FaultSource, FaultWishes } from './nemesis.ts'

export interface SwarmOptions {
  readonly names: readonly string[]
  /** From now on. */
  readonly forMs: Millis
}

/**
 * Lets faults happen for a while: those of the plan that was wished for, else such as are drawn as they come, never
 * beyond what the protocol bears.
 */
export function unleash(cluster: Cluster, random: SimRandom, options: SwarmOptions): void {
  const { nemesis, nowMs: fromMs, members, correct } = cluster
  const liars = members.filter((name) => !correct.includes(name))
  const federation = { members, liars }
  const harmable = (others: readonly string[]): readonly string[] => {
    const { harmed } = tollOf(federation, nemesis.plan)
    return harmableIn(options.names, federation, [...harmed, ...others])
  }
  nemesis.follow(() => drawSources(random, nemesis.wishes, { ...options, fromMs, harmable }))
}

/**
 * If half of so many kinds are about, each every 12 s, something happens every two seconds: enough to meet, and few
 * enough to come to something in between. If there are more of them, each comes less often.
 */
const kindsUsual = 13

interface Stretch extends SwarmOptions, Realm {
  readonly fromMs: Millis
}

/** A source of each kind that this world has. */
export function drawSources(
  random: SimRandom,
  { faults, mix = 'swarm' }: FaultWishes,
  stretch: Stretch,
): readonly FaultSource[] {
  const wished = faultCatalogue
    .map(({ kind }) => kind)
    .filter((kind) => faults === undefined || faults.includes(kind))
    .filter((kind) => ruleOf(kind).harms === undefined || stretch.harmable([]).length > 0)
  const rarity = Math.max(1, wished.length / kindsUsual) * (mix === 'uniform' ? 2 : 1)
  return wished
    .filter((kind) => mix === 'uniform' || random.fork(`has ${kind}`).chance(1, 2))
    .map((kind) => new DrawnFaults(random.fork(kind), kind, rarity, stretch))
}

/** Faults of one kind, at random times, each drawn when it strikes. */
class DrawnFaults implements FaultSource {
  readonly #random: SimRandom
  readonly #kind: FaultName
  readonly #stretch: Stretch
  readonly #everyMs: Millis
  #nextMs: Millis

  constructor(random: SimRandom, kind: FaultName, rarity: number, stretch: Stretch) {
    this.#random = random
    this.#kind = kind
    this.#stretch = stretch
    this.#everyMs = Math.round(rarity * (2_000 + random.below(20_000)))
    this.#nextMs = stretch.fromMs + random.below(this.#everyMs)
  }

  get nextMs(): Millis | undefined {
    const { fromMs, forMs } = this.#stretch
    return this.#nextMs < fromMs + forMs ? this.#nextMs : undefined
  }

  take(): Fault {
    const atMs = this.#nextMs
    const facts = ruleOf(this.#kind).draw(this.#random, this.#stretch)
    this.#nextMs += 1 + this.#random.below(2 * this.#everyMs)
    // The facts are those of the kind, which the compiler has lost sight of.
    return { ...facts, kind: this.#kind, atMs } as Fault
  }
}
