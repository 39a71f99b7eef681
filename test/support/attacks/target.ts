/**
 * What is attacked: one of two real nodes on this machine, both of whom are needed for every block. So a node that is
 * held up in anything that matters stops the chain, which can be seen from outside.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NodeProcess, startNodeProcess } from '../../../bench/gossip/node-process.ts'
import { eventually } from '../../e2e/alys-process.ts'
import { answerAt, heightOf, initFederation, reaches } from '../../e2e/node-calls.ts'
import {
  openPlainPeer,
  type PlainChain,
  type PlainOptions,
  type PlainPeer,
} from '../plain-peer/peer.ts'

const slotMs = 400
const startMsMax = 60_000

/** What the node thinks of a peer. */
export interface PeerView {
  readonly isKnown: boolean
  readonly isConnected: boolean
  readonly isBanned: boolean
}

export interface Target {
  readonly host: string
  readonly port: number
  readonly url: string
  readonly address: string
  readonly chain: PlainChain
  readonly process: NodeProcess
  /** Opens an attacker. */
  open(options?: Omit<PlainOptions, 'chain'>): Promise<PlainPeer>
  view(peer: string): Promise<PeerView>
  /** Closes every attacker. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** Starts both nodes, and waits until they commit. */
export async function openTarget(): Promise<Target> {
  const root = mkdtempSync(join(tmpdir(), 'alys-attacks-'))
  const { nodes } = await initFederation(join(root, 'chain'), 2, slotMs)
  const processes = nodes.map(({ configFile }) => startNodeProcess(configFile))
  let peers: PlainPeer[] = []
  const clear = async (): Promise<void> => {
    const all = peers
    peers = []
    await Promise.all(all.map((peer) => peer.close()))
  }
  const [place] = nodes
  const [victim] = processes
  if (place === undefined || victim === undefined) throw new Error('two nodes')
  const { port, url } = place
  await Promise.all(nodes.map((node) => reaches(node.url, 3, startMsMax)))
  const told = async (name: string): Promise<string> => {
    return String(await answerAt(url, { method: 'alys_getStatus' }, [name]))
  }
  const chain = { chainTag: await told('chainTag'), genesis: await told('genesis') }
  return {
    ...{ host: '127.0.0.1', port, url, chain, process: victim },
    address: `/ip4/127.0.0.1/tcp/${port}`,
    open: async (options = {}) => {
      const peer = await openPlainPeer({ chain, ...options })
      peers.push(peer)
      return peer
    },
    view: (peer) => viewOf(url, peer),
    clear,
    close: async () => {
      await clear()
      await Promise.all(processes.map((each) => each.stop()))
      rmSync(root, { recursive: true, force: true })
    },
  }
}

async function viewOf(url: string, peer: string): Promise<PeerView> {
  const peers = await answerAt(url, { method: 'alys_getPeers' }, [])
  const all = (Array.isArray(peers) ? peers : []) as readonly (PeerView & {
    readonly peer: string
  })[]
  const found = all.find((each) => each.peer === peer)
  const { isConnected = false, isBanned = false } = found ?? {}
  return { isKnown: found !== undefined, isConnected, isBanned }
}

/** An attacker that the node has met as it meets any peer. */
export async function welcomed(
  target: Target,
  prepare: (peer: PlainPeer) => Promise<void> = () => Promise.resolve(),
  options: Omit<PlainOptions, 'chain'> = {},
): Promise<{
  readonly peer: PlainPeer
  readonly connection: Awaited<ReturnType<PlainPeer['dial']>>
}> {
  const peer = await target.open(options)
  await prepare(peer)
  // Many dial at once, and the node lets in so many a second.
  const connection = await eventually('a connection', 10_000, () => {
    return peer.dial(target.address).catch(() => undefined)
  })
  await eventually('a welcome', 10_000, async () => {
    return (await target.view(peer.id)).isConnected || undefined
  })
  return { peer, connection }
}

/** How the chain goes, and how long the node takes to say so. */
export interface Pulse {
  readonly blocks: number
  readonly slots: number
  /** The longest that a call took. */
  readonly callMsMax: number
  readonly calls: number
}

const pulseEveryMs = 100

/** Feels the pulse until it is told to stop. */
export function feelPulse({ url }: Target): () => Promise<Pulse> {
  let [isOver, callMsMax, calls] = [false, 0, 0]
  const beginMs = performance.now()
  const feel = async (): Promise<Pulse> => {
    const first = await heightOf(url)
    let last = first
    while (!isOver) {
      const askedMs = performance.now()
      last = Math.max(last, await heightOf(url))
      calls += 1
      callMsMax = Math.max(callMsMax, performance.now() - askedMs)
      await new Promise((resolve) => setTimeout(resolve, pulseEveryMs))
    }
    const slots = (performance.now() - beginMs) / slotMs
    return { blocks: last - first, slots, callMsMax, calls }
  }
  const felt = feel()
  return () => {
    isOver = true
    return felt
  }
}
