/**
 * What the pool takes of memory once its workers have worked for a while. Arguments: which of it, the file of a chain, how
 * many of its blocks, the workers. The amount is bytes.
 *
 * `held` is what has a bound: the slots that all threads share, and the kernels, each of which is asked after it has worked.
 * `resident` is by how much the process has grown, with the heaps and the compiled code of its threads.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { present } from '../../src/base/assert.ts'
import { openKernelJudge } from '../../src/platform/validation/kernel-judge.ts'
import { sharedBytes } from '../../src/platform/validation/layout.ts'
import { numberArgument, timed, writeReport } from '../program.ts'
import { type Chain, readChain } from './chain.ts'
import { asksPool, openPool } from './open-pool.ts'

const runs = 2
/** Threads of the engine have finished what they do by then. */
const settleMs = 300

async function heldBytes({ rules, blocks }: Chain, workers: number): Promise<number> {
  const judge = present(await openKernelJudge('fma'), 'an engine for the kernel')
  judge.judge(rules, blocks)
  // The calling thread has one, too.
  return sharedBytes + (1 + workers) * judge.memoryBytes
}

async function grownBytes(chain: Chain, workers: number): Promise<number> {
  const before = await residentBytes()
  const pool = await openPool(workers)
  const ask = asksPool(pool, chain)
  for (let i = 0; i < runs; i += 1) await ask()
  const after = await residentBytes()
  await pool.close()
  return after - before
}

async function residentBytes(): Promise<number> {
  const collect = present(globalThis.gc, 'the flag --expose-gc')
  await sleep(settleMs)
  collect()
  return process.memoryUsage.rss()
}

const [kind = '', file = ''] = process.argv.slice(2)
const [count = 0, workers = 0] = [2, 3].map(numberArgument)
const measures: Readonly<Record<string, typeof heldBytes>> = {
  held: heldBytes,
  resident: grownBytes,
}
const measure = present(measures[kind], `memory that is ${kind}`)
const chain = readChain(file, count)
writeReport({ samples: [await timed(() => measure(chain, workers), 'process')], check: '' })
