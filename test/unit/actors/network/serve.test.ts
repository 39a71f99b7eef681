import { beforeEach, describe, expect, test } from 'vitest'
import { ok } from '../../../../src/base/result.ts'
import { hashToBytes } from '../../../../src/protocol/hash.ts'
import { type Exchange, encodeExchange } from '../../../../src/protocol/wire/exchange.ts'
import {
  decodeBlockAnswer,
  encodeBlockRequest,
  protocolId,
} from '../../../../src/protocol/wire/requests.ts'
import { encodeStatus } from '../../../../src/protocol/wire/status.ts'
import { blockOn, genesisSeat } from '../../../support/actors/federation.ts'
import type { RawPeer } from '../../../support/actors/raw-peer.ts'
import { federation, openScene, politePeer, readyPeer, type Scene, statusOf } from './scene.ts'

const block = blockOn(federation, genesisSeat(federation), 1)
const nothing: Exchange = {
  committedSlot: 0,
  notarisedSlot: 0,
  nullifiedTo: 0,
  votes: [],
  certificates: [],
}
const requests = {
  [protocolId.status]: encodeStatus(statusOf(federation)),
  [protocolId.exchange]: encodeExchange(nothing),
  [protocolId.block]: encodeBlockRequest({ hash: block.signed.hash }),
}

let scene: Scene
let peer: RawPeer

beforeEach(() => {
  scene = openScene()
  scene.chain.react((message) => {
    if (message.kind === 'exchange') message.reply({ ...nothing, committedSlot: 5 })
    if (message.kind === 'get-block') message.reply('hash' in message.by ? block : undefined)
  })
  peer = readyPeer(scene.stage, 'a')
})

function ask(protocol: string, body: Uint8Array) {
  return peer.request('stage', protocol, body)
}

describe('a ready peer', () => {
  test('is told the status', () => {
    const answer = ask(protocolId.status, requests[protocolId.status])
    expect(answer).toEqual(ok(encodeStatus(statusOf(federation))))
  })

  test('is given what the chain knows, in exchange for what it knows', () => {
    const answer = ask(protocolId.exchange, requests[protocolId.exchange])
    expect(answer).toEqual(ok(encodeExchange({ ...nothing, committedSlot: 5 })))
    expect(scene.chain.of('exchange')[0]).toMatchObject({ from: 'a', theirs: nothing })
  })

  test('is given a block by its hash', () => {
    const answer = ask(protocolId.block, requests[protocolId.block])
    expect(answer.ok && decodeBlockAnswer(answer.value, 4)).toEqual(ok(block))
  })

  test('is told that there is no such block', () => {
    scene.chain.react((message) => {
      if (message.kind === 'get-block') message.reply(undefined)
    })
    const answer = ask(protocolId.block, requests[protocolId.block])
    expect(answer.ok && decodeBlockAnswer(answer.value, 4)).toEqual(ok(undefined))
  })

  test('is refused when nobody here answers in time', () => {
    scene.chain.react(() => undefined)
    const answer = ask(protocolId.block, requests[protocolId.block])
    expect(answer).toMatchObject({ ok: false, fault: { code: 'refused' } })
    expect(scene.peers.of('report-peer')).toEqual([])
  })
})

describe('a peer that is not ready', () => {
  test.each([protocolId.exchange, protocolId.block])('is refused %s', (protocol) => {
    const stranger = politePeer(scene.stage, 'b')
    stranger.serve = () => undefined
    stranger.connect('stage')
    expect(stranger.request('stage', protocol, requests[protocol])).toMatchObject({
      ok: false,
      fault: { code: 'refused' },
    })
    expect(scene.peers.of('report-peer')).toEqual([])
  })

  test('is told the status, or there would be no handshake', () => {
    const stranger = politePeer(scene.stage, 'b')
    stranger.serve = () => undefined
    stranger.connect('stage')
    const { status } = protocolId
    expect(stranger.request('stage', status, requests[status]).ok).toBe(true)
  })
})

