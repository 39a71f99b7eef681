/** Peers that download the chain: what they are given, and what they are told when it is too much. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { StorageFault, StoredParts } from '../../../../src/actors/storage/messages.ts'
import { present } from '../../../../src/base/assert.ts'
import { concatBytes } from '../../../../src/base/bytes.ts'
import { failed, ok, type Result } from '../../../../src/base/result.ts'
import { encodeBody } from '../../../../src/protocol/block/body.ts'
import { encodeSignedHeader } from '../../../../src/protocol/block/header.ts'
import { encodeCertificate } from '../../../../src/protocol/consensus/codec.ts'
import { decodeBodiesAnswer, encodeBodiesRequest } from '../../../../src/protocol/wire/bodies.ts'
import {
  decodeCertifiedAnswer,
  encodeCertifiedRequest,
} from '../../../../src/protocol/wire/certified.ts'
import { decodeHeadersAnswer, encodeHeadersRequest } from '../../../../src/protocol/wire/headers.ts'
import { protocolId } from '../../../../src/protocol/wire/requests.ts'
import type { Served } from '../../../../src/protocol/wire/served.ts'
import { encodeStatus } from '../../../../src/protocol/wire/status.ts'
import { certify, grow, vouchFor } from '../../../support/actors/federation.ts'
import type { RawPeer } from '../../../support/actors/raw-peer.ts'
import {
  chainStatus,
  federation,
  openScene,
  politePeer,
  readyPeer,
  type Scene,
  statusOf,
} from './scene.ts'

const blocks = grow(federation, 3)
const headers = blocks.map(({ signed }) => encodeSignedHeader(signed))
const bodies = blocks.map(({ body }) => encodeBody(body))
const certificates = blocks.map((block) => certify(federation, 'finalise', block))
const range = { fromHeight: 1, countMax: 3, bytesMax: 10_000, strideHeights: 1 }
const requests = {
  [protocolId.certified]: encodeCertifiedRequest(range),
  [protocolId.headers]: encodeHeadersRequest(range),
  [protocolId.bodies]: encodeBodiesRequest(range),
}
const protocols = Object.keys(requests) as (keyof typeof requests)[]

/** Parts of which nothing else was read. */
function read(parts: readonly Uint8Array[]): Result<StoredParts, never> {
  return ok({ parts, readBytes: parts.reduce((sum, part) => sum + part.length, 0) })
}

let scene: Scene
let peer: RawPeer
/** What the storage finds. */
let found: Result<StoredParts, StorageFault>
/** Questions that the storage has not answered, if it does not answer at once. */
let waiting: (() => void)[] | undefined

beforeEach(() => {
  scene = openScene()
  peer = readyPeer(scene.stage, 'a')
  found = read(bodies)
  waiting = undefined
  scene.storage.react((message) => {
    if (!('request' in message)) return
    if (waiting === undefined) message.reply(found)
    else waiting.push(() => message.reply(found))
  })
})

/** A peer for which a member vouches. */
function memberPeer(name: string): RawPeer {
  const member = politePeer(scene.stage, name)
  const statement = vouchFor(federation, 1, name, 1_700_000_600_000)
  member.serve = () => encodeStatus(statusOf(federation, { statement }))
  member.connect('stage')
  return member
}

function ask(from: RawPeer, protocol: keyof typeof requests): Uint8Array {
  const answer = from.request('stage', protocol, requests[protocol])
  return answer.ok ? answer.value : expect.unreachable()
}

function askBodies(from: RawPeer = peer): Served<readonly Uint8Array[]> {
  const served = decodeBodiesAnswer(ask(from, protocolId.bodies), range)
  return served.ok ? served.value : expect.unreachable()
}

/** Asks for bodies without waiting for the answer. */
function begin(from: RawPeer, outcomes: string[]): void {
  const request = { peer: 'stage', protocol: protocolId.bodies, body: requests[protocolId.bodies] }
  from.network.request({ ...request, deadlineMs: 60_000 }, (outcome) => {
    const served = outcome.ok ? decodeBodiesAnswer(outcome.value, range) : outcome
    outcomes.push(served.ok ? served.value.kind : served.fault.code)
  })
}

