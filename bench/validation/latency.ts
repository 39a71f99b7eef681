/**
 * How long an answer takes. Arguments: `kernel` or `pool`, the file of a chain, how many of its blocks, the blocks in
 * a question, the questions, the workers of the pool. Each question is one measurement, with 1 as its amount. They are
 * about one part of the chain after another.
 */
import { assert, present } from '../../src/base/assert.ts'
import type { RecordVerdict } from '../../src/kernel/environment.ts'
import { numberArgument, type Sample, timed, writeReport } from '../program.ts'
import { cutChain, readChain } from './chain.ts'
import { blockContenders } from './contenders.ts'
import { asksPool, openPool } from './open-pool.ts'

type Verdicts = readonly RecordVerdict[]

/** So long it is asked before anything is measured; less, if little is. */
const warmUpMsMax = 500
const warmUpMsEach = 20

const [name = '', file = ''] = process.argv.slice(2)
const [count = 0, size = 0, questions = 0, workers = 0] = [2, 3, 4, 5].map(numberArgument)
const chain = readChain(file, count)
const judge = await blockContenders['kernel-fma'].open()
const hashes = judge(chain.rules, chain.blocks).map(({ hash }) => hash)
const parts = cutChain(chain, hashes, size)
const pool = name === 'pool' ? await openPool(workers) : undefined
const asks = parts.map((part): (() => Verdicts | Promise<Verdicts>) =>
  pool === undefined ? () => judge(part.rules, part.blocks) : asksPool(pool, part, 'urgent'),
)

async function ask(i: number): Promise<Sample> {
  let verdicts: Verdicts = []
  const sample = await timed(async () => {
    verdicts = await present(asks[i % asks.length], 'a question')()
    return 1
  })
  assert(verdicts.length === size && verdicts.every(({ fault }) => !fault), 'no fault')
  return sample
}

const end = performance.now() + Math.min(warmUpMsMax, warmUpMsEach * questions)
for (let i = 0; performance.now() < end; i += 1) await ask(i)
const samples: Sample[] = []
for (let i = 0; i < questions; i += 1) samples.push(await ask(i))
await pool?.close()
writeReport({ samples, check: '' })