describe('a request that cannot be read', () => {
  test.each([
    [protocolId.status, requests[protocolId.status].slice(0, -1), 'statement'],
    [protocolId.exchange, new Uint8Array(3), 'exchange.committedSlot'],
    [protocolId.block, hashToBytes(block.signed.hash).slice(1), 'blockRequest.hash'],
    [protocolId.block, new Uint8Array(33), 'blockRequest'],
  ])('by %s is refused, told by its field, and costs its sender', (protocol, body, field) => {
    expect(ask(protocol, body)).toMatchObject({ ok: false, fault: { code: 'refused' } })
    expect(scene.stage.reports('frame-malformed')).toMatchObject([{ peer: 'a', field }])
    expect(scene.peers.of('report-peer')).toEqual([
      { kind: 'report-peer', peer: 'a', offence: 'malformed' },
    ])
    expect(scene.stage.failures).toEqual([])
  })

  test('because nobody knows its protocol is refused, and costs nothing', () => {
    expect(ask('/alys/other/1', new Uint8Array(0))).toMatchObject({ ok: false })
    expect(scene.peers.of('report-peer')).toEqual([])
  })
})

describe('the budget of requests', () => {
  /** Outcomes of so many requests at once. */
  function flood(count: number): { readonly answered: number; readonly refused: number } {
    const outcomes: boolean[] = []
    const { status } = protocolId
    for (let i = 0; i < count; i += 1) {
      const request = { peer: 'stage', protocol: status, body: requests[status], deadlineMs: 5_000 }
      peer.network.request(request, (outcome) => outcomes.push(outcome.ok))
    }
    scene.stage.run(200)
    const answered = outcomes.filter((isAnswered) => isAnswered).length
    return { answered, refused: outcomes.length - answered }
  }

  test('is 32 at once for the status; more are refused, which is no offence', () => {
    scene.stage.run(10_000)
    expect(flood(100)).toEqual({ answered: 32, refused: 68 })
    expect(scene.peers.of('report-peer')).toEqual([])
  })

  test('grows again by eight a second, up to that', () => {
    scene.stage.run(10_000)
    flood(100)
    scene.stage.run(800)
    expect(flood(100).answered).toBe(8)
    scene.stage.run(10_000)
    expect(flood(100).answered).toBe(32)
  })

  test('is its own for each protocol', () => {
    scene.stage.run(10_000)
    flood(100)
    expect(ask(protocolId.block, requests[protocolId.block]).ok).toBe(true)
    expect(ask(protocolId.exchange, requests[protocolId.exchange]).ok).toBe(true)
  })

  test('counts the bytes of answers', () => {
    const items = [{ kind: 'payload', bytes: new Uint8Array(1_000_000) } as const]
    const large = { ...block, body: items }
    scene.chain.react((message) => {
      if (message.kind === 'get-block') message.reply(large)
    })
    const outcomes = Array.from({ length: 20 }, () => {
      return ask(protocolId.block, requests[protocolId.block]).ok
    })
    // 16 MiB, and the one that makes it too much.
    const served = outcomes.filter((isServed) => isServed).length
    expect([17, 18]).toContain(served)
    expect(outcomes.indexOf(false)).toBe(served)
  })

  test('is not gone beyond for long without blame', () => {
    scene.stage.run(10_000)
    expect(flood(544).refused).toBe(512)
    expect(scene.peers.of('report-peer')).toEqual([])
    flood(1_000)
    expect(scene.peers.of('report-peer')).toEqual([
      { kind: 'report-peer', peer: 'a', offence: 'over-limit' },
    ])
    for (let i = 0; i < 9; i += 1) flood(1_000)
    // Once in 250 ms, so at every second flood of 200 ms.
    expect(scene.peers.of('report-peer')).toHaveLength(5)
  })

  test('is its own for each peer', () => {
    scene.stage.run(5_000)
    flood(200)
    const other = readyPeer(scene.stage, 'b')
    expect(other.request('stage', protocolId.status, requests[protocolId.status]).ok).toBe(true)
  })
})
