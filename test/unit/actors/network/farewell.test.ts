import { beforeEach, describe, expect, test } from 'vitest'
import { topicsOf } from '../../../../src/actors/network/topics.ts'
import type { InboundRequest } from '../../../../src/kernel/environment.ts'
import {
  decodeGoodbye,
  encodeGoodbye,
  goodbyeCodes,
  goodbyeReasonOf,
} from '../../../../src/protocol/wire/goodbye.ts'
import { protocolId } from '../../../../src/protocol/wire/requests.ts'
import type { RawPeer } from '../../../support/actors/raw-peer.ts'
import { federation, openScene, readyPeer, type Scene } from './scene.ts'

let scene: Scene
let peer: RawPeer

beforeEach(() => {
  scene = openScene()
  peer = readyPeer(scene.stage, 'a')
})

function goodbyes(of: RawPeer): readonly string[] {
  return of.requests.flatMap(({ protocol, body }: InboundRequest) => {
    if (protocol !== protocolId.goodbye) return []
    const decoded = decodeGoodbye(body)
    return decoded.ok ? [goodbyeReasonOf(decoded.value)] : ['malformed']
  })
}

const isConnected = (name = 'a'): boolean =>
  scene.stage.simulation.network.isConnected('stage', name)

describe('a peer that is sent away', () => {
  test('is told why first, and the connection is closed when it has heard', () => {
    scene.stage.send(scene.network, { kind: 'disconnect', peer: 'a', reason: 'too-many-peers' })
    expect(isConnected()).toBe(true)
    scene.stage.run(5)
    expect(goodbyes(peer)).toEqual(['too-many-peers'])
    expect(isConnected()).toBe(false)
    expect(scene.peers.of('peer-down')).toHaveLength(1)
    expect(scene.stage.reports('peer-told-goodbye')).toEqual([
      { kind: 'peer-told-goodbye', peer: 'a', reason: 'too-many-peers' },
    ])
  })

  test('is waited for half a second, and is nobody meanwhile', () => {
    peer.answersNothing = true
    scene.stage.send(scene.network, { kind: 'disconnect', peer: 'a', reason: 'fault' })
    scene.stage.send(scene.network, { kind: 'disconnect', peer: 'a', reason: 'fault' })
    scene.stage.run(400)
    expect(isConnected()).toBe(true)
    peer.publish(topicsOf(federation.chain).transactions, Uint8Array.of(1))
    scene.stage.run(10)
    expect(scene.engine.received).toEqual([])
    expect(peer.request('stage', protocolId.block, new Uint8Array(32))).toMatchObject({ ok: false })
    scene.stage.run(100)
    expect(isConnected()).toBe(false)
    expect(goodbyes(peer)).toEqual(['fault'])
  })

  test('is banned when it has heard why, or does not listen', () => {
    peer.answersNothing = true
    const other = readyPeer(scene.stage, 'b')
    for (const name of ['a', 'b']) {
      scene.stage.send(scene.network, { kind: 'disconnect', peer: name, reason: 'banned' })
      scene.stage.send(scene.network, { kind: 'ban', peer: name, isBanned: true })
    }
    scene.stage.run(600)
    expect([goodbyes(peer), goodbyes(other)]).toEqual([['banned'], ['banned']])
    for (const each of [peer, other]) each.connect('stage')
    expect([isConnected('a'), isConnected('b')]).toEqual([false, false])
  })

  test('may go by itself; its ban holds all the same', () => {
    peer.answersNothing = true
    scene.stage.send(scene.network, { kind: 'disconnect', peer: 'a', reason: 'banned' })
    scene.stage.send(scene.network, { kind: 'ban', peer: 'a', isBanned: true })
    peer.network.disconnect('stage')
    scene.stage.run(50)
    peer.connect('stage')
    expect(isConnected()).toBe(false)
  })

  test('is sent away without a word beyond sixty-four at once', () => {
    const names = Array.from({ length: 65 }, (_, index) => `c${index}`)
    const crowd = names.map((name) => readyPeer(scene.stage, name))
    for (const each of crowd) each.answersNothing = true
    for (const name of names) {
      scene.stage.send(scene.network, { kind: 'disconnect', peer: name, reason: 'not-needed' })
    }
    scene.stage.run(10)
    expect(names.filter(isConnected)).toHaveLength(64)
    expect(crowd.filter((each) => goodbyes(each).length > 0)).toHaveLength(64)
  })
})

describe('a peer that takes its leave', () => {
  test('is heard, and whoever decides about peers is told', () => {
    const body = encodeGoodbye(goodbyeCodes['shutting-down'])
    expect(peer.request('stage', protocolId.goodbye, body)).toEqual({
      ok: true,
      value: new Uint8Array(0),
    })
    expect(scene.peers.of('goodbye')).toEqual([
      { kind: 'goodbye', peer: 'a', reason: 'shutting-down' },
    ])
    expect(scene.stage.reports('peer-said-goodbye')).toMatchObject([{ reason: 'shutting-down' }])
  })

  test('for a reason of a later version is heard too', () => {
    expect(peer.request('stage', protocolId.goodbye, Uint8Array.of(200)).ok).toBe(true)
    expect(scene.peers.of('goodbye')).toMatchObject([{ reason: 'unknown' }])
    expect(scene.peers.of('report-peer')).toEqual([])
  })

  test('in more than a byte is malformed', () => {
    expect(peer.request('stage', protocolId.goodbye, Uint8Array.of(1, 1)).ok).toBe(false)
    expect(scene.stage.reports('frame-malformed')).toMatchObject([{ field: 'goodbye' }])
  })
})

test('a node that stops says so to everybody', () => {
  const other = readyPeer(scene.stage, 'b')
  scene.stage.stop()
  scene.stage.run(10)
  expect([goodbyes(peer), goodbyes(other)]).toEqual([['shutting-down'], ['shutting-down']])
})
