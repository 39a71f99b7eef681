/**
 * A running node and a program of somebody else's: libp2p and gossipsub as they come, and the formats as they are
 * described. What it is told and given it can check by itself; what it asks wrongly costs it its welcome.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { byteStream } from '@libp2p/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  bodyRootOf,
  frame,
  genesisStatus,
  type PlainGossip,
  protocols,
  readBlockAnswer,
  readGossip,
  readStatus,
  tags,
} from '../support/plain-peer/formats.ts'
import {
  openPlainPeer,
  type PlainChain,
  type PlainOptions,
  type PlainPeer,
  readFrame,
} from '../support/plain-peer/peer.ts'
import { type AlysProcess, eventually, killAll, startAlys } from './alys-process.ts'
import { answerAt, type FederationNode, heightOf, initFederation, reaches } from './node-calls.ts'

const root = mkdtempSync(join(tmpdir(), 'alys-interop-'))
const opened: PlainPeer[] = []
let running: AlysProcess
let place: FederationNode
let chain: PlainChain

beforeAll(async () => {
  const { nodes } = await initFederation(join(root, 'chain'), 1, 500)
  const [first] = nodes
  if (first === undefined) throw new Error('a node')
  place = first
  running = startAlys('node', '--config', place.configFile)
  await reaches(place.url, 1, 20_000)
  const told = async (field: string): Promise<string> => {
    return String(await answerAt(place.url, { method: 'alys_getStatus' }, [field]))
  }
  chain = { chainTag: await told('chainTag'), genesis: await told('genesis') }
}, 40_000)

afterAll(async () => {
  await Promise.all(opened.map((peer) => peer.close()))
  killAll()
  rmSync(root, { recursive: true, force: true })
})

async function open(options: Omit<PlainOptions, 'chain'> = {}): Promise<PlainPeer> {
  const peer = await openPlainPeer({ chain, ...options })
  opened.push(peer)
  return peer
}

async function dialled(peer: PlainPeer): ReturnType<PlainPeer['dial']> {
  return await peer.dial(`/ip4/127.0.0.1/tcp/${place.port}`)
}

/** A peer that the node has asked for its status: from now on it is answered. */
async function welcomed(): Promise<{
  readonly peer: PlainPeer
  readonly connection: Awaited<ReturnType<PlainPeer['dial']>>
}> {
  const peer = await open()
  const connection = await dialled(peer)
  await eventually('a welcome', 5_000, async () => {
    const [report] = await peersOf(peer.id)
    return report?.committedHeight === undefined ? undefined : true
  })
  return { peer, connection }
}

interface Report {
  readonly peer: string
  readonly isConnected: boolean
  readonly isBanned: boolean
  readonly committedHeight: number | undefined
}

/** What the node knows of a peer. */
async function peersOf(id: string): Promise<readonly Report[]> {
  const peers = await answerAt(place.url, { method: 'alys_getPeers' }, [])
  const all = (Array.isArray(peers) ? peers : []) as readonly Report[]
  return all.filter(({ peer }) => peer === id)
}

