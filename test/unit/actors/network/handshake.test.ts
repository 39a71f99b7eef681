import { beforeEach, describe, expect, test } from 'vitest'
import { present } from '../../../../src/base/assert.ts'
import { decodeGoodbye, goodbyeCodes } from '../../../../src/protocol/wire/goodbye.ts'
import { protocolId, wireVersions } from '../../../../src/protocol/wire/requests.ts'
import { encodeStatus, type PeerStatement } from '../../../../src/protocol/wire/status.ts'
import { federationOf, vouchFor } from '../../../support/actors/federation.ts'
import { RawPeer } from '../../../support/actors/raw-peer.ts'
import {
  chainStatus,
  federation,
  openScene,
  politePeer,
  readyPeer,
  type Scene,
  statusOf,
} from './scene.ts'

let scene: Scene

beforeEach(() => {
  scene = openScene()
})

function connectWith(statement: PeerStatement): void {
  const peer = new RawPeer(scene.stage.simulation, 'a')
  peer.serve = () => encodeStatus(statusOf(federation, { statement }))
  peer.connect('stage')
}

function classOf(peer: string): string | undefined {
  return scene.peers.of('peer-status').find(({ ready }) => ready.peer === peer)?.ready.class
}

describe('a peer of the same chain', () => {
  test('is ready, and everybody concerned is told', () => {
    readyPeer(scene.stage, 'a')
    expect(scene.peers.of('peer-up')).toEqual([
      { kind: 'peer-up', peer: 'a', address: 'sim:a', isDialled: false },
    ])
    expect(classOf('a')).toBe('regular')
    expect(scene.sync.of('sync-peer-ready').map(({ peer }) => peer)).toEqual(['a'])
    expect(scene.chain.of('peer-ready')).toEqual([{ kind: 'peer-ready', peer: 'a' }])
  })

  test('is told where this node stands', () => {
    const peer = readyPeer(scene.stage, 'a')
    expect(peer.requests.map(({ protocol }) => protocol)).toEqual([protocolId.status])
    expect(peer.requests[0]?.body).toEqual(encodeStatus(statusOf(federation)))
  })

  test('that is lost is gone for everybody', () => {
    readyPeer(scene.stage, 'a').network.disconnect('stage')
    scene.stage.run(100)
    expect(scene.peers.of('peer-down')).toEqual([{ kind: 'peer-down', peer: 'a' }])
    expect(scene.sync.of('sync-peer-lost')).toEqual([{ kind: 'sync-peer-lost', peer: 'a' }])
    expect(scene.stage.reports('peer-lost')).toHaveLength(1)
  })

  test('is announced again when it is asked for', () => {
    readyPeer(scene.stage, 'a')
    scene.stage.send(scene.network, { kind: 'announce-peers' })
    expect(scene.peers.of('peer-status')).toHaveLength(2)
    expect(scene.sync.of('sync-peer-ready')).toHaveLength(2)
  })

  test('waits until this chain has started', () => {
    scene = openScene({ isStarting: true })
    readyPeer(scene.stage, 'a')
    scene.stage.run(20_000)
    expect(classOf('a')).toBeUndefined()
    expect(scene.stage.reports('peer-refused')).toEqual([])
    scene.stage.send(scene.network, { kind: 'set-status', status: chainStatus })
    scene.stage.run(1_100)
    expect(classOf('a')).toBe('regular')
  })

  test('is met although word that the chain has started was lost', () => {
    const chain = { isStarting: true }
    scene = openScene(chain)
    readyPeer(scene.stage, 'a')
    scene.stage.run(5_000)
    expect(classOf('a')).toBeUndefined()
    chain.isStarting = false
    scene.stage.run(2_100)
    expect(classOf('a')).toBe('regular')
  })

  test('that refuses at first is asked again', () => {
    const peer = politePeer(scene.stage, 'a')
    const { serve } = peer
    peer.serve = () => undefined
    peer.connect('stage')
    expect(classOf('a')).toBeUndefined()
    peer.serve = serve
    scene.stage.run(1_100)
    expect(classOf('a')).toBe('regular')
  })

  test('that never says where it stands is sent away after five tries', () => {
    const peer = new RawPeer(scene.stage.simulation, 'a')
    peer.connect('stage')
    scene.stage.run(10_000)
    const asked = peer.requests.map(({ protocol }) => protocol)
    expect(asked).toEqual([...Array(5).fill(protocolId.status), protocolId.goodbye])
    expect(scene.stage.reports('peer-refused')).toEqual([
      { kind: 'peer-refused', peer: 'a', reason: 'no status' },
    ])
    expect(scene.stage.simulation.network.isConnected('stage', 'a')).toBe(false)
    // Silence is nobody's offence.
    expect(scene.peers.of('report-peer')).toEqual([])
  })
})

