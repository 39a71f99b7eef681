/** What can be done to a node by gossip. */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '@libp2p/interface'
import { consensusTopic, messageId, transactionsTopic } from '../plain-peer/formats.ts'
import { joinMesh, type Mesh, meshFrame, messagesIn, openMesh, rpc } from '../plain-peer/mesh.ts'
import type { PlainPeer } from '../plain-peer/peer.ts'
import type { Attack, Deeds } from './attack.ts'
import { type Target, welcomed } from './target.ts'

const frameBytesMax = 1024 * 1024
const framesMax = 50_000
const pauseEvery = 20

/** A neighbour that says things, for as long as the node listens. */
interface Neighbour {
  readonly peer: PlainPeer
  readonly connection: Connection
  readonly mesh: Mesh
  readonly topic: string
}

async function neighbour(
  target: Target,
  onContent?: (content: Buffer) => void,
): Promise<Neighbour> {
  const { peer, connection } = await welcomed(target, (each) => joinMesh(each, onContent))
  const mesh = await openMesh(connection)
  const topic = consensusTopic(target.chain.chainTag)
  await mesh.send(meshFrame(rpc.subscribe(topic)))
  return { peer, connection, mesh, topic }
}

/** Sends what `make` makes, again and again, until the time is over or nobody listens. Answers how many. */
async function flood(
  mesh: Mesh,
  make: (number: number) => readonly Uint8Array[],
  msMax: number,
): Promise<number> {
  const endMs = performance.now() + msMax
  let sent = 0
  while (mesh.isOpen && sent < framesMax && performance.now() < endMs) {
    if (!(await mesh.send(...make(sent)))) continue
    sent += 1
    // What comes back is read in between.
    if (sent % pauseEvery === 0) await sleep(1)
  }
  return sent
}

/** An attack that is one kind of frame, many times. */
function flooding(
  what: string,
  make: (topic: string, number: number) => readonly Uint8Array[],
): Attack['run'] {
  return async (target, msMax) => {
    const { peer, mesh, topic } = await neighbour(target)
    const sent = await flood(mesh, (number) => make(topic, number), msMax)
    return { did: `${sent} ${what}`, attackers: [peer.id] }
  }
}

/** A vote as long as a vote is, by member 0 for a slot to come, with a signature of chance. */
function forgedVote(number: number): Uint8Array {
  const vote = Buffer.alloc(2 + 142)
  vote.writeUInt8(1, 0)
  vote.writeUInt8(2, 1)
  vote.writeUInt8(1, 2)
  vote.writeBigUInt64LE(BigInt(1 + number), 7)
  randomBytes(32).copy(vote, 15)
  randomBytes(96).copy(vote, 48)
  return new Uint8Array(vote)
}

async function graftsWhileBackingOff(target: Target, msMax: number): Promise<Deeds> {
  const { peer, mesh, topic } = await neighbour(target)
  // Whoever prunes a neighbour is not to be grafted by it for a minute.
  await mesh.send(meshFrame(rpc.graft(topic)), meshFrame(rpc.prune(topic)))
  const sent = await flood(mesh, () => [meshFrame(rpc.graft(topic))], msMax)
  return { did: `${sent} grafts`, attackers: [peer.id] }
}

async function wantsWhatThereIs(target: Target, msMax: number): Promise<Deeds> {
  const ids: Uint8Array[] = []
  let got = 0
  const { peer, mesh } = await neighbour(target, (content) => {
    for (const { topic, data } of messagesIn(content)) {
      got += 1
      ids.push(messageId(topic, data))
    }
  })
  const sent = await flood(mesh, () => [meshFrame(rpc.iwant(ids.slice(-500)))], msMax)
  return { did: `${sent} frames`, attackers: [peer.id], seen: `${got} messages sent to it` }
}

