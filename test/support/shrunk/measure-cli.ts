/** `npm run shrunk -- [--bugs 20] [--seeds 100] [--out file.md]`: how small failing runs of planted bugs get. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { mutants } from '../../mutants/catalogue.ts'
import { type Measured, measure, pageOf, someOf } from './measure.ts'

const { values } = parseArgs({
  options: {
    bugs: { type: 'string', default: '20' },
    seeds: { type: 'string', default: '100' },
    out: { type: 'string', default: '' },
  },
})

function countOf(name: 'bugs' | 'seeds'): number {
  const count = Number(values[name])
  if (Number.isInteger(count) && count >= 1) return count
  console.error(`--${name} ${values[name]}: expected a whole number from 1`)
  process.exit(4)
}

const command = `npm run shrunk -- ${process.argv.slice(2).join(' ')}`.trim()
const seedsMax = countOf('seeds')
const measured: Measured[] = []
for (const mutant of someOf(mutants, countOf('bugs'))) {
  const one = await measure(mutant, seedsMax)
  measured.push(one)
  console.log(mutant.name, JSON.stringify(one.result ?? 'no seed killed it'))
  // After each, so that what is there is not lost if it is ended.
  if (values.out !== '') writeFileSync(values.out, pageOf(measured, command))
}
if (values.out === '') console.log(pageOf(measured, command))
