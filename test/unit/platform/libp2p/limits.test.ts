/** The limits of connections, each against real nodes and sockets on loopback. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { dial, type Host, hostsFrom, until } from './hosts.ts'

const hosts = hostsFrom(72)
const quic = { listen: ['/ip4/127.0.0.1/udp/0/quic-v1'] }

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
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(3)
  const refused = all[outcomes.findIndex(({ ok }) => !ok)]
  if (refused === undefined) throw new Error('somebody was refused')
  const again = async (): Promise<boolean> => (await dial(refused, hub.address)).ok
  // In the next second it has its turn.
  let isIn = false
  while (!isIn) isIn = await again()
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
