/**
 * Runs inside a copy of the project with a bug, and perhaps an edit beside it: looks for runs that fail, or runs such ones
 * again. Each line of its output is one thing found.
 */
import { readFileSync, writeSync } from 'node:fs'
import { scenarios } from '../../../scenarios/catalogue.ts'
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import { idealScheme } from '../../../sim/cluster/ideal.ts'
import { type Recipe, scenarioOf } from '../../../sim/cluster/recipe.ts'
import { runScenario } from '../../../sim/cluster/scenario.ts'
import { factsOf } from '../../../sim/cluster/world-facts.ts'
import { type FoundSeed, orderFile, type StabilityOrder } from './order.ts'

const standardOutput = 1

function say(found: object): void {
  writeSync(standardOutput, `${JSON.stringify(found)}\n`)
}

interface Found {
  readonly property: string | undefined
  readonly digest: string
  readonly cluster: Cluster | undefined
}

function run(seed: number, recipe?: Recipe): Found {
  const origin = scenarios.find(({ name }) => name === order.scenario)
  if (origin === undefined) throw new Error(`there is no scenario ${order.scenario}`)
  const scenario = recipe === undefined ? origin : scenarioOf(recipe, origin)
  let cluster: Cluster | undefined
  const onCluster = (begun: Cluster): void => {
    cluster = begun
  }
  try {
    const { violation, digest } = runScenario(scenario, seed, { crypto: idealScheme(), onCluster })
    return { property: violation?.property, digest, cluster }
  } catch {
    return { property: 'no-crash', digest: '', cluster }
  }
}

/** What a bundle has. */
function recipeFrom(seed: number, { options, plan, senders }: Cluster): Recipe {
  const { sent: transfers, endMs } = senders
  const end = endMs === undefined ? {} : { sendingEndMs: endMs }
  const drawsAs = { scenario: order.scenario, seed }
  return { drawsAs, world: factsOf(options), plan, transfers, ...end, story: 'own' }
}

const order = JSON.parse(readFileSync(orderFile, 'utf8')) as StabilityOrder
if (order.kind === 'find') {
  let found = 0
  for (
    let seed = order.from;
    seed < order.from + order.seedsMax && found < order.wanted;
    seed += 1
  ) {
    const { property, digest, cluster } = run(seed)
    const isWanted = property !== undefined && order.expected.includes(property)
    if (!isWanted || cluster === undefined) {
      say({ seed })
      continue
    }
    found += 1
    const stored = { seed, property, digest, recipe: recipeFrom(seed, cluster) }
    say({ seed, stored } satisfies FoundSeed)
  }
} else {
  for (const { seed, recipe } of order.runs) {
    const [bySeed, byBundle] = [run(seed), run(seed, recipe)]
    const told = ({ property = '', digest }: Found): object => ({ property, digest })
    say({ seed, bySeed: told(bySeed), byBundle: told(byBundle) })
  }
}
