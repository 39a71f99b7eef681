/** The network beyond the contract, over libp2p's memory transport: openings, bans, limits, and bad peers. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Stream } from '@libp2p/interface'
import { memory } from '@libp2p/memory'
import { noise } from '@libp2p/noise'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { afterEach, describe, expect, test } from 'vitest'
import { asciiBytes } from '../../../src/base/bytes.ts'
import type { Result } from '../../../src/base/result.ts'
import type { NetworkFault, PeerId } from '../../../src/kernel/environment.ts'
import { frameTags } from '../../../src/platform/libp2p/framed-stream.ts'
import { createNode, type Node } from '../../../src/platform/libp2p/node.ts'
import {
  type NetworkOptions,
  openLibp2pNetwork,
  type PlatformNetwork,
} from '../../../src/platform/network.ts'
import { meshFrame, rpc } from '../../support/plain-peer/mesh.ts'
import { noHooks, type Recorder, recorder } from './libp2p/receiver.ts'

const parts = { transports: [memory()] }
/** Where the memory transport does less than the real one. */
const tcp: Partial<NetworkOptions> = { listen: ['/ip4/127.0.0.1/tcp/0'], parts: {} }
let closers: (() => Promise<unknown>)[] = []
let opened = 0

afterEach(async () => {
  for (const close of closers) await close()
  closers = []
})

interface Host extends Recorder {
  readonly network: PlatformNetwork
  readonly id: PeerId
  readonly address: string
}

/** A network without a receiver. */
async function closedHost(options: Partial<NetworkOptions> = {}): Promise<Host> {
  opened += 1
  const network = await openLibp2pNetwork({
    seed: new Uint8Array(32).fill(opened),
    listen: [`/memory/unit-${opened}`],
    topics: ['news'],
    protocols: ['/x/1'],
    parts,
    ...options,
  })
  closers.push(() => network.close())
  return { ...recorder(), network, id: network.self, address: network.addresses()[0] ?? '' }
}

async function host(options: Partial<NetworkOptions> = {}): Promise<Host> {
  const made = await closedHost(options)
  made.network.open(made.receiver)
  made.network.subscribe('news')
  return made
}

/** A bare libp2p node, which can do what no network of ours does. */
async function adversary(): Promise<Node> {
  opened += 1
  const seed = new Uint8Array(32).fill(opened)
  const options = { seed, listen: [], topics: ['news'], parts }
  const node = await createNode(options, noHooks)
  await node.start()
  node.services.gossip.subscribe('news')
  closers.push(async () => node.stop())
  return node
}

function dial(from: Host, address: string): Promise<Result<PeerId, NetworkFault>> {
  return new Promise((resolve) => from.network.dial(address, resolve))
}

function request(from: Host, to: Host): Promise<Result<Uint8Array, NetworkFault>> {
  const asked = { peer: to.id, protocol: '/x/1', body: asciiBytes('q'), deadlineMs: 2_000 }
  return new Promise((resolve) => from.network.request(asked, resolve))
}

async function until(isDone: () => boolean, msMax = 5_000): Promise<void> {
  const end = performance.now() + msMax
  while (!isDone()) {
    if (performance.now() > end) throw new Error('it did not come about')
    await sleep(2)
  }
}

