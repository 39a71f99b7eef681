/**
 * A node that downloads from another over a slow link, on the wire and the disk of the simulator: what is served
 * fits together, an answer that comes in is waited for, and one that is given up makes room.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { addressOf } from '../../sim/address.ts'
import { Cluster } from '../../sim/cluster/cluster.ts'
import { type CryptoScheme, verifierOf } from '../../sim/cluster/crypto.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { constant } from '../../sim/distribution.ts'
import { localLink } from '../../sim/link.ts'
import { type LinkRule, only } from '../../sim/rules.ts'
import type { ChainMessage, ChainStatus } from '../../src/actors/chain/messages.ts'
import { NetworkActor } from '../../src/actors/network/actor.ts'
import type { Fetched, NetworkMessage, Patience } from '../../src/actors/network/messages.ts'
import { present } from '../../src/base/assert.ts'
import type { Address, AnyMessage } from '../../src/kernel/actor.ts'
import type { Environment } from '../../src/kernel/environment.ts'
import { System } from '../../src/kernel/system.ts'
import { type KernelEvent, Trace } from '../../src/kernel/trace.ts'
import type { NodeEvent } from '../../src/node/event.ts'
import { bodyRoot, decodeBody } from '../../src/protocol/block/body.ts'
import type { SignedHeader } from '../../src/protocol/block/header.ts'
import type { Chain } from '../../src/protocol/chain.ts'
import type { CertifiedHeader } from '../../src/protocol/wire/certified-header.ts'
import { wireVersions } from '../../src/protocol/wire/requests.ts'

const bytesPerSecond = 5_000
const latencyMs = 50
const heightMin = 90

const patience: Patience = {
  deadlineMs: 1_000,
  stallMs: 1_000,
  bytesPerSecondMin: 1_000,
  extensionMs: 500,
  deadlineMsMax: 20_000,
}

/** The network actor of a node that has nothing but genesis, and none of the node's other actors. */
class Client {
  readonly events: (NodeEvent | KernelEvent)[] = []
  readonly #cluster: Cluster
  #system: System<NodeEvent> | undefined
  #network: Address<NetworkMessage> | undefined

  constructor(cluster: Cluster, crypto: CryptoScheme) {
    this.#cluster = cluster
    const verifier = verifierOf(crypto)
    cluster.simulation.addHost('client', { verifier }).boot((environment) => {
      const system = this.#start(environment, cluster.chain)
      environment.network.dial(addressOf('n0'), () => undefined)
      return { stop: () => system.stop() }
    })
  }

  /** Fetches, and lets time pass until the outcome is known. */
  fetch<Item>(
    message: (reply: (fetched: Fetched<Item>) => void) => NetworkMessage,
  ): () => Fetched<Item> | undefined {
    let found: Fetched<Item> | undefined
    this.send(
      message((fetched) => {
        found = fetched
      }),
    )
    return () => found
  }

  send(message: NetworkMessage): void {
    present(this.#system, 'a system').send(present(this.#network, 'a network actor'), message)
  }

  #start({ clock, random, network, verifier }: Environment, chain: Chain): System<NodeEvent> {
    const policy = {
      decide: () => ({ kind: 'abandon' }) as const,
      ...{ restartsMax: 0, windowMs: 1, untilBoundaryMs: () => 0 },
    }
    const trace = new Trace<NodeEvent>([{ event: (_now, _path, event) => this.events.push(event) }])
    const system = new System<NodeEvent>({ clock, random }, trace, policy, () => undefined)
    const deaf = <Message extends AnyMessage>(name: string): Address<Message> =>
      system.root.spawn<Message>(name, { waitingMax: 1_000 }, () => ({ receive: () => undefined }))
    const place = { height: 0, slot: 0, hash: chain.genesis.hash }
    const status: ChainStatus = {
      ...{ committed: place, head: place, certified: undefined },
      ...{ isVoting: false, isGateOpen: false },
    }
    const chainActor = system.root.spawn<ChainMessage>('chain', { waitingMax: 1_000 }, () => ({
      receive: (message) => {
        if (message.kind === 'get-chain-status') message.reply(status)
      },
    }))
    const others = { engine: deaf('engine'), peers: deaf('peer'), storage: deaf('storage') }
    const spawned = system.root.spawn<NetworkMessage>(
      'network',
      { waitingMax: 1_000 },
      (context) => {
        const world = { context, chain, network, verifier, versions: wireVersions }
        const ours = { statement: () => undefined, chainActor, ...others, sync: deaf('sync') }
        return new NetworkActor({ ...world, ...ours })
      },
    )
    this.#network = spawned
    this.#system = system
    system.start()
    return system
  }

  run(ms: number): void {
    this.#cluster.run(ms)
  }
}

let cluster: Cluster
let client: Client

