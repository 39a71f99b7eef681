/** What nodes tell each other of where they are, as far as they can see. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, test } from 'vitest'
import { createNode } from '../../../../src/platform/libp2p/node.ts'
import { farAway } from './far-away.ts'
import { dial, hostsFrom, until } from './hosts.ts'

const hosts = hostsFrom(74)
const listening = ['/ip4/127.0.0.1/tcp/30400', '/ip4/10.0.0.5/tcp/30400', '/ip4/8.8.8.8/tcp/30400']

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Where one that a node sees at `inbound` is told to find it. */
async function toldTo(inbound: string): Promise<readonly string[]> {
  const address = `/ip4/127.0.0.1/tcp/${await freePort()}`
  await hosts.open({ listen: [address], parts: farAway({ inbound, listening }) })
  const seed = new Uint8Array(32).fill(7)
  const asker = await createNode({ seed, listen: [], topics: [] }, () => false)
  hosts.alsoClose(async () => asker.stop())
  await asker.start()
  const told: string[] = []
  asker.addEventListener('peer:identify', ({ detail }) => {
    told.push(...detail.listenAddrs.map(String))
  })
  await asker.dial(multiaddr(address))
  await until(() => told.length > 0)
  return told
}

describe('a node tells', () => {
  test('a peer outside nothing of its house', async () => {
    expect(await toldTo('/ip4/9.9.9.9/tcp/5')).toEqual(listening.slice(2))
  })

  test('a neighbour nothing of its machine', async () => {
    expect(await toldTo('/ip4/10.0.0.9/tcp/5')).toEqual(listening.slice(1))
  })

  test('a peer on its machine everything', async () => {
    expect(await toldTo('/ip4/127.0.0.1/tcp/5')).toEqual(listening)
  })
})

test('a node believes where it is seen once peers of three neighbourhoods say so, and while they are there', async () => {
  const witnesses = [1, 2, 3].map(() => {
    return hosts.open({ parts: farAway({ inbound: '/ip4/7.7.7.7/tcp/5' }) })
  })
  const [first, second, third] = await Promise.all(witnesses)
  if (first === undefined || second === undefined || third === undefined) throw new Error('three')
  const groupOf = new Map(
    [first, second, third].map(({ address }, i) => [address.split('/')[4], i + 1]),
  )
  const node = await hosts.open({
    listen: [`/ip4/127.0.0.1/tcp/${await freePort()}`],
    parts: farAway({
      listening,
      outbound: (port) => `/ip4/${groupOf.get(String(port))}.1.1.1/tcp/30400`,
    }),
  })
  const mapped = `/ip4/7.7.7.7/tcp/30400/p2p/${node.id}`
  for (const { address } of [first, second]) expect((await dial(node, address)).ok).toBe(true)
  expect(node.network.addresses()).not.toContain(mapped)
  expect((await dial(node, third.address)).ok).toBe(true)
  expect(node.network.addresses()).toContain(mapped)
  node.network.disconnect(second.id)
  await until(() => !node.network.addresses().includes(mapped))
})

test('of what a peer that dials in says of itself, the best that can be dialled is noted', async () => {
  const hub = await hosts.open()
  const [webSocket, quic, tcp] = ['tcp/9/ws', 'udp/9/quic-v1', 'tcp/9'].map((path) => {
    return `/ip4/127.0.0.1/${path}`
  })
  const full = await hosts.open({ announce: [webSocket ?? '', quic ?? '', tcp ?? ''] })
  await dial(full, hub.address)
  await until(() => hub.log.length > 0)
  expect(hub.log).toEqual([`up ${full.id} at ${tcp}/p2p/${full.id}`])
  const odd = await hosts.open({ announce: [webSocket ?? '', '/ip4/127.0.0.2/tcp/9'] })
  await dial(odd, hub.address)
  await until(() => hub.log.length > 1)
  // Where it was seen, which names nobody.
  expect(hub.log[1]).toMatch(/^up \w+ at \/ip4\/127\.0\.0\.1\/tcp\/\d+$/)
})

test('a node that listens everywhere is where its interfaces are, on the port that was free', async () => {
  const both = ['/ip4/0.0.0.0/tcp/0', '/ip4/0.0.0.0/udp/0/quic-v1']
  const { network } = await hosts.open({ listen: both })
  const addresses = network.addresses()
  for (const pattern of [
    /^\/ip4\/127\.0\.0\.1\/tcp\/\d\d+\/p2p\//,
    /^\/ip4\/127.+quic-v1\/p2p\//,
  ]) {
    expect(addresses.filter((address) => pattern.test(address))).toHaveLength(1)
  }
  for (const address of addresses) {
    expect(address).not.toMatch(/\/0\.0\.0\.0\/|\/(?:tcp|udp)\/0\b|fe80/)
  }
})

test('a node can be dialled over IPv6 where there is any', async ({ skip }) => {
  const hub = await hosts.open({ listen: ['/ip6/::1/tcp/0'] }).catch(() => undefined)
  if (hub === undefined) return skip('there is no IPv6')
  const peer = await hosts.open({ listen: ['/ip6/::1/tcp/0'] })
  expect(await dial(peer, hub.address)).toEqual({ ok: true, value: hub.id })
  await until(() => hub.log.length > 0)
  expect(hub.log).toEqual([`up ${peer.id} at ${peer.address}`])
})