test('a peer id follows from the seed', async () => {
  const network = await openLibp2pNetwork({
    seed: new Uint8Array(32),
    listen: ['/memory/seeded'],
    topics: [],
    protocols: [],
    parts,
  })
  expect(network.self).toBe('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
  expect(network.addresses()).toEqual([`/memory/seeded/p2p/${network.self}`])
  await network.close()
})

test('an address that cannot be listened on is an error of the opening', async () => {
  const options = { seed: new Uint8Array(32), topics: [], protocols: [] }
  const first = await openLibp2pNetwork({ ...options, listen: ['/ip4/127.0.0.1/tcp/0'] })
  const taken = first.addresses()[0]?.split('/p2p/')[0] ?? ''
  await expect(openLibp2pNetwork({ ...options, listen: [taken] })).rejects.toThrow('EADDRINUSE')
  await expect(openLibp2pNetwork({ ...options, listen: ['nonsense'] })).rejects.toThrow()
  await first.close()
})

test('three nodes: gossip travels on, requests are answered, a ban parts two of them', async () => {
  const [a, b, c] = [await host(), await host(), await host()]
  expect(await dial(a, b.address)).toEqual({ ok: true, value: b.id })
  expect(await dial(c, b.address)).toEqual({ ok: true, value: b.id })
  await until(() => b.log.length === 2)
  await sleep(150)
  a.network.publish('news', asciiBytes('hello'))
  await until(() => b.gossip.length === 1)
  expect(c.gossip).toEqual([])
  b.gossip[0]?.verdict('accept')
  await until(() => c.gossip.length === 1)
  expect(c.gossip[0]?.message).toEqual({ topic: 'news', data: asciiBytes('hello'), from: b.id })
  const answer = request(c, b)
  await until(() => b.requests.length === 1)
  expect(b.requests[0]?.request).toEqual({ from: c.id, protocol: '/x/1', body: asciiBytes('q') })
  b.requests[0]?.answer(asciiBytes('a'))
  expect(await answer).toEqual({ ok: true, value: asciiBytes('a') })
  b.network.ban(a.id, true)
  b.network.disconnect(c.id)
  await until(() => a.log.includes(`down ${b.id}`) && c.log.includes(`down ${b.id}`))
  expect(await dial(a, b.address)).toMatchObject({ ok: false, fault: { code: 'refused' } })
  expect(await dial(c, b.address)).toMatchObject({ ok: true })
})

describe('opening', () => {
  test('what happened before the receiver was there is told to it', async () => {
    const early = await closedHost()
    const peer = await host()
    expect((await dial(peer, early.address)).ok).toBe(true)
    const asked = request(peer, early)
    await sleep(50)
    expect(early.log).toEqual([])
    early.network.open(early.receiver)
    await until(() => early.log.length === 2)
    expect(early.log[0]).toMatch(`up ${peer.id}`)
    expect(early.log[1]).toBe('request /x/1')
    early.requests[0]?.answer(asciiBytes('late'))
    expect(await asked).toEqual({ ok: true, value: asciiBytes('late') })
  })

  test('dials and requests before there is a receiver are answered all the same', async () => {
    const early = await closedHost()
    const peer = await host()
    expect(await dial(early, peer.address)).toEqual({ ok: true, value: peer.id })
    expect(await dial(early, 'nonsense')).toMatchObject({ ok: false })
  })
})

describe('peers', () => {
  test('that dial each other at once are up once on both sides', async () => {
    const [a, b] = [await host(), await host()]
    const dials = await Promise.all([dial(a, b.address), dial(b, a.address)])
    expect(dials.map(({ ok }) => ok)).toEqual([true, true])
    await until(() => a.log.length > 0 && b.log.length > 0)
    await sleep(100)
    expect([a.log.length, b.log.length]).toEqual([1, 1])
    a.network.disconnect(b.id)
    await until(() => a.log.length > 1 && b.log.length > 1)
    await sleep(50)
    expect([a.log[1], b.log[1]]).toEqual([`down ${b.id}`, `down ${a.id}`])
    expect([a.log.length, b.log.length]).toEqual([2, 2])
  })

  test('that ban this node refuse its dials, and it never takes them to be up', async () => {
    const [a, b] = [await host(), await host()]
    b.network.ban(a.id, true)
    for (let i = 0; i < 3; i += 1) {
      expect(await dial(a, b.address)).toMatchObject({ ok: false, fault: { code: 'refused' } })
    }
    await sleep(50)
    expect([a.log, b.log]).toEqual([[], []])
  })

  test('that this node bans cannot be dialled, under any address', async () => {
    const [a, b] = [await host(), await host()]
    a.network.ban(b.id, true)
    const bare = b.address.split('/p2p/')[0] ?? ''
    for (const address of [b.address, bare]) {
      expect(await dial(a, address)).toMatchObject({ ok: false, fault: { code: 'refused' } })
    }
    a.network.ban(b.id, false)
    expect(await dial(a, bare)).toEqual({ ok: true, value: b.id })
  })

  test('that are not who they should be are unreachable', async () => {
    const [a, b, c] = [await host(tcp), await host(tcp), await host(tcp)]
    const address = `${b.address.split('/p2p/')[0]}/p2p/${c.id}`
    expect(await dial(a, address)).toMatchObject({ fault: { code: 'unreachable' } })
    expect(a.log).toEqual([])
    expect(await dial(a, a.address)).toMatchObject({ fault: { code: 'refused' } })
  })

  test('beyond the limit of connections are refused', async () => {
    const hub = await host({ connectionsMax: 2 })
    const others = [await host(), await host(), await host()]
    const dials: boolean[] = []
    for (const other of others) dials.push((await dial(other, hub.address)).ok)
    expect(dials).toEqual([true, true, false])
    expect(hub.log).toHaveLength(2)
  })

  test('that dial in are told of with the address where they listen, on the host they are seen on', async () => {
    const [a, b] = [await host(tcp), await host(tcp)]
    expect(await dial(a, b.address)).toMatchObject({ ok: true })
    await until(() => b.log.length > 0)
    expect(b.log).toEqual([`up ${a.id} at ${a.address}`])
    const deaf = await host({ ...tcp, listen: [] })
    expect(await dial(deaf, b.address)).toMatchObject({ ok: true })
    await until(() => b.log.length > 1)
    expect(b.log[1]).toMatch(/^up \w+ at \/ip4\/127\.0\.0\.1\/tcp\/\d+$/)
  })

  test('in the bootstrap list are dialled without being asked for', async () => {
    const known = await host(tcp)
    const node = await host({ ...tcp, bootstrap: [known.address] })
    await until(() => node.log.length > 0)
    expect(node.log).toEqual([`up ${known.id} at ${known.address}!`])
  })
})

test('a node keeps about as many neighbours in gossip as it is told to', async () => {
  opened += 1
  const seed = new Uint8Array(32).fill(opened)
  const listen = [`/memory/unit-${opened}`]
  const gossip = { neighbours: 3 }
  const hub = await createNode({ seed, listen, topics: ['news'], gossip, parts }, noHooks)
  closers.push(async () => hub.stop())
  await hub.start()
  hub.services.gossip.subscribe('news')
  for (let i = 0; i < 9; i += 1) await dial(await host(), String(hub.getMultiaddrs()[0]))
  const { gossip: pubsub } = hub.services
  const neighbours = (): number => {
    // Not among what gossipsub's types promise.
    const mesh: ReadonlyMap<string, ReadonlySet<string>> = Reflect.get(pubsub, 'mesh')
    return mesh.get('news')?.size ?? 0
  }
  await until(() => pubsub.getSubscribers('news').length === 9)
  // Everybody has no other neighbour, and would be one of this node's.
  await until(() => neighbours() >= 6)
  await sleep(1_200)
  expect(neighbours()).toBeLessThanOrEqual(6)
})

describe('closing', () => {
  test('calls nobody back, neither for what was asked before nor for what comes after', async () => {
    const [a, b] = [await host(), await host()]
    await dial(a, b.address)
    let answers = 0
    const count = (): void => {
      answers += 1
    }
    const asked = { peer: b.id, protocol: '/x/1', body: new Uint8Array(1), deadlineMs: 50 }
    a.network.request(asked, count)
    await until(() => b.requests.length === 1)
    // On a busy machine the deadline may have passed by now.
    const before = [answers, a.log.length]
    await a.network.close()
    a.network.dial(b.address, count)
    a.network.request(asked, count)
    a.network.publish('news', new Uint8Array(1))
    a.network.disconnect(b.id)
    await sleep(100)
    expect([answers, a.log.length]).toEqual(before)
    expect(b.log.at(-1)).toBe(`down ${a.id}`)
  })

  test('lets a last request through, and waits for no answer for long', async () => {
    const [a, b] = [await host(), await host()]
    await dial(a, b.address)
    const asked = { peer: b.id, protocol: '/x/1', body: asciiBytes('bye'), deadlineMs: 60_000 }
    a.network.request(asked, () => expect.unreachable())
    const beganMs = performance.now()
    await a.network.close()
    expect(b.requests.map(({ request: { body } }) => body)).toEqual([asciiBytes('bye')])
    expect(performance.now() - beganMs).toBeLessThan(5_000)
  })
})

describe('a bad peer', () => {
  test('that never says who it is never comes up', async () => {
    const victim = await host()
    const silent: Libp2p = await createLibp2p({
      transports: [memory()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
    })
    closers.push(async () => silent.stop())
    const connection = await silent.dial(multiaddr(victim.address))
    const stream = await connection.newStream('/x/1')
    stream.send(Uint8Array.of(frameTags.request, 0, 0, 0, 0))
    await sleep(100)
    expect(victim.log).toEqual([])
  })

  test('that opens many streams gets eight of a protocol', async () => {
    const victim = await host()
    const bad = await adversary()
    const connection = await bad.dial(multiaddr(victim.address))
    for (let i = 0; i < 12; i += 1) {
      const stream = await connection.newStream('/x/1', { maxOutboundStreams: 100 })
      if (stream.status === 'open') stream.send(Uint8Array.of(frameTags.request, 0, 0, 0, 0))
    }
    await sleep(100)
    expect(victim.requests).toHaveLength(8)
  })

  test('that asks and never reads is served once, and heard no further', async () => {
    const victim = await host()
    const bad = await adversary()
    const connection = await bad.dial(multiaddr(victim.address))
    const stream: Stream = await connection.newStream('/x/1')
    stream.pause()
    const big = new Uint8Array(2 * 1024 * 1024)
    for (let i = 0; i < 10; i += 1) stream.send(Uint8Array.of(frameTags.request, 0, 0, 0, 0))
    await until(() => victim.requests.length === 1)
    victim.requests[0]?.answer(big)
    await sleep(200)
    expect(victim.requests).toHaveLength(1)
  })

  test.each([
    ['after it was seen to work', 40],
    ['before anybody has looked', 250],
  ])('whose gossip stream breaks %s is let go, to be met afresh', async (_when, gossipCheckMs) => {
    const victim = await host({ gossipCheckMs })
    const bad = await adversary()
    const connection = await bad.dial(multiaddr(victim.address))
    const theirs = (): readonly Stream[] =>
      connection.streams.filter(({ direction, protocol }) => {
        return direction === 'inbound' && protocol.startsWith('/meshsub/')
      })
    await until(() => victim.log.length === 1 && theirs().length === 1)
    await sleep(3.5 * gossipCheckMs < 150 ? 3.5 * gossipCheckMs : 0)
    expect(victim.log).toHaveLength(1)
    for (const stream of theirs()) stream.abort(new Error('broken'))
    await until(() => victim.log.length === 2)
    expect(victim.log[1]).toBe(`down ${bad.peerId.toString()}`)
  })

  test('that does not gossip is none to let go for that', async () => {
    const victim = await host({ gossipCheckMs: 20 })
    const bad = await adversary()
    for (const protocol of bad.services.gossip.protocols) await bad.unhandle(protocol)
    await bad.dial(multiaddr(victim.address))
    await until(() => victim.log.length === 1)
    await sleep(100)
    expect(victim.log).toHaveLength(1)
  })

  test('that asks on and on for protocols that nobody speaks is sent away, and stays away', async () => {
    const victim = await host()
    const bad = await adversary()
    const connection = await bad.dial(multiaddr(victim.address))
    await until(() => victim.log.length === 1)
    let asked = 0
    for (; connection.status === 'open'; asked += 1) {
      await connection.newStream('/nothing/1').catch(() => undefined)
    }
    // Three for each: the stream, the greeting and the refusal.
    expect(asked).toBeGreaterThan(300)
    expect(asked).toBeLessThan(700)
    await until(() => victim.log.includes(`down ${bad.peerId.toString()}`))
    const again = await bad.dial(multiaddr(victim.address))
    await until(() => again.status !== 'open')
    expect(victim.log).toHaveLength(2)
  })

  test('that offers by gossip what it does not have is sent away', async () => {
    const victim = await host()
    const bad = await adversary()
    const connection = await bad.dial(multiaddr(victim.address))
    await until(() => victim.log.length === 1)
    const stream = await connection.newStream('/meshsub/1.1.0', { maxOutboundStreams: 9 })
    const offer = meshFrame(rpc.ihave('news', [Uint8Array.of(1)]))
    for (let i = 0; i < 150; i += 1) if (stream.status === 'open') stream.send(offer)
    await until(() => victim.log.includes(`down ${bad.peerId.toString()}`))
  })

  test('that gossips what is false is soon not heard any more', async () => {
    const victim = await host()
    const bad = await adversary()
    await bad.dial(multiaddr(victim.address))
    await until(() => victim.log.length === 1)
    await sleep(150)
    const publish = async (text: string): Promise<void> => {
      await bad.services.gossip.publish('news', asciiBytes(text))
    }
    for (let i = 0; i < 4; i += 1) await publish(`lie ${i}`)
    await until(() => victim.gossip.length === 4)
    for (const { verdict } of victim.gossip) verdict('reject')
    // Gossipsub trusts a peer of good score for a second before it looks at the score again.
    await sleep(1_100)
    for (let i = 0; i < 4; i += 1) await publish(`more ${i}`)
    await sleep(200)
    expect(victim.gossip).toHaveLength(4)
  })

  test('that is not heard any more is sent away, and again when it comes back at once', async () => {
    const victim = await host({ gossipCheckMs: 40 })
    const bad = await adversary()
    await bad.dial(multiaddr(victim.address))
    await until(() => victim.log.length === 1)
    await sleep(150)
    for (let i = 0; i < 4; i += 1) await bad.services.gossip.publish('news', asciiBytes(`lie ${i}`))
    await until(() => victim.gossip.length === 4)
    for (const { verdict } of victim.gossip) verdict('reject')
    const id = bad.peerId.toString()
    await until(() => victim.log.includes(`down ${id}`))
    const before = victim.log.length
    const again = await bad.dial(multiaddr(victim.address))
    await until(() => again.status !== 'open')
    expect(victim.log).toHaveLength(before)
  })
})
