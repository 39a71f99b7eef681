/**
 * Runs inside a copy of the project with one bug planted: the swarm, seed after seed, until a property
 * breaks. Prints one line of JSON.
 */
import { swarm } from '../../scenarios/swarm/swarm.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { runScenario } from '../../sim/cluster/scenario.ts'

const [from = '1', count = '200'] = process.argv.slice(2)

function firstFailure(): object {
  const last = Number(from) + Number(count)
  for (let seed = Number(from); seed < last; seed += 1) {
    const { violation } = runScenario(swarm, seed, { crypto: idealScheme() })
    if (violation !== undefined) return { seed, ...violation }
  }
  return {}
}

console.log(JSON.stringify(firstFailure()))