/** A frame of the largest size with nothing in it, which is read and means nothing; then frames of one byte more. */
async function oversize(target: Target, msMax: number): Promise<Deeds> {
  const { peer, connection, mesh } = await neighbour(target)
  await mesh.send(meshFrame(field(frameBytesMax)))
  await sleep(500)
  const isHeard = mesh.isOpen
  const above = meshFrame(field(frameBytesMax + 1))
  const beginMs = performance.now()
  const sent = await flood(mesh, () => [above], 1_000)
  // Nobody reads any more; that a neighbour has gone silent is found out a little later.
  while (connection.status === 'open' && performance.now() - beginMs < msMax + 10_000)
    await sleep(50)
  const seconds = Math.round((performance.now() - beginMs) / 1_000)
  const end = connection.status === 'open' ? 'still connected' : `sent away after ${seconds} s`
  const seen = `at 1 MiB ${isHeard ? 'heard' : 'cut off'}, with one byte more ${end}`
  return { did: `${1 + sent} frames`, attackers: [peer.id], seen }
}

/** So many bytes of a field that nobody knows. */
function field(bytes: number): Uint8Array {
  const head = Buffer.from([15 * 8 + 2, 0x80, 0x80, 0x80, 0])
  const length = bytes - head.length
  head[1] = 0x80 | (length & 0x7f)
  head[2] = 0x80 | ((length >> 7) & 0x7f)
  head[3] = 0x80 | ((length >> 14) & 0x7f)
  head[4] = (length >> 21) & 0x7f
  return Buffer.concat([head, new Uint8Array(length)])
}

export const gossipAttacks: readonly Attack[] = [
  {
    name: 'gossip that cannot be read',
    fate: 'banned',
    run: flooding('messages', (topic) => [meshFrame(rpc.message(topic, randomBytes(2_048)))]),
  },
  {
    name: 'votes with signatures of chance',
    fate: 'banned',
    run: flooding('votes', (topic, number) => [meshFrame(rpc.message(topic, forgedVote(number)))]),
  },
  {
    name: 'transactions that are none',
    fate: 'banned',
    run: async (target, msMax) => {
      const { peer, mesh } = await neighbour(target)
      const topic = transactionsTopic(target.chain.chainTag)
      const make = (): readonly Uint8Array[] => [meshFrame(rpc.message(topic, randomBytes(149)))]
      const sent = await flood(mesh, make, msMax)
      return { did: `${sent} messages`, attackers: [peer.id] }
    },
  },
  {
    name: 'messages above the limit of 16 KiB',
    fate: 'sent away',
    run: flooding('messages', (topic) => [
      meshFrame(rpc.message(topic, randomBytes(16 * 1024 + 1))),
    ]),
  },
  {
    name: 'one message over and over',
    fate: 'borne',
    run: flooding('messages', (topic) => [
      meshFrame(rpc.message(topic, new Uint8Array(16 * 1024 + 1))),
    ]),
  },
  {
    name: 'frames that cannot be read',
    fate: 'borne',
    run: flooding('frames', () => [meshFrame(randomBytes(64 * 1024).fill(0xff, 0, 16))]),
  },
  {
    name: 'promises of messages (IHAVE) that never come',
    fate: 'sent away',
    run: flooding('frames of 1,000 ids', (topic) => {
      const ids = Array.from({ length: 1_000 }, () => randomBytes(20))
      return [meshFrame(rpc.ihave(topic, ids))]
    }),
  },
  { name: 'asking for everything (IWANT)', fate: 'sent away', run: wantsWhatThereIs },
  {
    name: 'asking for what nobody has (IWANT)',
    fate: 'sent away',
    run: flooding('frames of 1,000 ids', () => {
      return [meshFrame(rpc.iwant(Array.from({ length: 1_000 }, () => randomBytes(20))))]
    }),
  },
  { name: 'grafts while backing off', fate: 'sent away', run: graftsWhileBackingOff },
  { name: 'frames at the limit, and above', fate: 'sent away', run: oversize },
]
