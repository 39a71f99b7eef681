/**
 * What a run is made of, as plain data: the world, the faults, what users send, the steps of the story, and whose chance
 * it goes by. A run leaves its recipe behind; the recipe makes a scenario again, which can be made smaller.
 */
import type { Millis } from '../../src/base/units.ts'
import type { Cluster } from './cluster.ts'
import type { Fault } from './fault/catalogue.ts'
import { sourcesOf } from './fault/nemesis.ts'
import type { Draws, Scenario } from './scenario.ts'
import { follow, type Step } from './script.ts'
import { listed, type Transfer } from './workload/senders.ts'
import { factsOf, optionsOf, type WorldFacts } from './world-facts.ts'

export interface Recipe {
  readonly drawsAs: Draws
  readonly world: WorldFacts
  /** At absolute virtual times. */
  readonly plan: readonly Fault[]
  readonly transfers: readonly Transfer[]
  /** When the sending ended by itself, where the story is its own: to the last bit that is an event. */
  readonly sendingEndMs?: Millis
  /** `own`: the code of the scenario. */
  readonly story: readonly Step[] | 'own'
  /** When whoever looks for a violation has seen enough; of a story of steps these say it. */
  readonly untilMs?: Millis
}

/** The recipe of a run that is over, with the story as steps. */
export function recipeOf(cluster: Cluster, drawsAs: Draws): Recipe {
  return {
    drawsAs,
    world: factsOf(cluster.options),
    plan: cluster.plan,
    transfers: cluster.senders.sent,
    story: cluster.script.steps,
  }
}

/** The scenario that a recipe of a run of `origin` tells: the same with every seed. */
export function scenarioOf({ drawsAs, world, ...recipe }: Recipe, origin: Scenario): Scenario {
  const { plan, transfers, sendingEndMs, story } = recipe
  return {
    ...origin,
    drawsAs,
    world: (random, seed) =>
      optionsOf(world, world.own.length === 0 ? undefined : origin.world(random, seed)),
    story: (net, random, seed) => {
      if (story === 'own') {
        net.senders.settle(transfers, sendingEndMs)
        net.nemesis.settle(plan)
        return origin.story(net, random, seed)
      }
      net.senders.follow(() => listed(net, transfers))
      net.nemesis.follow(() => sourcesOf(plan))
      follow(net, story)
    },
  }
}
