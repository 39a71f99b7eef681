/** How the network finds peers by itself, among real nodes on loopback. */
import { setTimeout as sleep } from 'node:timers/promises'
import { identify } from '@libp2p/identify'
import {
  type KadDHT,
  type KadDHTComponents,
  kadDHT,
  passthroughMapper,
  type QueryEvent,
} from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { describe, expect, test } from 'vitest'
import { asciiBytes } from '../../../../src/base/bytes.ts'
import type { DhtOptions } from '../../../../src/platform/libp2p/kademlia.ts'
import type { NetworkOptions } from '../../../../src/platform/network.ts'
import { dial, type Host, hostsFrom, until } from './hosts.ts'

const hosts = hostsFrom(71)
const dht: DhtOptions = { protocol: '/test/kad/1', mode: 'server', pauseMsMin: 300 }
/** All nodes of a test are one host. */
const crowd: Partial<NetworkOptions> = { dht, connectionsPerSecondMax: 10_000 }

/** Dials the first eight peers that are found, as a node that needs some would. */
function goAndMeet(host: Host): void {
  let dialled = 0
  const { receiver } = host
  host.network.open({
    ...receiver,
    peerFound: (address) => {
      receiver.peerFound(address)
      dialled += 1
      if (dialled <= 8) host.network.dial(address, () => undefined)
    },
  })
}

function peersFound({ found }: Host): number {
  return new Set(found.map((address) => address.split('/p2p/')[1])).size
}

describe('Kademlia', () => {
  test('twenty nodes that each know one other, in a row, find ten and more each', async () => {
    const row: Host[] = []
    for (let i = 0; i < 20; i += 1) {
      const host = await hosts.open(crowd)
      goAndMeet(host)
      const before = row.at(-1)
      if (before !== undefined) expect(await dial(host, before.address)).toMatchObject({ ok: true })
      row.push(host)
    }
    await until(() => row.every((host) => peersFound(host) >= 10), 30_000)
    for (const { found, id } of row) expect(found.join()).not.toContain(id)
  })

  test('dials nobody: whom to meet is for the node to say', async () => {
    const guide = await hosts.open(crowd)
    const [a, b] = [await hosts.open(crowd), await hosts.open(crowd)]
    await dial(a, guide.address)
    await dial(b, guide.address)
    await until(() => a.found.length > 0 && b.found.length > 0)
    await sleep(300)
    expect([a.found, b.found]).toEqual([[b.address], [a.address]])
    expect([a.log.length, b.log.length]).toEqual([1, 1])
  })

  test('a client finds, and is not told of by others', async () => {
    const guide = await hosts.open(crowd)
    const server = await hosts.open(crowd)
    const client = await hosts.open({ ...crowd, dht: { ...dht, mode: 'client' } })
    for (const host of [client, server]) await dial(host, guide.address)
    await until(() => client.found.length > 0)
    await sleep(300)
    expect(client.found).toEqual([server.address])
    expect([server.found, guide.found]).toEqual([[], []])
  })

  test('of another chain is not spoken with', async () => {
    const guide = await hosts.open(crowd)
    const other = await hosts.open({ ...crowd, dht: { ...dht, protocol: '/other/kad/1' } })
    const same = await hosts.open(crowd)
    for (const host of [other, same]) await dial(host, guide.address)
    await sleep(500)
    expect([other.found, same.found]).toEqual([[], []])
  })

  test('keeps no records of others, however they are worded', async () => {
    const victim = await hosts.open(crowd)
    const { node, kad } = await stranger()
    await node.dial(multiaddr(victim.address))
    await until(() => kad.routingTable.size > 0)
    for (const key of ['/v/hello', '/pk/me']) {
      const words = await eventsOf(kad.put(asciiBytes(key), asciiBytes('x')))
      expect(words).toContain('FIND_NODE')
      expect(words).toContain('QUERY_ERROR')
      expect(words).not.toContain('PUT_VALUE')
    }
  })

  test('a question that is too long is not read to its end', async () => {
    const victim = await hosts.open(crowd)
    const { node } = await stranger()
    const connection = await node.dial(multiaddr(victim.address))
    const stream = await connection.newStream(dht.protocol)
    // A length of 1 MiB, then nothing that ends.
    stream.send(Uint8Array.of(0x80, 0x80, 0x40))
    for (let i = 0; i < 20 && stream.status === 'open'; i += 1) {
      stream.send(new Uint8Array(1_024))
      await sleep(5)
    }
    await until(() => stream.status !== 'open')
    expect(stream.status).toBe('reset')
  })

  test('one who asks too often is put off', async () => {
    const victim = await hosts.open(crowd)
    const { node } = await stranger()
    const connection = await node.dial(multiaddr(victim.address))
    let refused = 0
    for (let i = 0; i < 40; i += 1) {
      const stream = await connection.newStream(dht.protocol)
      stream.addEventListener('close', ({ error }) => {
        if (error !== undefined) refused += 1
      })
      if (stream.status !== 'open') continue
      // A field 1 of value 5: a ping.
      stream.send(Uint8Array.of(2, 8, 5))
      await stream.close().catch(() => undefined)
    }
    await until(() => refused > 0)
  })
})

/** A bare node with Kademlia as it comes. */
async function stranger() {
  let made: (KadDHT & { readonly routingTable: { readonly size: number } }) | undefined
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      ping: ping(),
      kad: (components: KadDHTComponents) => {
        const kad = kadDHT({
          protocol: dht.protocol,
          clientMode: false,
          peerInfoMapper: passthroughMapper,
          allowQueryWithZeroPeers: true,
          validators: { v: async () => undefined, pk: async () => undefined },
          selectors: { v: async () => 0, pk: async () => 0 },
        })(components)
        made = kad as typeof made
        return kad
      },
    },
  })
  hosts.alsoClose(async () => node.stop())
  if (made === undefined) throw new Error('a service')
  return { node, kad: made }
}

/** What came of a query, in words: kinds of event, and the questions that were answered. */
async function eventsOf(query: AsyncIterable<QueryEvent>): Promise<readonly string[]> {
  const words: string[] = []
  try {
    for await (const event of query) {
      words.push(event.name === 'PEER_RESPONSE' ? event.messageName : event.name)
    }
  } catch (error) {
    words.push(String(error))
  }
  return words
}
