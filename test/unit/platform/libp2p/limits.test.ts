/** The limits of connections, each against real nodes and sockets on loopback. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { frameTags } from '../../../../src/platform/libp2p/framed-stream.ts'
import { createNode } from '../../../../src/platform/libp2p/node.ts'
import { farAway } from './far-away.ts'
import { dial, type Host, hostsFrom, until } from './hosts.ts'

const hosts = hostsFrom(72)
const quic = { listen: ['/ip4/127.0.0.1/udp/0/quic-v1'] }

/** Those of nobody. */
const peerIds = await Promise.all(
  Array.from({ length: 40 }, async (_, i) => {
    const seed = new Uint8Array(32).fill(100 + i)
    return peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', seed)).toString()
  }),
)

async function severalHosts(count: number, options = {}): Promise<readonly Host[]> {
  const all: Host[] = []
  for (let i = 0; i < count; i += 1) all.push(await hosts.open(options))
  return all
}

/** Connects and says nothing. */
async function silentSocket({ address }: Host): Promise<Socket> {
  const socket = connect(Number(address.split('/')[4]), '127.0.0.1')
  hosts.alsoClose(async () => socket.destroy())
  // What it is told is of no interest, but must be read for the end to be noticed.
  socket.resume().on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

test.each([
  ['TCP', {}],
  ['QUIC', quic],
])('of connections over %s a node holds as many as it may', async (_name, transport) => {
  const hub = await hosts.open({ ...transport, connectionsMax: 2 })
  const dials: boolean[] = []
  for (const host of await severalHosts(3, transport)) {
    dials.push((await dial(host, hub.address)).ok)
  }
  expect(dials).toEqual([true, true, false])
  await until(() => hub.log.length === 2)
})

test.each([
  ['TCP', {}],
  ['QUIC', quic],
])('one host gets so many connections over %s a second', async (_name, transport) => {
  const hub = await hosts.open({ ...transport, connectionsPerSecondMax: 3 })
  const all = await severalHosts(8, transport)
  const outcomes = await Promise.all(all.map((host) => dial(host, hub.address)))
  const accepted = outcomes.filter(({ ok }) => ok).length
  expect(accepted).toBeGreaterThanOrEqual(3)
  // On a slow machine one or two may have come later than the rest.
  expect(accepted).toBeLessThan(8)
  const refused = all[outcomes.findIndex(({ ok }) => !ok)]
  if (refused === undefined) throw new Error('somebody was refused')
  const again = async (): Promise<boolean> => (await dial(refused, hub.address)).ok
  // In the next second it has its turn.
  let isIn = false
  while (!isIn) isIn = await again()
})

test.each([
  ['are one host, however many addresses it has', (i: number) => `2a00:1:2:3::${i}`, true],
  ['of another /64 are another', (i: number) => `2a00:1:2:${i}::1`, false],
])('addresses of IPv6 %s', async (_name, addressOf, isOneHost) => {
  let seen = 0
  const inbound = (): string => {
    seen += 1
    return `/ip6/${addressOf(seen)}/tcp/5`
  }
  const hub = await hosts.open({ connectionsPerSecondMax: 3, parts: farAway({ inbound }) })
  const all = await severalHosts(8)
  const outcomes = await Promise.all(all.map((host) => dial(host, hub.address)))
  expect(outcomes.some(({ ok }) => !ok)).toBe(isOneHost)
})

test.each([
  ['TCP', {}],
  ['QUIC', quic],
])('one peer gets eight streams of a protocol over %s', async (_name, transport) => {
  const victim = await hosts.open(transport)
  const seed = new Uint8Array(32).fill(9)
  const bad = await createNode({ seed, listen: [], topics: [], quic: true }, () => false)
  hosts.alsoClose(async () => bad.stop())
  await bad.start()
  const connection = await bad.dial(multiaddr(victim.address))
  for (let i = 0; i < 12; i += 1) {
    // One too many is refused while it is opened, or right after.
    const opening = connection.newStream('/x/1', { maxOutboundStreams: 100 })
    const stream = await opening.catch(() => undefined)
    if (stream?.status === 'open') stream.send(Uint8Array.of(frameTags.request, 0, 0, 0, 0))
  }
  await until(() => victim.requests.length >= 8)
  await sleep(100)
  expect(victim.requests).toHaveLength(8)
})

test('a dial over QUIC ends in time where nobody answers, and keeps no other waiting', async () => {
  const silent = createSocket('udp4')
  hosts.alsoClose(async () => silent.close())
  silent.bind(0, '127.0.0.1')
  await once(silent, 'listening')
  const node = await hosts.open({ ...quic, handshakeMsMax: 200 })
  const nowhere = `/ip4/127.0.0.1/udp/${silent.address().port}/quic-v1`
  // More than can be under way at once, each to somebody else.
  const dials = Array.from({ length: 40 }, (_, i) => dial(node, `${nowhere}/p2p/${peerIds[i]}`))
  const outcomes = await Promise.all(dials)
  expect(new Set(outcomes.map((outcome) => outcome.ok || outcome.fault.code))).toEqual(
    new Set(['timeout']),
  )
  const peer = await hosts.open(quic)
  expect(await dial(node, peer.address)).toEqual({ ok: true, value: peer.id })
})

test('who connects and says nothing is cut off, and keeps others out no longer', async () => {
  const hub = await hosts.open({ handshakesMax: 2, handshakeMsMax: 300 })
  const honest = await hosts.open()
  const sockets = [await silentSocket(hub), await silentSocket(hub)]
  // They stand before the honest one in the queue.
  expect(await dial(honest, hub.address)).toMatchObject({ ok: false })
  await until(() => sockets.every(({ closed }) => closed))
  expect(await dial(honest, hub.address)).toEqual({ ok: true, value: hub.id })
})
