/**
 * Measures a node from within, without its knowledge: loaded before `alys node` by the flag `--import` of Node.js. What it
 * is to do stands in the environment, as JSON.
 *
 * The clock starts when the node answers calls for the first time. Of a node that syncs it stops when its committed
 * block, which is durable, is at the height asked for, as is known to within a look; then the node is told to stop. Of
 * one that serves it stops with the process.
 */
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { startMeter, watchSockets } from './meter.ts'
import { hookVariable } from './processes.ts'

const lookMs = 20
/** As often the profiler looks. It costs a few hundredths. */
const profileEveryMicros = 500

const orderSchema = z.object({
  rpcUrl: z.string(),
  peerPort: z.number(),
  height: z.number(),
  /** How it ends: at the height, or with the process. */
  until: z.enum(['height', 'exit']),
  /** Where the measurement is written. */
  file: z.string(),
  /** Where the profile of the main thread is written, if one is wanted. */
  profile: z.string().exactOptional(),
})

const headSchema = z.object({
  result: z.object({ committed: z.object({ height: z.number(), hash: z.string() }) }),
})

type Place = z.infer<typeof headSchema>['result']['committed']

const order = orderSchema.parse(JSON.parse(process.env[hookVariable] ?? ''))
watchSockets()
void measure()

async function measure(): Promise<void> {
  let committed: Place | undefined
  while (committed === undefined) {
    await sleep(lookMs)
    committed = await committedBlock()
  }
  const { peerPort, height, file, profile, until } = order
  const profiler = profile === undefined ? undefined : await startProfiler()
  const meter = startMeter(peerPort)
  const write = (hash: string): void => {
    writeFileSync(file, JSON.stringify(meter.read(height, hash)))
  }
  if (until === 'exit') {
    const { hash } = committed
    process.once('exit', () => write(hash))
    return
  }
  while (committed === undefined || committed.height < height) {
    await sleep(lookMs)
    committed = await committedBlock()
  }
  write(committed.hash)
  if (profiler !== undefined && profile !== undefined) {
    const { profile: samples } = await profiler.post('Profiler.stop')
    writeFileSync(profile, JSON.stringify(samples))
  }
  process.kill(process.pid, 'SIGTERM')
}

async function startProfiler(): Promise<Session> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: profileEveryMicros })
  await session.post('Profiler.start')
  return session
}

/** Undefined before the node has started. */
async function committedBlock(): Promise<Place | undefined> {
  try {
    const response = await fetch(order.rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'alys_getHead', params: [] }),
    })
    const read = headSchema.safeParse(await response.json())
    return read.success ? read.data.result.committed : undefined
  } catch {
    return undefined
  }
}