describe('a peer that downloads', () => {
  test('is given certified headers, headers and bodies', () => {
    expect(askBodies()).toEqual({ kind: 'found', value: bodies })
    found = read(headers)
    expect(decodeHeadersAnswer(ask(peer, protocolId.headers), range)).toEqual(
      ok({ kind: 'found', value: blocks.map(({ signed }) => signed) }),
    )
    const pairs = certificates.map((certificate, at) =>
      concatBytes(headers[at] ?? new Uint8Array(0), encodeCertificate(certificate)),
    )
    found = read(pairs)
    const certified = decodeCertifiedAnswer(ask(peer, protocolId.certified), range, 4)
    expect(certified).toMatchObject(ok({ kind: 'found' }))
    expect(scene.storage.received.map(({ kind }) => kind)).toEqual([
      'get-bodies',
      'get-headers',
      'get-certified',
    ])
    expect(scene.stage.reports('part-served')).toMatchObject([
      { peer: 'a', part: 'bodies', outcome: 'found', items: 3 },
      { peer: 'a', part: 'headers', outcome: 'found', items: 3 },
      { peer: 'a', part: 'certified', outcome: 'found', items: 3 },
    ])
  })

  test('is told which heights there are, if none of those that it wants', () => {
    const [{ signed }, certificate] = [present(blocks[2], 'a block'), present(certificates[2], '')]
    const certified = { signed, certificate }
    scene.stage.send(scene.network, { kind: 'set-status', status: { ...chainStatus, certified } })
    found = read([])
    for (const protocol of protocols) {
      const served = decodeBodiesAnswer(ask(peer, protocol), range)
      expect(served).toEqual(ok({ kind: 'unavailable', fromHeight: 0, toHeight: 3 }))
    }
  })

  test('is refused when the disk fails, and when nobody here answers in time', () => {
    found = failed({ code: 'io', detail: 'broken' })
    const refused = { ok: false, fault: { code: 'refused' } }
    for (const protocol of protocols) {
      expect(peer.request('stage', protocol, requests[protocol])).toMatchObject(refused)
    }
    waiting = []
    const asked = peer.request('stage', protocolId.bodies, requests[protocolId.bodies])
    expect(asked).toMatchObject(refused)
    expect(scene.peers.of('report-peer')).toEqual([])
  })

  test('is blamed for a request that cannot be read', () => {
    for (const protocol of protocols) {
      const cut = requests[protocol].slice(1)
      expect(peer.request('stage', protocol, cut)).toMatchObject({ fault: { code: 'refused' } })
    }
    expect(scene.stage.reports('frame-malformed').map(({ what }) => what)).toEqual([
      'certified request',
      'headers request',
      'bodies request',
    ])
    expect(scene.peers.of('report-peer')).toHaveLength(3)
    expect(scene.storage.received).toEqual([])
  })

  test('is refused as long as it has not shaken hands', () => {
    const stranger = politePeer(scene.stage, 'b')
    stranger.serve = () => undefined
    stranger.connect('stage')
    for (const protocol of protocols) {
      const answer = stranger.request('stage', protocol, requests[protocol])
      expect(answer).toMatchObject({ ok: false, fault: { code: 'refused' } })
    }
    expect(scene.storage.received).toEqual([])
  })
})

describe('a peer that wants too much', () => {
  test.each([
    [protocolId.certified, 16, 8],
    [protocolId.headers, 64, 32],
  ] as const)(
    'by %s is told to wait after %i requests, and gets %i a second',
    (protocol, max, rate) => {
      found = read(headers)
      if (protocol === protocolId.certified) found = read([])
      const kinds = (count: number): readonly string[] =>
        Array.from({ length: count }, () => {
          const [kind] = ask(peer, protocol)
          return kind === 3 ? 'busy' : 'served'
        })
      expect(new Set(kinds(max))).toEqual(new Set(['served']))
      const [, last] = [kinds(1), kinds(1)]
      expect(last).toEqual(['busy'])
      scene.stage.run(1_000)
      expect(kinds(rate + 3).filter((kind) => kind === 'served').length).toBeLessThanOrEqual(
        rate + 1,
      )
      expect(scene.peers.of('report-peer')).toEqual([])
    },
  )

  test('of bytes is told when to come again, and is served then', () => {
    found = read([new Uint8Array(2_000_000)])
    const wide = { ...range, bytesMax: 2_093_056 }
    let served: Served<unknown> = { kind: 'unavailable', fromHeight: 0, toHeight: 0 }
    let count = -1
    while (served.kind !== 'busy') {
      const decoded = decodeBodiesAnswer(ask(peer, protocolId.bodies), wide)
      served = decoded.ok ? decoded.value : expect.unreachable()
      count += 1
    }
    // 64 MiB at once, 64 MiB a second, and what was given beyond is a debt.
    expect(count).toBeGreaterThanOrEqual(34)
    expect(served.retryAfterMs).toBeLessThanOrEqual(31)
    scene.stage.run(served.retryAfterMs)
    expect(decodeBodiesAnswer(ask(peer, protocolId.bodies), wide)).toMatchObject({
      value: { kind: 'found' },
    })
  })

  test('at once gets eight answers, strangers together twelve, and sixteen with the federation', () => {
    waiting = []
    const outcomes: string[] = []
    for (let i = 0; i < 9; i += 1) begin(peer, outcomes)
    scene.stage.run(10)
    expect([outcomes, waiting.length]).toEqual([['busy'], 8])
    const other = readyPeer(scene.stage, 'b')
    for (let i = 0; i < 6; i += 1) begin(other, outcomes)
    scene.stage.run(10)
    expect([outcomes.length, waiting.length]).toEqual([3, 12])
    const member = memberPeer('c')
    for (let i = 0; i < 6; i += 1) begin(member, outcomes)
    scene.stage.run(10)
    expect([outcomes, waiting.length]).toEqual([Array(5).fill('busy'), 16])
    for (const answer of waiting) answer()
    scene.stage.run(10)
    expect(outcomes.filter((kind) => kind === 'found')).toHaveLength(16)
    waiting = undefined
    expect(askBodies().kind).toBe('found')
  })

  test('leaves what strangers have together when there are three, and what the federation has', () => {
    found = read([])
    const strangers = ['b', 'd', 'e'].map((name) => readyPeer(scene.stage, name))
    const kinds = strangers.flatMap((stranger) =>
      Array.from({ length: 16 }, () => ask(stranger, protocolId.certified)[0]),
    )
    expect(kinds.filter((kind) => kind === 2).length).toBeLessThan(34)
    expect(ask(memberPeer('c'), protocolId.certified)[0]).toBe(2)
  })

  test('does not use up what other peers may have', () => {
    found = read([])
    for (let i = 0; i < 20; i += 1) ask(peer, protocolId.certified)
    const other = readyPeer(scene.stage, 'b')
    expect(ask(other, protocolId.certified)[0]).toBe(2)
    expect(ask(peer, protocolId.headers)[0]).toBe(2)
  })
})
