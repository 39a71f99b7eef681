/**
 * Runs inside a copy of the project with a bug, and perhaps an edit beside it: looks for runs that fail, or runs such ones
 * again. Each line of its output is one thing found.
 */
import { readFileSync, writeSync } from 'node:fs'
import { scenarios } from '../../../scenarios/catalogue.ts'
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import type { Fault } from '../../../sim/cluster/fault/catalogue.ts'
import { idealScheme } from '../../../sim/cluster/ideal.ts'
import { runScenario } from '../../../sim/cluster/scenario.ts'
import { orderFile, type StabilityOrder, type StoredRun } from './order.ts'

const standardOutput = 1

function say(found: object): void {
  writeSync(standardOutput, `${JSON.stringify(found)}\n`)
}

interface Found {
  readonly property: string | undefined
  readonly digest: string
  readonly plan: readonly Fault[]
}

function run(seed: number, plan?: readonly Fault[]): Found {
  const scenario = scenarios.find(({ name }) => name === order.scenario)
  if (scenario === undefined) throw new Error(`there is no scenario ${order.scenario}`)
  let cluster: Cluster | undefined
  const onCluster = (begun: Cluster): void => {
    cluster = begun
  }
  const wishes = plan === undefined ? {} : { plan }
  try {
    const found = runScenario(scenario, seed, { crypto: idealScheme(), onCluster, ...wishes })
    const { violation, digest } = found
    return { property: violation?.property, digest, plan: cluster?.plan ?? [] }
  } catch {
    return { property: 'no-crash', digest: '', plan: [] }
  }
}

const order = JSON.parse(readFileSync(orderFile, 'utf8')) as StabilityOrder
if (order.kind === 'find') {
  let found = 0
  for (
    let seed = order.from;
    seed < order.from + order.seedsMax && found < order.wanted;
    seed += 1
  ) {
    const { property, digest, plan } = run(seed)
    const isWanted = property !== undefined && order.expected.includes(property)
    if (isWanted) found += 1
    say(
      isWanted ? { seed, stored: { seed, property, digest, plan } satisfies StoredRun } : { seed },
    )
  }
} else {
  for (const { seed, plan } of order.runs) {
    const [bySeed, byPlan] = [run(seed), run(seed, plan)]
    const told = ({ property = '', digest }: Found): object => ({ property, digest })
    say({ seed, bySeed: told(bySeed), byPlan: told(byPlan) })
  }
}