beforeAll(() => {
  const link = { ...localLink, latency: constant(5_000) }
  const crypto = idealScheme()
  cluster = new Cluster({ members: 4, slotMs: 400, link }, { seed: 'download', crypto })
  transfers(cluster, { everyMs: 200, untilMs: 60_000 })
  cluster.run(120_000, () => cluster.heightOf('n0') >= heightMin)
  client = new Client(cluster, crypto)
  client.run(2_000)
  const slow = { ...localLink, latency: constant(latencyMs * 1_000), bytesPerSecond }
  const { network } = cluster.simulation
  network.setLink('n0', 'client', slow)
  // The link is for what is fetched.
  const drop: LinkRule = () => ({ kind: 'drop' })
  network.rules.add(
    'quiet',
    only(({ kind, to }) => kind === 'gossip' && to === 'client', drop),
  )
})

function fetchBodies(id: number, change: Partial<Patience> = {}) {
  return client.fetch<readonly Uint8Array[]>((reply) => ({
    ...{ kind: 'fetch-bodies', id, peer: 'n0', reply },
    request: { fromHeight: 1, countMax: heightMin, bytesMax: 1_000_000 },
    patience: { ...patience, ...change },
  }))
}

function fetchHeaders(id: number, countMax: number) {
  return client.fetch<readonly SignedHeader[]>((reply) => ({
    ...{ kind: 'fetch-headers', id, peer: 'n0', reply, patience },
    request: { fromHeight: 1, countMax },
  }))
}

function foundIn<Item>(fetched: Fetched<Item> | undefined) {
  const served = fetched?.ok ? fetched.value.served : undefined
  return served?.kind === 'found' ? served.value : expect.unreachable()
}

describe('over a slow link', () => {
  test('bodies come beyond the deadline as long as they come in, and are those of the headers', () => {
    const headers = fetchHeaders(1, heightMin)
    client.run(20_000)
    const bodies = fetchBodies(2)
    client.run(20_000)
    const roots = foundIn(bodies()).map((bytes) => {
      const body = decodeBody(bytes)
      return body.ok ? bodyRoot(body.value) : body.fault.field
    })
    const signed = foundIn(headers())
    expect(roots).toEqual(signed.map(({ header }) => header.bodyRoot))
    expect(signed.map(({ header }) => header.parentHash).slice(1)).toEqual(
      signed.map(({ hash }) => hash).slice(0, -1),
    )
    const fetched = bodies()
    const { bytes, firstByteMs, elapsedMs } = fetched?.ok ? fetched.value : expect.unreachable()
    expect(elapsedMs).toBeGreaterThan(2 * patience.deadlineMs)
    expect(elapsedMs - firstByteMs).toBeCloseTo((bytes * 1_000) / bytesPerSecond, -1)
  })

  test('certified headers are those of the chain', () => {
    const certified = client.fetch<readonly CertifiedHeader[]>((reply) => ({
      ...{ kind: 'fetch-certified', id: 3, peer: 'n0', reply, patience },
      request: { fromHeight: 1, strideHeights: 30, countMax: 3 },
    }))
    client.run(1_000)
    const headers = fetchHeaders(4, heightMin)
    client.run(20_000)
    const hashes = new Map(foundIn(headers()).map(({ hash, header }) => [header.height, hash]))
    const found = foundIn(certified())
    expect(found).toHaveLength(3)
    for (const { signed, certificate } of found) {
      expect(certificate.block).toBe(hashes.get(signed.header.height))
    }
  })

  test('bodies that come in too slowly are given up at the deadline', () => {
    const bodies = fetchBodies(5, { bytesPerSecondMin: 2 * bytesPerSecond })
    client.run(patience.deadlineMs - 1)
    expect(bodies()).toBeUndefined()
    client.run(2)
    expect(bodies()).toMatchObject({ ok: false, fault: { code: 'timeout' } })
    client.run(20_000)
  })

  test('what is given up makes room, and its progress is told', () => {
    const bodies = fetchBodies(6)
    client.run(800)
    client.send({ kind: 'cancel-fetch', id: 6 })
    client.run(1)
    expect(bodies()).toMatchObject({ ok: false, fault: { code: 'cancelled' } })
    const report = client.events.findLast((event) => event.kind === 'part-fetched')
    expect(report).toMatchObject({ part: 'bodies', outcome: 'cancelled' })
    // What came in at the link's pace since the first byte.
    const { bytes } = report?.kind === 'part-fetched' ? report : expect.unreachable()
    expect(bytes).toBeGreaterThan(0.7 * bytesPerSecond)
    expect(bytes).toBeLessThan(0.8 * bytesPerSecond)
    const headers = fetchHeaders(7, 5)
    client.run(400)
    expect(foundIn(headers())).toHaveLength(5)
  })

  test('above what is committed there is nothing, and the heights that there are, are told', () => {
    const beyond = client.fetch<readonly Uint8Array[]>((reply) => ({
      ...{ kind: 'fetch-bodies', id: 8, peer: 'n0', reply, patience },
      request: { fromHeight: 1_000_000, countMax: 1, bytesMax: 1 },
    }))
    client.run(1_000)
    const fetched = beyond()
    const served = fetched?.ok ? fetched.value.served : expect.unreachable()
    expect(served).toMatchObject({ kind: 'unavailable', fromHeight: 0 })
    const { toHeight } = served.kind === 'unavailable' ? served : expect.unreachable()
    expect(toHeight).toBeGreaterThanOrEqual(heightMin)
    expect(cluster.violation).toBeUndefined()
  })
})
