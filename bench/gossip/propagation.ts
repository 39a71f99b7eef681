/**
 * Members as processes of `alys node`, and blocks whose bodies are fetched: from the moment at which the author hands
 * its announcement to gossip until every other member has fetched, checked and executed the block; until all know it as
 * notarised; and until all have committed it. Arguments: the members, the blocks, the transfers in each.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { assert, present } from '../../src/base/assert.ts'
import { transactionBytes } from '../../src/protocol/execution/transaction.ts'
import { gossipBytesMax } from '../../src/protocol/wire/gossip.ts'
import { numberArgument, type Sample, writeReport } from '../program.ts'
import { inScene, type Scene } from '../sync/scene.ts'
import { delaysOf, type NodeLog, readEventLog } from './event-log.ts'
import {
  type BenchFederation,
  call,
  committedHeight,
  portsOf,
  sendTransfers,
  writeFederation,
} from './federation.ts'
import { type NodeProcess, startNodeProcess } from './node-process.ts'
import { amountSample, millisSample } from './timing.ts'

const slotMs = 2_000
const startMsMax = 60_000
const lookMs = 50
/** The first blocks find connections and code that are still cold. */
const warmUpBlocks = 3
/** In a body: its kind and its length stand before it. */
const transferBytes = transactionBytes + 5

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
    const full = await fullBlocks(federation, logs)
    assert(
      full.length >= blocks / 2,
      `${full.length} of ${blocks} blocks have a body to be fetched`,
    )
    const cpuMs = after.map((reading, i) => reading.cpuMs - (before[i]?.cpuMs ?? 0))
    const sent = after.map((reading, i) => reading.bytesSent - (before[i]?.bytesSent ?? 0))
    return [
      ...full.flatMap((proposal) => samplesOf(logs, proposal)),
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

/**
 * Lets so many blocks be made with transfers in them, given to one member after another: each time a block is committed,
 * which is early in its slot, so that they are everywhere when the next one is built.
 */
async function feed(federation: BenchFederation): Promise<void> {
  const { nodes } = federation
  const rpcUrl = nodes[0]?.rpcUrl ?? ''
  const first = await committedHeight(rpcUrl)
  const count = warmUpBlocks + blocks
  for (let block = 1; block <= count; block += 1) {
    await sendTransfers(federation, block, nodes[block % members]?.rpcUrl ?? '')
    while ((await committedHeight(rpcUrl)) < first + block) await sleep(lookMs)
  }
  while ((await committedHeight(rpcUrl)) < first + count) await sleep(lookMs)
  // The last one reaches the others, too.
  await sleep(slotMs / 2)
}

/** A block, and when its author handed the announcement to gossip. */
interface Proposal {
  readonly block: string
  readonly atMs: number
  readonly author: number
}

const blockSchema = z.object({ transactions: z.array(z.unknown()) })

/** The latest blocks that are too large for an announcement: the first ones of a run are not, nor is one that came late. */
async function fullBlocks(
  { nodes }: BenchFederation,
  logs: readonly NodeLog[],
): Promise<readonly Proposal[]> {
  const proposals = logs.flatMap((log, author) => {
    return [...(log.get('block-proposed') ?? [])].map(([block, atMs]) => ({ block, atMs, author }))
  })
  const full: Proposal[] = []
  for (const proposal of proposals.toSorted((a, b) => b.atMs - a.atMs)) {
    const found = await call(nodes[0]?.rpcUrl ?? '', 'alys_getBlock', [proposal.block])
    const read = blockSchema.safeParse(found)
    const isFull = read.success && read.data.transactions.length * transferBytes > gossipBytesMax
    if (isFull && full.length < blocks) full.push(proposal)
  }
  return full
}

function samplesOf(logs: readonly NodeLog[], proposal: Proposal): readonly Sample[] {
  const { block, atMs, author } = proposal
  const others = logs.filter((_, i) => i !== author)
  const last = (part: string, event: string, of: readonly NodeLog[]): readonly Sample[] => {
    const delays = delaysOf(of, block, atMs, event)
    return delays === undefined ? [] : [millisSample(part, present(delays.at(-1), 'a member'))]
  }
  const had = delaysOf(others, block, atMs, 'block-executed') ?? []
  return [
    ...had.map((ms) => millisSample('block at one', ms)),
    ...last('announcement at all', 'block-checked', others),
    ...last('block at all', 'block-executed', others),
    ...last('notarised at all', 'block-notarised', logs),
    ...last('committed at all', 'block-committed', logs),
  ]
}

const samples = await inScene(portsOf(plan), propagate)
writeReport({ samples, check: '' })
