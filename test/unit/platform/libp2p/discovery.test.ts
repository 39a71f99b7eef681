/** How the network finds peers by itself, among real nodes on loopback. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { DhtOptions } from '../../../../src/platform/libp2p/kademlia.ts'
import type { NetworkOptions } from '../../../../src/platform/network.ts'
import { dial, type Host, hostsFrom, until } from './hosts.ts'

const hosts = hostsFrom(71)
const dht: DhtOptions = { protocol: '/test/kad/1', mode: 'server', pauseMsMin: 300 }
/** All nodes of a test are one host. */
const crowd: Partial<NetworkOptions> = { dht, connectionsPerSecondMax: 10_000 }

/** Dials whoever is found, as a node that needs peers would. */
function goAndMeet(host: Host): void {
  const { receiver } = host
  host.network.open({
    ...receiver,
    peerFound: (address) => {
      receiver.peerFound(address)
      host.network.dial(address, () => undefined)
    },
  })
}

function peersFound({ found }: Host): number {
  return new Set(found.map((address) => address.split('/p2p/')[1])).size
}

describe('Kademlia', () => {
  test('24 nodes that know one and the same find ten and more each', async () => {
    const guide = await hosts.open(crowd)
    const others = await Promise.all(Array.from({ length: 23 }, () => hosts.open(crowd)))
    const dials = await Promise.all(others.map((host) => dial(host, guide.address)))
    expect(dials.filter(({ ok }) => !ok)).toEqual([])
    await until(() => others.every((host) => peersFound(host) >= 10), 30_000)
    for (const { found, id } of others) expect(found.join()).not.toContain(id)
  })

  test('goes as far as the nodes go: six in a row find all others', async () => {
    const row: Host[] = []
    for (let i = 0; i < 6; i += 1) {
      const host = await hosts.open(crowd)
      goAndMeet(host)
      const before = row.at(-1)
      if (before !== undefined) expect(await dial(host, before.address)).toMatchObject({ ok: true })
      row.push(host)
    }
    // Whom one has dialled at the start, or was dialled by, need not be found.
    const known = ({ found, log }: Host): number => {
      const lines = [...found, ...log].map((line) => line.split('/p2p/')[1]?.replace('!', ''))
      return new Set(lines).size
    }
    await until(() => row.every((host) => known(host) === 5), 20_000)
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
})
