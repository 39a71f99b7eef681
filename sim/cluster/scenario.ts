/** A named story: the world it happens in, and what happens, told to a cluster. */

import { SimRandom } from '../random.ts'
import type { Reseed } from '../simulation.ts'
import type { StreamBook } from '../stream-book.ts'
import { Cluster, type ClusterOptions, type Violation } from './cluster.ts'
import type { ClusterRun } from './cluster-run.ts'
import type { CryptoScheme } from './crypto.ts'
import type { GoalName } from './goals.ts'

export interface Scenario {
  /** Kebab-case; how it is named on the command line. */
  readonly name: string
  /** Who, what goes wrong, what must hold. One sentence. */
  readonly title: string
  /** Why it can only be told on the model of a network; absent if real network code can carry it as well. */
  readonly modelOnly?: string
  /** Whose chance it goes by, whatever the seed: a run that was found stays what it was. Its own, if it is absent. */
  readonly drawsAs?: Draws
  /** The world of one seed. The seed itself is for those who count something by it; whoever draws, draws from `random`. */
  readonly world: (random: SimRandom, seed: number) => ClusterOptions
  readonly story: (cluster: Cluster, random: SimRandom, seed: number) => void
}

/** A run, as far as chance goes. */
export interface Draws {
  readonly scenario: string
  readonly seed: number
  /** Later seeds, in ascending order of time. */
  readonly reseeds?: readonly Reseed[]
}

/** What one run came to. Everything but the time it took is the same on any machine. */
export interface RunOutcome {
  readonly scenario: string
  readonly seed: number
  readonly crypto: CryptoScheme['kind']
  /** `unknown`: what should happen in time did not, and in this world it could not. */
  readonly outcome: 'held' | 'violated' | 'unknown'
  readonly violation: Violation | undefined
  /** What did not happen in time, if that is nobody's fault. */
  readonly doubt: Violation | undefined
  readonly digest: string
  readonly virtualMs: number
  readonly events: number
  readonly messages: number
  /** Committed height of the node that is furthest. */
  readonly height: number
  readonly goals: readonly GoalName[]
}

export interface RunOptions extends Omit<ClusterRun, 'seed'> {
  /** Called before the story begins, to look at the cluster from outside. It must not act on it. */
  readonly onCluster?: (cluster: Cluster) => void
  /** Where it is noted which random streams are drawn from. */
  readonly book?: StreamBook
}

/** Tells a scenario with one seed. A plain call; the same arguments give the same outcome. */
export function runScenario(scenario: Scenario, seed: number, options: RunOptions): RunOutcome {
  const draws: Draws = scenario.drawsAs ?? { scenario: scenario.name, seed }
  const { book, reseeds = draws.reseeds ?? [] } = options
  const key = `${draws.scenario}/${draws.seed}`
  const random = book === undefined ? new SimRandom(key) : SimRandom.noted(key, book)
  const world = scenario.world(random.fork('world'), draws.seed)
  const cluster = new Cluster(world, { ...options, reseeds, seed: random })
  options.onCluster?.(cluster)
  scenario.story(cluster, random.fork('story'), draws.seed)
  cluster.end()
  const { simulation, violation, doubt } = cluster
  return {
    scenario: scenario.name,
    seed,
    crypto: options.crypto.kind,
    outcome: violation !== undefined ? 'violated' : doubt !== undefined ? 'unknown' : 'held',
    violation,
    doubt,
    digest: simulation.digest.hex(),
    virtualMs: simulation.nowMs,
    events: simulation.events,
    messages: simulation.network.counts.sent,
    height: Math.max(...cluster.correct.map((name) => cluster.heightOf(name))),
    goals: cluster.goals.reached,
  }
}
