import { beforeEach, describe, expect, test } from 'vitest'
import type { Observed } from '../../../sim/cluster/checker/checker.ts'
import { plannedFailure } from '../../../sim/cluster/checker/containment.ts'
import { Cluster } from '../../../sim/cluster/cluster.ts'
import { idealScheme } from '../../../sim/cluster/ideal.ts'
import { localLink } from '../../../sim/link.ts'
import { topicsOf } from '../../../src/actors/network/topics.ts'
import type { PeerReport } from '../../../src/actors/peer/messages.ts'
import { protocolId } from '../../../src/protocol/wire/requests.ts'
import { encodeStatus } from '../../../src/protocol/wire/status.ts'
import { RawPeer } from '../../support/actors/raw-peer.ts'

/** Strangers who dial a whole node, on a simulated machine with a disk. */

const minute = 60_000

let cluster: Cluster
let events: Observed[]

beforeEach(() => {
  events = []
  cluster = new Cluster(
    // None of the nodes breaks the rules, but this stranger does: or each report would be a false one.
    { members: 1, link: localLink, hostile: new Map([['evil', () => (node) => node]]) },
    { seed: 'peers', crypto: idealScheme(), onEvent: (observed) => events.push(observed) },
  )
  cluster.run(6_000)
})

/** A peer of the same chain, that says no more than where it stands. */
function stranger(name: string): RawPeer {
  const { genesis, tag } = cluster.chain
  const peer = new RawPeer(cluster.simulation, name)
  peer.serve = ({ protocol }) =>
    protocol === protocolId.status
      ? encodeStatus({
          ...{ chainTag: tag, genesis: genesis.hash, head: { height: 0, slot: 0 } },
          ...{ availableFrom: 0, certified: undefined, statement: undefined },
        })
      : undefined
  return peer
}

function tellNonsense(peer: RawPeer): void {
  peer.publish(topicsOf(cluster.chain).consensus, Uint8Array.of(9, 9))
  cluster.run(1_000)
}

function isConnected(name: string): boolean {
  return cluster.simulation.network.isConnected('n0', name)
}

function peersOf(): readonly PeerReport[] {
  let found: readonly PeerReport[] = []
  cluster.machine('n0').node?.call('alys_getPeers', [], (answer) => {
    if ('result' in answer) found = answer.result as readonly PeerReport[]
  })
  cluster.run(1_000)
  return found
}

describe('a peer that tells nonsense', () => {
  test('is banned for an hour, also after the power was gone', () => {
    const peer = stranger('evil')
    peer.connect('n0')
    cluster.run(1_000)
    expect(isConnected('evil')).toBe(true)
    tellNonsense(peer)
    expect(isConnected('evil')).toBe(false)
    cluster.crash('n0', 1_000)
    cluster.run(30 * minute)
    peer.connect('n0')
    expect(isConnected('evil')).toBe(false)
    cluster.run(31 * minute)
    peer.connect('n0')
    expect(isConnected('evil')).toBe(true)
    const banned = events.filter(({ event }) => event.kind === 'peer-banned')
    expect(banned).toMatchObject([{ event: { peer: 'evil', as: 'proof', reason: 'malformed' } }])
  })

  test('is let in again in time, though the actor that banned it has failed since', () => {
    const peer = stranger('evil')
    peer.connect('n0')
    cluster.run(1_000)
    tellNonsense(peer)
    cluster.run(5 * minute)
    cluster.machine('n0').node?.crashActor('network/peer', plannedFailure)
    cluster.run(54 * minute)
    peer.connect('n0')
    expect(isConnected('evil')).toBe(false)
    cluster.run(3 * minute)
    peer.connect('n0')
    expect(isConnected('evil')).toBe(true)
  })
})

describe('who is connected', () => {
  test.each(['network/peer', 'network/network'])('is known after a failure of %s', (path) => {
    const peer = stranger('quiet')
    peer.connect('n0')
    cluster.run(1_000)
    cluster.machine('n0').node?.crashActor(path, plannedFailure)
    cluster.run(20_000)
    expect(isConnected('quiet')).toBe(true)
    expect(peersOf()).toMatchObject([
      { peer: 'quiet', isConnected: true, direction: 'inbound', netgroup: 'sim/quiet' },
    ])
  })
})

test('a peer that the network finds is dialled, though nobody knows it', () => {
  const peer = stranger('friend')
  expect(isConnected('friend')).toBe(false)
  for (const name of ['nobody', 'friend', 'n0']) {
    cluster.simulation.network.find('n0', `sim:${name}`)
  }
  cluster.run(10_000)
  expect(isConnected('friend')).toBe(true)
  expect(peersOf()).toMatchObject([{ peer: peer.name, direction: 'outbound', isBanned: false }])
  const found = events.flatMap(({ event }) => (event.kind === 'address-found' ? [event] : []))
  expect(found.map(({ address }) => address)).toEqual(['sim:nobody', 'sim:friend'])
})

test('two hundred peers of one neighbourhood take a twentieth of the places, and cost no more', () => {
  const many = Array.from({ length: 200 }, (_, i) => stranger(`evil.${i >> 1}.${i}`))
  for (const peer of many) peer.connect('n0')
  const honest = stranger('honest')
  honest.connect('n0')
  cluster.run(1_000)
  const inside = many.filter(({ name }) => isConnected(name))
  expect(inside.length).toBeLessThanOrEqual(6)
  expect(isConnected('honest')).toBe(true)
  const before = cluster.heightOf('n0')
  cluster.run(20_000)
  expect(cluster.heightOf('n0')).toBeGreaterThan(before + 8)
})
