/**
 * Validates blocks by kernels that have nothing to do with each other, each on a thread and with blocks of its own: what
 * the cores of this machine are worth together. Arguments: the file of the chain, how many of its blocks, the threads, how
 * many measurements, their milliseconds. The amount is blocks; the time is that of all threads.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { present } from '../../src/base/assert.ts'
import { openJudge } from '../../src/platform/validation/open-judge.ts'
import { numberArgument, writeReport } from '../program.ts'
import { readChain } from './chain.ts'
import { digestOfAccepted } from './digest.ts'
import { repeatLong } from './long-enough.ts'

/** Passes over the chain at one word of the thread that asks, which so has next to nothing to do. */
const passes = 4

interface Birth {
  readonly file: string
  readonly count: number
}

/** One of the threads: warm when it has said its first word, and then done when it says the next. */
async function validate({ file, count }: Birth): Promise<void> {
  const port = present(parentPort ?? undefined, 'a thread that asks')
  const { rules, blocks } = readChain(file, count)
  const judge = await openJudge()
  port.on('message', () => {
    let digest = ''
    for (let i = 0; i < passes; i += 1) digest = digestOfAccepted(judge.judge(rules, blocks))
    port.postMessage(digest)
  })
  port.postMessage('ready')
}

/** The next word of a thread. */
function wordOf(thread: Worker): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  thread.once('message', resolve)
  thread.once('error', reject)
  return promise
}

async function measure(): Promise<void> {
  const file = process.argv[2] ?? ''
  const [count = 0, threads = 0, measurements = 0, sampleMs = 0] = [1, 2, 3, 4].map(numberArgument)
  const birth: Birth = { file, count }
  const all = Array.from(
    { length: threads },
    () => new Worker(new URL(import.meta.url), { workerData: birth }),
  )
  await Promise.all(all.map(wordOf))
  let digests: readonly string[] = []
  const report = await repeatLong(
    { measurements, sampleMs },
    {
      work: async () => {
        const words = all.map(wordOf)
        for (const thread of all) thread.postMessage('go')
        digests = await Promise.all(words)
        return threads * passes * count
      },
      check: () => [...new Set(digests)].join(),
      clock: 'process',
    },
  )
  await Promise.all(all.map((thread) => thread.terminate()))
  writeReport(report)
}

if (isMainThread) await measure()
else await validate(workerData as Birth)
