import { beforeEach, describe, expect, test } from 'vitest'
import type { NetworkMessage, NetworkStatus } from '../../../../src/actors/network/messages.ts'
import { topicsOf } from '../../../../src/actors/network/topics.ts'
import { ok } from '../../../../src/base/result.ts'
import { encodeBodiesRequest } from '../../../../src/protocol/wire/bodies.ts'
import { protocolId } from '../../../../src/protocol/wire/requests.ts'
import { federation, openScene, politePeer, readyPeer, type Scene } from './scene.ts'

let scene: Scene

beforeEach(() => {
  scene = openScene()
})

function status(): NetworkStatus {
  return scene.stage.ask<NetworkMessage, NetworkStatus>(scene.network, (reply) => ({
    kind: 'get-network-status',
    reply,
  }))
}

describe('the status of the network', () => {
  test('says who is connected, who dialled, and who has shown a status', () => {
    readyPeer(scene.stage, 'a')
    const silent = politePeer(scene.stage, 'b')
    silent.answersNothing = true
    silent.connect('stage')
    const { self, connected, ready, dialled, peers } = status()
    expect([self, connected, ready, dialled]).toEqual(['stage', 2, 1, 0])
    expect(peers.map(({ peer, class: peerClass }) => [peer, peerClass])).toEqual([
      ['a', 'regular'],
      ['b', undefined],
    ])
  })

  test('says to how many neighbours each topic goes', () => {
    const topics = topicsOf(federation.chain)
    const [a, b] = [readyPeer(scene.stage, 'a'), readyPeer(scene.stage, 'b')]
    for (const each of [a, b]) each.network.subscribe(topics.consensus)
    a.network.subscribe(topics.transactions)
    scene.stage.run(10)
    expect(status().neighbours).toEqual({ [topics.consensus]: 2, [topics.transactions]: 1 })
  })

  test('counts bytes by peer, and gives rates over the last ten seconds', () => {
    const peer = readyPeer(scene.stage, 'a')
    scene.stage.run(2_000)
    const before = status().total.inBytes
    // It is malformed, which is nothing to the counters.
    peer.publish(topicsOf(federation.chain).transactions, new Uint8Array(10_000))
    scene.stage.run(3_000)
    const { total, inBytesPerSecond, peers } = status()
    expect(total.inBytes - before).toBe(10_000)
    expect(inBytesPerSecond).toBeGreaterThanOrEqual(1_900)
    expect(inBytesPerSecond).toBeLessThanOrEqual(2_600)
    expect(peers[0]).toMatchObject({ inBytes: total.inBytes, inBytesPerSecond })
    scene.stage.run(12_000)
    expect(status()).toMatchObject({ inBytesPerSecond: 0, outBytesPerSecond: 0 })
    expect(status().total.inBytes).toBe(total.inBytes)
  })

  test('is told to whoever reads the trace every fifteen seconds', () => {
    readyPeer(scene.stage, 'a')
    scene.stage.run(31_000)
    const told = scene.stage.reports('network-looked')
    expect(told).toHaveLength(2)
    expect(told[0]).toMatchObject({ connected: 1, ready: 1, neighboursMin: 0 })
  })
})

test('what was served of the chain is told to sync once a second, as one sum', () => {
  const peer = readyPeer(scene.stage, 'a')
  const part = new Uint8Array(1_000)
  scene.storage.react((message) => {
    if ('request' in message) message.reply(ok({ parts: [part], readBytes: part.length }))
  })
  const request = encodeBodiesRequest({ fromHeight: 1, countMax: 1, bytesMax: 2_000 })
  const answers = [1, 2].map(() => peer.request('stage', protocolId.bodies, request))
  const bytes = answers.reduce((sum, answer) => sum + (answer.ok ? answer.value.length : 0), 0)
  expect(bytes).toBeGreaterThan(2_000)
  scene.stage.run(1_500)
  expect(scene.sync.of('bytes-given')).toEqual([
    { kind: 'bytes-given', given: { protocol: protocolId.bodies, direction: 'up', bytes } },
  ])
  scene.stage.run(3_000)
  expect(scene.sync.of('bytes-given')).toHaveLength(1)
})
