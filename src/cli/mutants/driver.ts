/**
 * Runs inside a copy of the project with one bug planted: a scenario, seed after seed. Each line of its
 * output is what became of one seed. Whoever started it ends it when it has seen enough.
 */
import { writeSync } from 'node:fs'
import { scenarios } from '../../../scenarios/catalogue.ts'
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import type { Fault } from '../../../sim/cluster/fault/catalogue.ts'
import { idealScheme } from '../../../sim/cluster/ideal.ts'
import { type RunOutcome, runScenario, type Scenario } from '../../../sim/cluster/scenario.ts'
import { fewest, searchInTurn } from '../../../sim/fewest.ts'
import type { Order, Recipe, Said, SeedFinding, ShrinkOrder } from './order.ts'

const standardOutput = 1

/** Without a buffer: who is ended in the middle has said all before. */
function say(said: Said): void {
  writeSync(standardOutput, `${JSON.stringify(said)}\n`)
}

function run(scenario: Scenario, seed: number, { mix }: Order): SeedFinding {
  const before = process.cpuUsage()
  const cpuMs = (): number => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  }
  try {
    const wishes = mix === undefined ? {} : { mix }
    const { violation } = runScenario(scenario, seed, { crypto: idealScheme(), ...wishes })
    if (violation === undefined) return { seed, cpuMs: cpuMs(), kind: 'held' }
    const { property, detail } = violation
    return { seed, cpuMs: cpuMs(), kind: 'violated', property, detail }
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { seed, cpuMs: cpuMs(), kind: 'crashed', detail }
  }
}

/** The fewest faults of the plan of this seed that break the property still. Undefined if they do not. */
function recipeOf(scenario: Scenario, seed: number, order: ShrinkOrder): Recipe | undefined {
  const { property, runsMax } = order
  let cluster: Cluster | undefined
  const onCluster = (begun: Cluster): void => {
    cluster = begun
  }
  const isBroken = ({ violation }: RunOutcome): boolean => violation?.property === property
  const crypto = idealScheme()
  if (!isBroken(runScenario(scenario, seed, { crypto, onCluster }))) return undefined
  const plan = cluster?.plan ?? []
  const holds = (left: readonly Fault[]): boolean =>
    isBroken(runScenario(scenario, seed, { crypto: idealScheme(), plan: left }))
  const { best = plan, tries, isOver } = searchInTurn(fewest(plan), holds, runsMax)
  const faults = best.toSorted((a, b) => a.atMs - b.atMs).map(({ kind }) => kind)
  return { seed, planned: plan.length, faults, runs: tries, isMinimal: isOver }
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order
const scenario = scenarios.find(({ name }) => name === order.scenario)
if (scenario === undefined) throw new Error(`there is no scenario ${order.scenario}`)
process.on('SIGINT', () => undefined)
say({ kind: 'ready' })
if (order.shrink !== undefined) {
  say({ kind: 'recipe', recipe: recipeOf(scenario, order.from, order.shrink) })
} else {
  for (let seed = order.from; seed < order.from + order.count; seed += 1) {
    say(run(scenario, seed, order))
  }
}
