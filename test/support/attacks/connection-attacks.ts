/** What can be done to a node by connecting to it. */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Stream } from '@libp2p/interface'
import type { PlainPeer } from '../plain-peer/peer.ts'
import type { Attack, Deeds } from './attack.ts'
import { type Target, welcomed } from './target.ts'

const halfOpenMax = 1_000
const sybilsMax = 200
const streamsMax = 100_000
const lanes = 32
/** As many connections a second; a node takes 25 of one host. */
const perSecond = 100
/** Well-behaved peers that want to come in meanwhile: far fewer than one host may. */
const newcomerEveryMs = 200
/** On Linux all of 127/8 is this machine: attackers need not share the host of others. */
const attackerHost = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1'

/** TCP connections on which nothing is ever said, while others want to come in. */
async function halfOpen(target: Target, msMax: number): Promise<Deeds> {
  const sockets: Socket[] = []
  const endMs = performance.now() + msMax
  let [closed, asked, welcome] = [0, 0, 0]
  const newcomers = (async (): Promise<void> => {
    await sleep(msMax / 2)
    while (performance.now() < endMs) {
      asked += 1
      await sleep(newcomerEveryMs)
      const newcomer = await target.open()
      const met = await newcomer.dial(target.address).catch(() => undefined)
      if (met !== undefined) welcome += 1
      await newcomer.close()
    }
  })()
  while (sockets.length < halfOpenMax && performance.now() < endMs) {
    const socket = connect({ host: target.host, port: target.port, localAddress: attackerHost })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      closed += 1
    })
    sockets.push(socket)
    await sleep(1_000 / perSecond)
  }
  await newcomers
  const held = sockets.length - closed
  for (const socket of sockets) socket.destroy()
  return {
    ...{ did: `${sockets.length} connections`, attackers: [] },
    seen: `${held} held at the end; ${welcome} of ${asked} newcomers let in`,
  }
}

/** Many identities from one address, all of them well-behaved. */
async function sybils(target: Target, msMax: number): Promise<Deeds> {
  const peers: PlainPeer[] = []
  const endMs = performance.now() + msMax
  while (peers.length < sybilsMax && performance.now() < endMs) {
    const peer = await target.open()
    peers.push(peer)
    await peer.dial(target.address).catch(() => undefined)
  }
  await sleep(1_000)
  const views = await Promise.all(peers.map(({ id }) => target.view(id)))
  const inside = views.filter(({ isConnected }) => isConnected).length
  await Promise.all(peers.map((peer) => peer.close()))
  return {
    ...{ did: `${peers.length} identities`, attackers: peers.map(({ id }) => id) },
    seen: `${inside} were inside at once`,
  }
}

/** Whoever is asked who it is answers with bytes of no meaning. */
async function identifyGarbage(target: Target): Promise<Deeds> {
  const peer = await target.open()
  const garbage = (stream: Stream): void => {
    const bytes = Buffer.alloc(2_048, 0xff)
    // Their length before them, as identify has it, so that they are read as a message.
    stream.send(Buffer.concat([Uint8Array.of(0x80, 0x10), bytes]))
    void stream.close().catch(() => undefined)
  }
  await peer.node.unhandle('/ipfs/id/1.0.0')
  await peer.node.handle('/ipfs/id/1.0.0', garbage)
  const connection = await peer.dial(target.address)
  const beginMs = performance.now()
  while (connection.status === 'open' && performance.now() - beginMs < 15_000) await sleep(100)
  const seconds = Math.round((performance.now() - beginMs) / 1_000)
  const seen = connection.status === 'open' ? 'still connected' : `sent away after ${seconds} s`
  return { did: '1 answer', attackers: [peer.id], seen }
}

/** Asks for streams of a protocol that nobody speaks, many at once. */
async function unknownProtocols(target: Target, msMax: number): Promise<Deeds> {
  const { peer, connection } = await welcomed(target)
  const endMs = performance.now() + msMax
  let asked = 0
  const lane = async (): Promise<void> => {
    while (performance.now() < endMs && connection.status === 'open' && asked < streamsMax) {
      asked += 1
      const signal = AbortSignal.timeout(2_000)
      await connection.newStream('/alys/nothing/1', { signal }).catch(() => undefined)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return { did: `${asked} streams`, attackers: [peer.id] }
}

export const connectionAttacks: readonly Attack[] = [
  { name: 'connections that say nothing', fate: 'sent away', run: halfOpen },
  { name: 'many identities from one address', fate: 'sent away', run: sybils },
  { name: 'nonsense in identify', fate: 'sent away', run: identifyGarbage },
  { name: 'streams of protocols that nobody speaks', fate: 'sent away', run: unknownProtocols },
]