describe('a peer of another chain', () => {
  test.each([
    ['tag', statusOf(federationOf(4, 'other'))],
    ['genesis', statusOf(federation, { genesis: 'ff'.repeat(32) })],
  ])('by its %s is reported and sent away', (_what, status) => {
    const peer = new RawPeer(scene.stage.simulation, 'a')
    peer.serve = () => encodeStatus(status)
    peer.connect('stage')
    scene.stage.run(100)
    expect(scene.peers.of('report-peer')).toEqual([
      { kind: 'report-peer', peer: 'a', offence: 'other-chain' },
    ])
    expect(scene.stage.reports('peer-refused')).toEqual([
      { kind: 'peer-refused', peer: 'a', reason: 'another chain' },
    ])
    expect(scene.stage.simulation.network.isConnected('stage', 'a')).toBe(false)
    expect(scene.peers.of('peer-status')).toEqual([])
    expect(scene.sync.of('sync-peer-ready')).toEqual([])
    const last = peer.requests.at(-1)
    expect(last).toMatchObject({ protocol: protocolId.goodbye })
    expect(decodeGoodbye(present(last?.body, 'a body'))).toEqual({
      ok: true,
      value: goodbyeCodes['other-chain'],
    })
  })

  test('is sent away without blame if it is of the same chain, and of other versions alone', () => {
    const peer = new RawPeer(scene.stage.simulation, 'a')
    const { newest } = wireVersions
    const versions = { oldest: newest + 1, newest: newest + 4 }
    peer.serve = () => encodeStatus(statusOf(federation, { versions }))
    peer.connect('stage')
    scene.stage.run(100)
    expect(scene.peers.of('report-peer')).toEqual([])
    expect(scene.stage.reports('peer-refused')).toMatchObject([{ reason: 'another version' }])
    expect(scene.stage.reports('peer-told-goodbye')).toMatchObject([{ reason: 'other-version' }])
    expect(scene.stage.simulation.network.isConnected('stage', 'a')).toBe(false)
  })
})

describe('a statement', () => {
  const soonMs = 1_700_000_060_000

  test('by a member about this peer makes it federation', () => {
    connectWith(vouchFor(federation, 2, 'a', soonMs))
    expect(classOf('a')).toBe('federation')
  })

  test.each<[string, PeerStatement]>([
    ['that has expired', vouchFor(federation, 2, 'a', 1_700_000_000_000)],
    ['about another peer', vouchFor(federation, 2, 'b', soonMs)],
    ['by a member of another chain', vouchFor(federationOf(4, 'other'), 2, 'a', soonMs)],
    ['signed by another member', { ...vouchFor(federation, 2, 'a', soonMs), member: 1 }],
    ['with another expiry', { ...vouchFor(federation, 2, 'a', soonMs), expiresAtMs: soonMs + 1 }],
  ])('%s leaves it a regular peer', (_what, statement) => {
    connectWith(statement)
    expect(classOf('a')).toBe('regular')
    expect(scene.stage.reports('statement-refused')).toHaveLength(1)
    expect(scene.peers.of('report-peer')).toEqual([])
  })
})

describe('a federation peer', () => {
  const startMs = 1_700_000_000_000
  let expiresAtMs: number
  let asked: number

  beforeEach(() => {
    expiresAtMs = startMs + 60_000
    asked = 0
    const peer = new RawPeer(scene.stage.simulation, 'a')
    peer.serve = ({ protocol }) => {
      if (protocol !== protocolId.status) return undefined
      asked += 1
      const statement = vouchFor(federation, 2, 'a', expiresAtMs)
      return encodeStatus(statusOf(federation, { statement }))
    }
    peer.connect('stage')
  })

  const classes = (): readonly string[] =>
    scene.peers.of('peer-status').map((message) => message.ready.class)

  test('is asked for a newer statement when half of the old one is over, and stays what it is', () => {
    expiresAtMs = startMs + 1_000_000
    scene.stage.run(29_000)
    expect(asked).toBe(1)
    scene.stage.run(2_000)
    expect(asked).toBe(2)
    scene.stage.run(60_000)
    expect(new Set(classes())).toEqual(new Set(['federation']))
    // Half of a thousand seconds is far away.
    expect(asked).toBe(2)
    // It is no newcomer to the chain.
    expect(scene.chain.of('peer-ready')).toHaveLength(1)
  })

  test('whose statement is not renewed is one of many once it has expired, and not before', () => {
    scene.stage.run(59_000)
    expect(classes().at(-1)).toBe('federation')
    scene.stage.run(3_000)
    expect(classes().at(-1)).toBe('regular')
    const before = asked
    scene.stage.run(60_000)
    expect(asked).toBe(before)
  })

  test('that does not answer keeps what it has shown until that expires', () => {
    const { network } = scene.stage.simulation
    network.rules.add('silence', ({ kind }) => ({ kind: kind === 'answer' ? 'drop' : 'pass' }))
    scene.stage.run(55_000)
    expect(classes().at(-1)).toBe('federation')
    scene.stage.run(15_000)
    expect(classes().at(-1)).toBe('regular')
  })
})

test('a status that cannot be read is told by its field, and costs its sender', () => {
  const peer = new RawPeer(scene.stage.simulation, 'a')
  peer.serve = () => encodeStatus(statusOf(federation)).slice(0, 54)
  peer.connect('stage')
  expect(scene.stage.reports('frame-malformed')[0]).toMatchObject({
    peer: 'a',
    what: 'status',
    field: 'status.head.slot',
  })
  expect(scene.peers.of('report-peer')[0]).toMatchObject({ peer: 'a', offence: 'malformed' })
  expect(scene.stage.failures).toEqual([])
})
