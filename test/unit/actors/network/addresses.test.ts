/** What the network actor does for the peer actor: addresses of others, and who is connected. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { NetworkMessage, PeerFault } from '../../../../src/actors/network/messages.ts'
import { topicsOf } from '../../../../src/actors/network/topics.ts'
import type { ConnectedPeer } from '../../../../src/actors/peer/messages.ts'
import { ok, type Result } from '../../../../src/base/result.ts'
import {
  decodeAddresses,
  encodeAddresses,
  encodeAddressesRequest,
} from '../../../../src/protocol/wire/addresses.ts'
import { encodeGossip, inlineBodyIfSmall } from '../../../../src/protocol/wire/gossip.ts'
import { encodeBlockAnswer, protocolId } from '../../../../src/protocol/wire/requests.ts'
import { blockOn, genesisSeat } from '../../../support/actors/federation.ts'
import type { RawPeer } from '../../../support/actors/raw-peer.ts'
import { federation, openScene, politePeer, readyPeer, type Scene } from './scene.ts'

let scene: Scene
let peer: RawPeer

beforeEach(() => {
  scene = openScene()
  peer = readyPeer(scene.stage, 'a')
})

function fetch(): Result<readonly string[], PeerFault> {
  return scene.stage.ask<NetworkMessage, Result<readonly string[], PeerFault>>(
    scene.network,
    (reply) => ({ kind: 'fetch-addresses', peer: 'a', countMax: 250, of: 'anybody', reply }),
  )
}

function offences(): readonly string[] {
  return scene.peers.of('report-peer').map(({ offence }) => offence)
}

describe('addresses', () => {
  test('are asked of a peer, and handed over as it told them', () => {
    const bodies: Uint8Array[] = []
    peer.serve = ({ protocol, body }) => {
      if (protocol !== protocolId.peers) return undefined
      bodies.push(body)
      return encodeAddresses(['sim:b', 'sim:c'])
    }
    expect(fetch()).toEqual(ok(['sim:b', 'sim:c']))
    expect(bodies).toEqual([encodeAddressesRequest({ countMax: 250, of: 'anybody' })])
  })

  test('that cannot be read cost their sender, a refusal costs nothing', () => {
    peer.serve = () => undefined
    expect(fetch()).toMatchObject({ ok: false, fault: { code: 'refused' } })
    expect(offences()).toEqual([])
    peer.serve = () => Uint8Array.of(1)
    expect(fetch()).toMatchObject({ ok: false, fault: { code: 'malformed' } })
    expect(offences()).toEqual(['malformed'])
  })

  test('are told to a ready peer, as many as the peer actor gives', () => {
    scene.peers.react((message) => {
      if (message.kind === 'get-addresses') message.reply(['sim:x'])
    })
    const request = encodeAddressesRequest({ countMax: 7, of: 'federation' })
    const answer = peer.request('stage', protocolId.peers, request)
    expect(answer.ok && decodeAddresses(answer.value)).toEqual(ok(['sim:x']))
    expect(scene.peers.of('get-addresses')).toMatchObject([
      { from: 'a', countMax: 7, of: 'federation' },
    ])
  })

  test('are refused to one who is not ready, who has had them, or who asks for too many', () => {
    scene.peers.react((message) => {
      if (message.kind === 'get-addresses') message.reply(undefined)
    })
    const refused = { ok: false, fault: { code: 'refused' } }
    const request = encodeAddressesRequest({ countMax: 7, of: 'federation' })
    expect(peer.request('stage', protocolId.peers, request)).toMatchObject(refused)
    const stranger = politePeer(scene.stage, 'b')
    stranger.serve = () => undefined
    stranger.connect('stage')
    expect(stranger.request('stage', protocolId.peers, request)).toMatchObject(refused)
    expect(offences()).toEqual([])
    const greedy = Uint8Array.of(251, 0, 0)
    expect(peer.request('stage', protocolId.peers, greedy)).toMatchObject(refused)
    expect(offences()).toEqual(['malformed'])
  })
})

describe('connections', () => {
  test('are told when the network is opened, when they come, and when it is asked', () => {
    expect(scene.peers.received.slice(0, 2)).toEqual([
      { kind: 'network-opened' },
      { kind: 'peer-up', peer: 'a', address: 'sim:a', isDialled: false },
    ])
    const connected = () =>
      scene.stage.ask<NetworkMessage, readonly ConnectedPeer[]>(scene.network, (reply) => ({
        kind: 'get-connected',
        reply,
      }))
    expect(connected()).toEqual([{ peer: 'a', address: 'sim:a', isDialled: false }])
    scene.stage.send(scene.network, { kind: 'disconnect', peer: 'a', reason: 'not-needed' })
    scene.stage.run(100)
    expect(connected()).toEqual([])
    expect(scene.peers.of('peer-down')).toEqual([{ kind: 'peer-down', peer: 'a' }])
  })
})

describe('what a peer did well', () => {
  const block = blockOn(federation, genesisSeat(federation), 1)

  test('is to have brought a valid block first', () => {
    const { consensus } = topicsOf(federation.chain)
    const data = encodeGossip(inlineBodyIfSmall(block))
    scene.chain.react((message) => {
      if (message.kind === 'import-proposal') message.verdict('ignore')
    })
    peer.publish(consensus, data)
    scene.stage.run(100)
    expect(scene.peers.of('first-announcement')).toEqual([])
    const other = openScene()
    const first = readyPeer(other.stage, 'a')
    other.chain.react((message) => {
      if (message.kind === 'import-proposal') message.verdict('accept')
    })
    first.publish(consensus, data)
    other.stage.run(100)
    expect(other.peers.of('first-announcement')).toEqual([
      { kind: 'first-announcement', peer: 'a' },
    ])
  })

  test('is to have served a block that was asked for', () => {
    const answer = encodeBlockAnswer(block)
    const fetchBlock = () =>
      scene.stage.ask<NetworkMessage, unknown>(scene.network, (reply) => ({
        kind: 'fetch-block',
        hash: block.signed.hash,
        from: 'a',
        reply,
      }))
    peer.serve = () => answer
    fetchBlock()
    peer.serve = () => undefined
    fetchBlock()
    expect(scene.peers.of('report-service')).toMatchObject([
      { peer: 'a', outcome: 'served', bytes: answer.length },
      { peer: 'a', outcome: 'failed', bytes: 0 },
    ])
    expect(scene.peers.of('report-service')[0]?.elapsedMs).toBeGreaterThan(0)
  })
})
