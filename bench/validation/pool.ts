/**
 * Validates blocks by the pool of the node. Arguments: the file of the chain, how many of its blocks, the workers, how many
 * measurements, their milliseconds. The amount is blocks; the time is that of all threads. The specification of sync calls
 * it `bench_parallel_validation`: 1,024 blocks or more are handed over in each iteration.
 */
import { assert } from '../../src/base/assert.ts'
import type { RecordVerdict } from '../../src/kernel/environment.ts'
import { numberArgument, writeReport } from '../program.ts'
import { readChain } from './chain.ts'
import { digestOfAccepted } from './digest.ts'
import { repeatLong } from './long-enough.ts'
import { asksPool, openPool } from './open-pool.ts'

/** Runs that are asked at once, so that the workers never wait for the next. */
const runs = 4

const file = process.argv[2] ?? ''
const [count = 0, workers = 0, measurements = 0, sampleMs = 0] = [1, 2, 3, 4].map(numberArgument)
const pool = await openPool(workers)
const ask = asksPool(pool, readChain(file, count))

let answers: readonly (readonly RecordVerdict[])[] = []
const report = await repeatLong(
  { measurements, sampleMs },
  {
    work: async () => {
      answers = await Promise.all(Array.from({ length: runs }, ask))
      return runs * count
    },
    check: () => digestOfAccepted(answers.flat()),
    clock: 'process',
  },
)
const { batchesAlone, workersReady } = pool.report()
assert(workersReady === workers && batchesAlone === 0, 'workers that do all of the work')
await pool.close()
writeReport(report)
