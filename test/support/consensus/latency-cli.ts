/**
 * Prints what the voting rules cost in latency, and how soon they resume, next to the model they were
 * chosen by. Delays are 50 to 300 ms one way, slots 2 s.
 *
 *   npm run latency -- [--seeds 5] [--slots 400]
 */
import { parseArgs } from 'node:util'
import { latencyCases, measureCase } from './latency-cases.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    slots: { type: 'string', default: '400' },
  },
})

for (const each of latencyCases) {
  const found = measureCase(each, Number(values.seeds), Number(values.slots))
  process.stdout.write(`${JSON.stringify({ name: each.name, ...found, model: each.model })}\n`)
  if (found.faults > 0) process.exitCode = 1
}
