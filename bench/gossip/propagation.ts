/**
 * Members as processes of `alys node`, and blocks whose bodies are fetched: from the moment at which the author hands
 * its announcement to gossip until every other member has fetched, checked and executed the block; until all know it as
 * notarised; and until all have committed it. Arguments: the members, the blocks, the transfers in each.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { assert, present } from '../../src/base/assert.ts'
import { numberArgument, type Sample, writeReport } from '../program.ts'
import { inScene, type Scene } from '../sync/scene.ts'
import { delaysOf, type NodeLog, readEventLog } from './event-log.ts'
import {
  type BenchFederation,
  committedHeight,
  portsOf,
  sendTransfers,
  writeFederation,
} from './federation.ts'
import { type NodeProcess, startNodeProcess } from './node-process.ts'
import { amountSample, millisSample } from './timing.ts'

const slotMs = 2_000
const startMsMax = 60_000
/** The first blocks find connections and code that are still cold. */
const warmUpBlocks = 3
/** Transfers of the next blocks wait in the pools, so that no block waits for them. */
const blocksAhead = 2

const [members = 0, blocks = 0, transfers = 0] = [0, 1, 2].map(numberArgument)

async function propagate(scene: Scene): Promise<readonly Sample[]> {
  const federation = await writeFederation(scene, plan)
  const { nodes } = federation
  const processes = nodes.map(({ configFile }) => startNodeProcess(configFile))
  try {
    await running(federation, processes)
    const before = await Promise.all(processes.map((each) => each.read()))
    const beginMs = performance.now()
    await feed(federation)
    const after = await Promise.all(processes.map((each) => each.read()))
    const seconds = (performance.now() - beginMs) / 1_000
    const logs = nodes.map(({ eventsFile }) => readEventLog(eventsFile))
    const cpuMs = after.map((reading, i) => reading.cpuMs - (before[i]?.cpuMs ?? 0))
    const sent = after.map((reading, i) => reading.bytesSent - (before[i]?.bytesSent ?? 0))
    return [
      ...samplesOf(logs),
      ...cpuMs.map((ms) => amountSample('cpu of a member, %', ms / (10 * seconds))),
      ...sent.map((bytes) => amountSample('bytes sent a block', bytes / blocks)),
    ]
  } finally {
    await Promise.all(processes.map((each) => each.stop()))
  }
}

const plan = { members, slotMs, senders: transfers }

/** Waits until the chain has begun. */
async function running(
  { nodes }: BenchFederation,
  processes: readonly NodeProcess[],
): Promise<void> {
  const endMs = performance.now() + startMsMax
  for (const [i, { rpcUrl }] of nodes.entries()) {
    while ((await committedHeight(rpcUrl)) < 1) {
      const words = processes[i]?.lastWords() ?? ''
      assert(performance.now() < endMs, `a federation that begins to commit: ${words}`)
      await sleep(100)
    }
  }
}

/** Lets so many blocks be made with transfers in them, given to one member after another. */
async function feed(federation: BenchFederation): Promise<void> {
  const { nodes } = federation
  const rpcUrl = nodes[0]?.rpcUrl ?? ''
  const first = await committedHeight(rpcUrl)
  const count = warmUpBlocks + blocks
  for (let block = 1; block <= count; block += 1) {
    await sendTransfers(federation, block, nodes[block % members]?.rpcUrl ?? '')
    while ((await committedHeight(rpcUrl)) < first + block - blocksAhead) await sleep(20)
  }
  while ((await committedHeight(rpcUrl)) < first + count) await sleep(20)
  // The last one reaches the others, too.
  await sleep(slotMs / 2)
}

function samplesOf(logs: readonly NodeLog[]): readonly Sample[] {
  const proposals = logs.flatMap((log, author) => {
    return [...(log.get('block-proposed') ?? [])].map(([block, atMs]) => ({ block, atMs, author }))
  })
  const latest = proposals.toSorted((a, b) => a.atMs - b.atMs).slice(-blocks)
  return latest.flatMap(({ block, atMs, author }): readonly Sample[] => {
    const others = logs.filter((_, i) => i !== author)
    const spans = (event: string, of: readonly NodeLog[]): readonly number[] | undefined =>
      delaysOf(of, block, atMs, event)
    const heard = spans('block-checked', others)
    const had = spans('block-executed', others)
    const notarised = spans('block-notarised', logs)
    const committed = spans('block-committed', logs)
    if (heard === undefined || had === undefined) return []
    return [
      millisSample('announcement at all', present(heard.at(-1), 'another member')),
      ...had.map((ms) => millisSample('block at one', ms)),
      millisSample('block at all', present(had.at(-1), 'another member')),
      ...(notarised === undefined ? [] : [millisSample('notarised at all', notarised.at(-1) ?? 0)]),
      ...(committed === undefined ? [] : [millisSample('committed at all', committed.at(-1) ?? 0)]),
    ]
  })
}

const samples = await inScene(portsOf(plan), propagate)
writeReport({ samples, check: '' })
