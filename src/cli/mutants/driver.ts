/**
 * Runs inside a copy of the project with one bug planted: a scenario, seed after seed. Each line of its
 * output is what became of one seed. Whoever started it ends it when it has seen enough.
 */
import { writeSync } from 'node:fs'
import { scenarios } from '../../../scenarios/catalogue.ts'
import { idealScheme } from '../../../sim/cluster/ideal.ts'
import { runScenario, type Scenario } from '../../../sim/cluster/scenario.ts'
import type { Order, Said, SeedFinding } from './order.ts'

const standardOutput = 1

/** Without a buffer: who is ended in the middle has said all before. */
function say(said: Said): void {
  writeSync(standardOutput, `${JSON.stringify(said)}\n`)
}

function run(scenario: Scenario, seed: number): SeedFinding {
  const before = process.cpuUsage()
  const cpuMs = (): number => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  }
  try {
    const { violation } = runScenario(scenario, seed, { crypto: idealScheme() })
    if (violation === undefined) return { seed, cpuMs: cpuMs(), kind: 'held' }
    const { property, detail } = violation
    return { seed, cpuMs: cpuMs(), kind: 'violated', property, detail }
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { seed, cpuMs: cpuMs(), kind: 'crashed', detail }
  }
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order
const scenario = scenarios.find(({ name }) => name === order.scenario)
if (scenario === undefined) throw new Error(`there is no scenario ${order.scenario}`)
process.on('SIGINT', () => undefined)
say({ kind: 'ready' })
for (let seed = order.from; seed < order.from + order.count; seed += 1) say(run(scenario, seed))
