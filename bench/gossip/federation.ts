/**
 * A federation of real processes for a measurement: the files of so many members on this machine, whose events go to
 * a file each, and accounts that fill its blocks.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { assert } from '../../src/base/assert.ts'
import { toHex } from '../../src/base/bytes.ts'
import { blstSigner } from '../../src/platform/crypto.ts'
import { type Chain, chainOf } from '../../src/protocol/chain.ts'
import type { Signer } from '../../src/protocol/crypto/signer.ts'
import { addressOf } from '../../src/protocol/execution/transaction.ts'
import { host, type NodePlace, writeChainFile, writeNodeFiles } from '../sync/node-files.ts'
import type { Scene } from '../sync/scene.ts'
import { type Senders, sendersOf } from '../sync/senders.ts'
import { type BenchMember, keysOf } from '../sync/settings.ts'

const toleranceMs = 500
const senderBalance = 1_000_000_000n
/** Until the last of many processes has started. */
const startMs = 4_000
const callsMax = 10_000

export interface BenchNode {
  readonly configFile: string
  readonly rpcUrl: string
  readonly p2pPort: number
  /** One event a line, as the log has them. */
  readonly eventsFile: string
}

export interface BenchFederation {
  readonly chain: Chain
  readonly nodes: readonly BenchNode[]
  readonly senders: Senders
}

export interface FederationPlan {
  readonly members: number
  readonly slotMs: number
  /** Accounts, each of which sends once in a block. */
  readonly senders: number
  /** Nodes beyond the members follow. */
  readonly followers?: number
  /** Lines for the `[tuning]` of every node. */
  readonly tuning?: readonly string[]
}

/** Ports that a federation takes. */
export function portsOf({ members, followers = 0 }: FederationPlan): number {
  return 2 * (members + followers)
}

/** Writes the files. The chain begins in a few seconds. */
export async function writeFederation(
  { folder, ports }: Scene,
  plan: FederationPlan,
): Promise<BenchFederation> {
  const { members: count, slotMs, senders: senderCount, followers = 0, tuning = [] } = plan
  const members = Array.from({ length: count }, (_, i) => memberOf(nameOf(i)))
  const signers = Array.from({ length: senderCount }, (_, i) => memberOf(`sender-${i}`).signer)
  const chain = chainFor(members, signers, slotMs)
  writeChainFile(folder, chain, members)
  const places = Array.from({ length: count + followers }, (_, i): NodePlace => {
    const [p2p = 0, rpc = 0] = ports.slice(2 * i)
    return { name: nameOf(i), dataFolder: 'data', ports: { p2p, rpc } }
  })
  const nodes: BenchNode[] = []
  for (const place of places) {
    const others = places.slice(0, count).filter((other) => other !== place)
    const configFile = await writeNodeFiles(folder, place, others)
    const eventsFile = join(folder, place.name, 'events.log')
    tellEverything(configFile, tuning)
    const { p2p: p2pPort, rpc } = place.ports
    nodes.push({ configFile, eventsFile, p2pPort, rpcUrl: `http://${host}:${rpc}` })
  }
  return { chain, nodes, senders: sendersOf(signers, senderCount) }
}

function nameOf(index: number): string {
  return `node-${index}`
}

function memberOf(name: string): BenchMember {
  const keys = keysOf(name)
  return { keys, signer: blstSigner(keys.authorSecret, keys.voteSecret) }
}

function chainFor(
  members: readonly BenchMember[],
  senders: readonly Signer[],
  slotMs: number,
): Chain {
  return chainOf({
    name: 'bench-gossip',
    slots: { genesisMs: Date.now() + startMs, slotMs, toleranceMs },
    committee: {
      epoch: 0,
      members: members.map(({ signer: { authorKey, voteKey } }) => ({ authorKey, voteKey })),
    },
    allocations: senders.map(({ authorKey }) => {
      return { address: addressOf(authorKey), balance: senderBalance }
    }),
  })
}

/** Every event goes to a file, and no call is refused. Several nodes share this machine, so they validate by themselves. */
function tellEverything(configFile: string, tuning: readonly string[]): void {
  const text = readFileSync(configFile, 'utf8')
  const logged = text
    .replace('level = "warn"', 'level = "debug"\nfile = "events.log"')
    .replace('[log]', `requests_per_second_max = ${callsMax}\nconcurrent_max = ${callsMax}\n[log]`)
  const lines = [logged, '[verifier]', 'workers = 0', '[tuning]', ...tuning, '']
  writeFileSync(configFile, lines.join('\n'))
}

// ----- asking -----

const answerSchema = z.object({ result: z.unknown() })
const headSchema = z.object({ committed: z.object({ height: z.number() }) })

/** Asks a node. Undefined if it does not answer, or refuses. */
export async function call(
  url: string,
  method: string,
  params: readonly unknown[] = [],
): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    })
    const read = answerSchema.safeParse(await response.json())
    return read.success ? read.data.result : undefined
  } catch {
    return undefined
  }
}

/** The committed height; −1 while a node does not answer. */
export async function committedHeight(url: string): Promise<number> {
  const read = headSchema.safeParse(await call(url, 'alys_getHead'))
  return read.success ? read.data.committed.height : -1
}

/** Hands over the transfers of one block, to one node. */
export async function sendTransfers(
  { chain, senders }: BenchFederation,
  height: number,
  url: string,
): Promise<void> {
  const transfers = senders.transfersAt(height, chain.tag)
  const sent = transfers.map((bytes) => call(url, 'alys_sendTransaction', [toHex(bytes)]))
  const refused = (await Promise.all(sent)).filter((hash) => hash === undefined)
  // One that is missing would hold up all that its sender sends after it.
  assert(refused.length === 0, `every transfer is taken: ${refused.length} were not`)
}
