/**
 * Runs inside a copy of the project with one bug planted: a scenario, seed after seed, until a property
 * breaks. Prints one line of JSON.
 */
import { scenarios } from '../../scenarios/catalogue.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { runScenario } from '../../sim/cluster/scenario.ts'

const [name = 'swarm', from = '1', count = '200'] = process.argv.slice(2)

function firstFailure(): object {
  const scenario = scenarios.find((each) => each.name === name)
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`)
  const last = Number(from) + Number(count)
  for (let seed = Number(from); seed < last; seed += 1) {
    const { violation } = runScenario(scenario, seed, { crypto: idealScheme() })
    if (violation !== undefined) return { seed, ...violation }
  }
  return {}
}

console.log(JSON.stringify(firstFailure()))
