/** Kademlia between fences: peers that write, ask or answer too much, and what comes of it. */
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
import { expect, test } from 'vitest'
import { asciiBytes, concatBytes } from '../../../../src/base/bytes.ts'
import type { DhtOptions } from '../../../../src/platform/libp2p/kademlia.ts'
import { createNode } from '../../../../src/platform/libp2p/node.ts'
import { dial, hostsFrom, until } from './hosts.ts'

const hosts = hostsFrom(76)
const dht: DhtOptions = { protocol: '/test/kad/1', mode: 'server', pauseMsMin: 50 }
const options = { dht }

test('keeps no records of others, however they are worded', async () => {
  const victim = await hosts.open(options)
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
  const victim = await hosts.open(options)
  const { node } = await stranger()
  const connection = await node.dial(multiaddr(victim.address))
  const stream = await connection.newStream(dht.protocol)
  // A length of 1 MiB, then nothing that ends.
  stream.send(Uint8Array.of(0x80, 0x80, 0x40))
  for (let i = 0; i < 20 && stream.status === 'open'; i += 1) {
    stream.send(new Uint8Array(1_024))
    await sleep(5)
  }
  // Long before the time for a question is over.
  await until(() => stream.status !== 'open', 5_000)
  expect(stream.status).toBe('reset')
})

test('one who asks too often is put off', async () => {
  const victim = await hosts.open(options)
  const { node } = await stranger()
  const connection = await node.dial(multiaddr(victim.address))
  const isAnswered = async (): Promise<boolean> => {
    const stream = await connection.newStream(dht.protocol)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    stream.addEventListener('message', () => resolve(true))
    stream.addEventListener('close', () => resolve(false))
    if (stream.status !== 'open') return false
    // A field 1 of value 5: a ping.
    stream.send(Uint8Array.of(2, 8, 5))
    const answer = await promise
    stream.abort(new Error('enough'))
    return answer
  }
  const answers: boolean[] = []
  for (let i = 0; i < 100; i += 1) answers.push(await isAnswered())
  expect(answers.slice(0, 8)).toEqual(new Array(8).fill(true))
  expect(answers).toContain(false)
})

test('a liar who names ever more peers is heard to 128 of their addresses', async () => {
  const victim = await hosts.open(options)
  const liar = await lyingServer(() => Array.from({ length: 20 }, () => namedPeer()))
  expect(await dial(victim, liar)).toMatchObject({ ok: true })
  await until(() => victim.found.length >= 128)
  await sleep(500)
  expect(victim.found).toHaveLength(128)
  expect(victim.log).toHaveLength(1)
})

test('an answer that is too long is not read to its end, and nothing in it counts', async () => {
  const victim = await hosts.open(options)
  let answers = 0
  const liar = await lyingServer(() => {
    answers += 1
    return Array.from({ length: 2_000 }, () => namedPeer())
  })
  expect(await dial(victim, liar)).toMatchObject({ ok: true })
  await until(() => answers >= 3)
  await sleep(100)
  expect(victim.found).toEqual([])
})

test('nobody is tagged: libp2p would redial whom Kademlia wants to keep', async () => {
  const [guide, other] = [await hosts.open(options), await hosts.open(options)]
  const seed = new Uint8Array(32).fill(5)
  const listen = ['/ip4/127.0.0.1/tcp/0']
  const node = await createNode({ seed, listen, topics: [], dht }, () => false)
  hosts.alsoClose(async () => node.stop())
  const found: string[] = []
  node.services.discovery.onFound((address) => found.push(address))
  await node.start()
  await dial(other, guide.address)
  const { remotePeer } = await node.dial(multiaddr(guide.address))
  await until(() => found.includes(other.address))
  expect([...(await node.peerStore.get(remotePeer)).tags]).toEqual([])
})

// ----- strangers -----

const parts = {
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
}

/** A bare node with Kademlia as it comes. */
async function stranger() {
  let made: (KadDHT & { readonly routingTable: { readonly size: number } }) | undefined
  const node = await createLibp2p({
    ...parts,
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

/** A node that answers every question of Kademlia with these peers. Answers where it is. */
async function lyingServer(peers: () => readonly Uint8Array[]): Promise<string> {
  const node = await createLibp2p({ ...parts, services: { identify: identify(), ping: ping() } })
  hosts.alsoClose(async () => node.stop())
  await node.handle(dht.protocol, (stream) => {
    stream.addEventListener('message', () => {
      // Kind 4: the answer to "find node".
      const answer = concatBytes(Uint8Array.of(8, 4), ...peers().map((peer) => field(8, peer)))
      if (stream.status === 'open') stream.send(concatBytes(varint(answer.length), answer))
    })
  })
  return String(node.getMultiaddrs()[0])
}

/** A peer that nobody knows, in the encoding of Kademlia's messages. */
function namedPeer(): Uint8Array {
  const id = concatBytes(Uint8Array.of(0x12, 0x20), crypto.getRandomValues(new Uint8Array(32)))
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2))
  return concatBytes(field(1, id), field(2, multiaddr(`/ip4/8.8.${a}.${b}/tcp/30400`).bytes))
}

function field(number: number, bytes: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of((number << 3) | 2), varint(bytes.length), bytes)
}

function varint(value: number): Uint8Array {
  return value < 128
    ? Uint8Array.of(value)
    : concatBytes(Uint8Array.of((value & 127) | 128), varint(value >> 7))
}