test('the plain program takes nothing from the node', () => {
  const folder = new URL('../support/plain-peer/', import.meta.url)
  for (const file of readdirSync(folder)) {
    expect(readFileSync(new URL(file, folder), 'utf8')).not.toMatch(/from '.*\bsrc\//)
  }
})

describe('a plain program that keeps to the formats', () => {
  test('is told of blocks, and fetches one whose hash and body it can check', async () => {
    const heard: PlainGossip[] = []
    const peer = await open({ onGossip: (data) => heard.push(readGossip(data)) })
    const connection = await dialled(peer)

    const status = readStatus(
      (await peer.ask(connection, protocols.status, genesisStatus(chain.chainTag, chain.genesis)))
        .body,
    )
    expect(status).toMatchObject(chain)
    expect(status.committed?.height).toBeGreaterThanOrEqual(1)
    expect(status.vouchedPeer).toBe(connection.remotePeer.toString())

    const announced = await eventually('an announcement', 15_000, () => {
      return heard.find((each) => each.kind === 'proposal')
    })
    await eventually('a vote or a certificate', 15_000, () => {
      return heard.some(({ kind }) => kind !== 'proposal') || undefined
    })
    const request = Buffer.from(announced.header.hash, 'hex')
    const answer = await peer.ask(connection, protocols.block, request)
    expect(answer.tag).toBe(tags.answered)
    const block = readBlockAnswer(answer.body)
    expect(block?.header).toEqual(announced.header)
    expect(block?.body.length).toBe(announced.header.itemCount)
    expect(bodyRootOf(block?.body ?? [])).toBe(announced.header.bodyRoot)
    const told = { method: 'alys_getBlock', params: [announced.header.height] }
    const hash = await eventually('the block committed', 10_000, () => {
      return answerAt(place.url, told, ['hash'])
    })
    expect(hash).toBe(announced.header.hash)
  }, 40_000)

  test('is told that there is no such block, which costs it nothing', async () => {
    const { peer, connection } = await welcomed()
    const answer = await peer.ask(connection, protocols.block, new Uint8Array(32).fill(7))
    expect(answer.tag).toBe(tags.answered)
    expect(readBlockAnswer(answer.body)).toBeUndefined()
    expect((await peersOf(peer.id))[0]).toMatchObject({ isConnected: true, isBanned: false })
  })

  test('is refused what it asks before it has shown its status', async () => {
    const peer = await open({ status: undefined })
    const connection = await dialled(peer)
    const answer = await peer.ask(connection, protocols.block, new Uint8Array(32))
    expect(answer).toEqual({ tag: tags.refused, body: new Uint8Array() })
  })
})

describe('a plain program that does not', () => {
  test.each([
    ['a hash that is cut short', protocols.block, new Uint8Array(31)],
    ['no bodies at all', protocols.bodies, new Uint8Array(14)],
    ['an empty status', protocols.status, new Uint8Array()],
  ])('is refused and banned for a request with %s', async (_, protocol, body) => {
    const { peer, connection } = await welcomed()
    const answer = await peer.ask(connection, protocol, body).catch(() => undefined)
    // The ban may overtake the refusal.
    if (answer !== undefined) expect(answer.tag).toBe(tags.refused)
    await eventually('a ban', 5_000, async () => (await peersOf(peer.id))[0]?.isBanned || undefined)
    await eventually('the end', 5_000, () => connection.status !== 'open' || undefined)
    // It may connect, as nobody knows who dials until Noise is through; then it is closed.
    const again = await dialled(peer).catch(() => undefined)
    await eventually('the door shut', 5_000, () => {
      return again === undefined || again.status !== 'open' || undefined
    })
  })

  test.each([
    ['is a byte longer than a request of its kind', frame(tags.request, new Uint8Array(33))],
    ['says to be longer than any request', frame(tags.request, new Uint8Array(8), 2 ** 21 + 1)],
    ['is an answer to nothing', frame(tags.answered, new Uint8Array(32))],
  ])('has its stream reset for a frame that %s', async (_, bytes) => {
    const { connection } = await welcomed()
    const stream = await connection.newStream(protocols.block)
    stream.send(bytes)
    await expect(readFrame(byteStream(stream))).rejects.toThrow(/reset|closed|ended|unexpected/i)
    expect(connection.status).toBe('open')
  })

  test('is told at once that a protocol is unknown', async () => {
    const { peer, connection } = await welcomed()
    const asked = peer.ask(connection, '/alys/nothing/1', new Uint8Array())
    await expect(asked).rejects.toThrow()
    expect(connection.status).toBe('open')
  })

  test('is sent away if it is of another chain', async () => {
    const peer = await open({ status: genesisStatus('00'.repeat(8), chain.genesis) })
    const connection = await dialled(peer)
    await eventually('the end', 5_000, () => connection.status !== 'open' || undefined)
    expect((await peersOf(peer.id))[0]?.isBanned).toBe(true)
  })

  test('has not disturbed the node', async () => {
    await reaches(place.url, (await heightOf(place.url)) + 1, 10_000)
    running.child.kill('SIGTERM')
    expect(await running.ended).toBe(0)
  }, 20_000)
})
