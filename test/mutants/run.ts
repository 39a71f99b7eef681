/**
 * `npm run mutants`: plants each bug of the catalogue in turn, lets whoever it names hunt for it (the
 * swarm, a scenario, tests), and prints which property found it at which seed. Fails if one stays hidden,
 * or is found by a property that has nothing to do with it.
 */
import { mutants } from './catalogue.ts'
import { hunt } from './plant.ts'

const seeds = { from: 1, count: 200 }
const only = process.argv.slice(2)
const chosen = mutants.filter(({ name }) => only.length === 0 || only.includes(name))
let hidden = 0

for (const mutant of chosen) {
  const { property, seed, detail } = hunt(mutant, seeds)
  const isFound = property !== undefined && mutant.expected.includes(property)
  if (!isFound) hidden += 1
  const verdict = isFound ? 'found ' : property === undefined ? 'HIDDEN' : 'BY LUCK'
  console.log(`${verdict} ${mutant.name.padEnd(30)} ${property ?? '-'} at seed ${seed ?? '-'}`)
  console.log(`       ${mutant.bug}${detail === undefined ? '' : `: ${detail.slice(0, 120)}`}`)
}
console.log(`${chosen.length - hidden} of ${chosen.length} bugs found within ${seeds.count} seeds`)
process.exitCode = hidden === 0 ? 0 : 1
