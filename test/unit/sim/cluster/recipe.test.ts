import { describe, expect, test } from 'vitest'
import { quorumLost } from '../../../../scenarios/beyond/quorum-lost.ts'
import { doubleVoterScenario } from '../../../../scenarios/byzantine/double-voter.ts'
import { calm } from '../../../../scenarios/consensus/calm.ts'
import { partitionThenHeal } from '../../../../scenarios/network/partition-then-heal.ts'
import { swarm } from '../../../../scenarios/swarm/swarm.ts'
import type { Cluster } from '../../../../sim/cluster/cluster.ts'
import { idealScheme } from '../../../../sim/cluster/ideal.ts'
import { type Recipe, recipeOf, scenarioOf } from '../../../../sim/cluster/recipe.ts'
import { type RunOutcome, runScenario, type Scenario } from '../../../../sim/cluster/scenario.ts'
import {
  byName,
  factsOf,
  hostileNodes,
  lyingMembers,
  optionsOf,
} from '../../../../sim/cluster/world-facts.ts'
import { localLink } from '../../../../sim/link.ts'
import { present } from '../../../../src/base/assert.ts'
import type { Environment } from '../../../../src/kernel/environment.ts'

function told(scenario: Scenario, seed: number): RunOutcome & { readonly cluster: Cluster } {
  let cluster: Cluster | undefined
  const outcome = runScenario(scenario, seed, {
    crypto: idealScheme(),
    onCluster: (begun) => {
      cluster = begun
    },
  })
  return { ...outcome, cluster: present(cluster, 'a cluster') }
}

/** Through JSON, as it goes to workers and files. */
function recipeFrom(scenario: Scenario, seed: number): Recipe {
  const { cluster } = told(scenario, seed)
  return JSON.parse(JSON.stringify(recipeOf(cluster, { scenario: scenario.name, seed })))
}

describe('a recipe', () => {
  test('of faults and steps alone is the run to the last bit, with any seed', () => {
    const recipe = recipeFrom(quorumLost, 3)
    expect(recipe.plan).toHaveLength(2)
    expect(told(scenarioOf(recipe, quorumLost), 17).digest).toBe(told(quorumLost, 3).digest)
  })

  test('with transfers is the run but for the end of the sending', () => {
    const recipe = recipeFrom(swarm, 5)
    const [first, again] = [told(swarm, 5), told(scenarioOf(recipe, swarm), 1)]
    expect(again.events).toBe(first.events - 1)
    expect([again.height, again.messages, again.goals]).toEqual([
      first.height,
      first.messages,
      first.goals,
    ])
    expect(recipeOf(again.cluster, recipe.drawsAs)).toEqual(recipe)
  })

  test('leaves out what is not a step, which the code of the story has', () => {
    const recipe = recipeFrom(partitionThenHeal, 5)
    const own = { ...recipe, story: 'own' } as const
    const { digest } = told(partitionThenHeal, 5)
    expect(told(scenarioOf(recipe, partitionThenHeal), 1).digest).not.toBe(digest)
    expect(told(scenarioOf(own, partitionThenHeal), 1).digest).toBe(digest)
  })

  test('goes before what the code of the story would draw', () => {
    const recipe = { ...recipeFrom(swarm, 5), plan: [], transfers: [], story: 'own' } as const
    const { cluster } = told(scenarioOf(recipe, swarm), 1)
    expect(cluster.plan).toEqual([])
    expect(cluster.senders.sent).toEqual([])
  })
})

describe('facts of a world', () => {
  test('are plain, and make the same world again', () => {
    const world = {
      members: 4,
      link: localLink,
      clockOffsetMs: (name: string) => (name === 'n2' ? -40 : 0),
      neighbours: (_: string, others: readonly string[]) => others.slice(1),
    }
    const facts = factsOf(world)
    expect(facts).toEqual({
      members: 4,
      link: localLink,
      clockOffsetMs: { n2: -40 },
      neighbours: {
        n0: ['n2', 'n3'],
        n1: ['n2', 'n3'],
        n2: ['n1', 'n3'],
        n3: ['n1', 'n2'],
      },
      own: [],
    })
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts)
    expect(factsOf(optionsOf(facts, undefined))).toEqual(facts)
  })

  test('name adversaries by the catalogue, and leave others with the scenario', () => {
    const { cluster } = told(doubleVoterScenario, 1)
    const facts = factsOf(cluster.options)
    expect(facts.liars).toBeDefined()
    expect(factsOf(optionsOf(facts, undefined))).toEqual(facts)
    const odd = { ...cluster.options, liars: new Map([[0, () => (seen: Environment) => seen]]) }
    expect(factsOf(odd)).toMatchObject({ own: ['liars'] })
    expect(optionsOf(factsOf(odd), odd).liars).toBe(odd.liars)
  })
})

test('facts are written by the names of nodes', () => {
  const offset = byName({ n2: -40 }, 0)
  expect([offset('n2'), offset('n1'), offset('toString')]).toEqual([-40, 0, 0])
  const options = {
    members: 4,
    followers: 1,
    link: localLink,
    liars: lyingMembers({ n3: 'mutator' }),
    hostile: hostileNodes({ f0: 'bomber' }),
  }
  expect(factsOf(options)).toMatchObject({ liars: { n3: 'mutator' }, hostile: { f0: 'bomber' } })
})

test('steps that come after the end of a run are none', () => {
  const { cluster } = told(calm, 1)
  cluster.violate('something', 'broken')
  const steps = cluster.script.steps.length
  cluster.run(1_000)
  cluster.crash('n0')
  expect(cluster.script.steps).toHaveLength(steps)
})
