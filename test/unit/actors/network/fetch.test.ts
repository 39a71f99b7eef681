/** Parts of the chain fetched from peers: what is told of the answer, and for how long it is waited for. */
import { beforeEach, describe, expect, test } from 'vitest'
import { constant } from '../../../../sim/distribution.ts'
import { localLink } from '../../../../sim/link.ts'
import { isComing } from '../../../../src/actors/network/fetch.ts'
import type {
  FetchBodies,
  Fetched,
  NetworkMessage,
  Patience,
} from '../../../../src/actors/network/messages.ts'
import { concatBytes } from '../../../../src/base/bytes.ts'
import { encodeSignedHeader } from '../../../../src/protocol/block/header.ts'
import { encodeCertificate } from '../../../../src/protocol/consensus/codec.ts'
import { encodeBodiesAnswer } from '../../../../src/protocol/wire/bodies.ts'
import { encodeCertifiedAnswer } from '../../../../src/protocol/wire/certified.ts'
import { encodeHeadersAnswer } from '../../../../src/protocol/wire/headers.ts'
import { protocolId } from '../../../../src/protocol/wire/requests.ts'
import { certify, grow } from '../../../support/actors/federation.ts'
import type { RawPeer } from '../../../support/actors/raw-peer.ts'
import { federation, openScene, readyPeer, type Scene } from './scene.ts'

const patience: Patience = {
  deadlineMs: 1_000,
  stallMs: 1_000,
  bytesPerSecondMin: 500,
  extensionMs: 500,
  deadlineMsMax: 20_000,
}
const blocks = grow(federation, 3)

let scene: Scene
let peer: RawPeer
let replies: Fetched<readonly Uint8Array[]>[]

beforeEach(() => {
  scene = openScene()
  peer = readyPeer(scene.stage, 'a')
  replies = []
})

/** The peer answers so many bytes of bodies, over a link of 1,000 bytes a second. */
function serveSlowly(bytes: number): void {
  const { network } = scene.stage.simulation
  network.setLink('a', 'stage', { ...localLink, latency: constant(0), bytesPerSecond: 1_000 })
  // What an answer is around its one body: kind, count, length.
  peer.serve = () => encodeBodiesAnswer({ kind: 'found', value: [new Uint8Array(bytes - 7)] })
}

function fetchBodies(change: Partial<Patience> = {}, id = 1): void {
  const message: FetchBodies = {
    ...{ kind: 'fetch-bodies', id, peer: 'a', patience: { ...patience, ...change } },
    request: { fromHeight: 5, countMax: 10, bytesMax: 2_000_000 },
    reply: (fetched) => replies.push(fetched),
  }
  send(message)
}

function send(message: NetworkMessage): void {
  scene.stage.send(scene.network, message)
}

function codes(): readonly string[] {
  return replies.map((fetched) => (fetched.ok ? fetched.value.served.kind : fetched.fault.code))
}

describe('a fetch', () => {
  test('of bodies gives them as they came, with the bytes and the times', () => {
    serveSlowly(500)
    fetchBodies()
    scene.stage.run(5_000)
    const [fetched] = replies
    const served = { kind: 'found', value: [new Uint8Array(493)] }
    expect(fetched).toMatchObject({ ok: true, value: { served, bytes: 500 } })
    const timing = fetched?.ok ? fetched.value : expect.unreachable()
    expect(timing.elapsedMs - timing.firstByteMs).toBeCloseTo(500)
    expect(timing.firstByteMs).toBeGreaterThan(0)
    expect(timing.firstByteMs).toBeLessThan(2)
    expect(peer.requests.at(-1)?.protocol).toBe(protocolId.bodies)
    expect(scene.stage.reports('part-fetched')).toMatchObject([
      { peer: 'a', part: 'bodies', outcome: 'found', bytes: 500 },
    ])
  })

  test('of headers and of certified headers gives what was served', () => {
    const headers = blocks.map(({ signed }) => encodeSignedHeader(signed))
    const pairs = blocks.map((block, at) =>
      concatBytes(
        headers[at] ?? new Uint8Array(0),
        encodeCertificate(certify(federation, 'finalise', block)),
      ),
    )
    peer.serve = ({ protocol }) =>
      protocol === protocolId.headers
        ? encodeHeadersAnswer({ kind: 'found', value: headers })
        : encodeCertifiedAnswer({ kind: 'found', value: pairs })
    const seen: unknown[] = []
    const reply = (fetched: Fetched<unknown>): void => {
      seen.push(fetched.ok ? fetched.value.served : fetched.fault)
    }
    const common = { peer: 'a', patience, reply }
    const range = { fromHeight: 1, countMax: 3 }
    send({ kind: 'fetch-headers', id: 1, ...common, request: range })
    const strided = { ...range, strideHeights: 1 }
    send({ kind: 'fetch-certified', id: 2, ...common, request: strided })
    scene.stage.run(100)
    expect(seen).toEqual([
      { kind: 'found', value: blocks.map(({ signed }) => signed) },
      {
        kind: 'found',
        value: blocks.map((block) => ({
          signed: block.signed,
          certificate: certify(federation, 'finalise', block),
        })),
      },
    ])
    expect(scene.peers.of('report-peer')).toEqual([])
  })

  test('tells that a peer has nothing there, or is busy, and blames it for neither', () => {
    const answers = [
      { kind: 'unavailable' as const, fromHeight: 0, toHeight: 3 },
      { kind: 'busy' as const, retryAfterMs: 70 },
    ]
    for (const answer of answers) {
      peer.serve = () => encodeBodiesAnswer(answer)
      fetchBodies()
      scene.stage.run(100)
      expect(replies.pop()).toMatchObject({ ok: true, value: { served: answer } })
    }
    expect(scene.peers.of('report-peer')).toEqual([])
  })

  test('of an answer that cannot be read is a fault with its field, and is the fault of the peer', () => {
    peer.serve = () => Uint8Array.of(1, 0, 0)
    fetchBodies()
    scene.stage.run(100)
    const detail = 'bodiesAnswer.count is 0'
    expect(replies).toMatchObject([{ ok: false, fault: { code: 'malformed', detail } }])
    expect(scene.stage.reports('frame-malformed')).toMatchObject([
      { peer: 'a', what: 'bodies', field: 'bodiesAnswer.count' },
    ])
    expect(scene.peers.of('report-peer')).toMatchObject([{ peer: 'a', offence: 'malformed' }])
  })

  test('that is refused, or asks nobody, fails with what the network says', () => {
    peer.serve = () => undefined
    fetchBodies()
    scene.stage.run(100)
    peer.network.disconnect('stage')
    scene.stage.run(100)
    fetchBodies()
    scene.stage.run(100)
    expect(codes()).toEqual(['refused', 'unreachable'])
    expect(scene.peers.of('report-peer')).toEqual([])
  })
})

describe('the patience of a fetch', () => {
  test('outlasts its deadline while the answer comes in fast enough', () => {
    serveSlowly(6_200)
    fetchBodies()
    scene.stage.run(6_000)
    expect(codes()).toEqual([])
    scene.stage.run(500)
    expect(codes()).toEqual(['found'])
  })

  test('ends at the deadline when the answer comes in too slowly', () => {
    serveSlowly(6_000)
    fetchBodies({ bytesPerSecondMin: 1_100 })
    scene.stage.run(999)
    expect(codes()).toEqual([])
    scene.stage.run(2)
    expect(codes()).toEqual(['timeout'])
    scene.stage.run(20_000)
    expect(codes()).toEqual(['timeout'])
  })

  test('ends at the deadline when nothing has come', () => {
    const { network } = scene.stage.simulation
    network.setLink('a', 'stage', { ...localLink, latency: constant(1_500_000) })
    peer.serve = () => encodeBodiesAnswer({ kind: 'busy', retryAfterMs: 1 })
    fetchBodies()
    scene.stage.run(1_001)
    expect(codes()).toEqual(['timeout'])
    scene.stage.run(5_000)
    expect(codes()).toEqual(['timeout'])
    expect(scene.peers.of('report-peer')).toEqual([])
  })

  test('never outlasts its limit, and never waits beyond it for a further look', () => {
    serveSlowly(100_000)
    fetchBodies({ deadlineMsMax: 2_250 })
    scene.stage.run(2_249)
    expect(codes()).toEqual([])
    scene.stage.run(2)
    expect(codes()).toEqual(['timeout'])
  })

  test('is by rate and by the time of the latest byte, to the byte and the millisecond', () => {
    const progress = { bytes: 1_000, firstByteMs: 100, lastByteMs: 1_900 }
    expect(isComing(progress, 2_100, patience)).toBe(true)
    expect(isComing({ ...progress, bytes: 999 }, 2_100, patience)).toBe(false)
    const recent = { ...patience, bytesPerSecondMin: 1 }
    expect(isComing(progress, 2_900, recent)).toBe(true)
    expect(isComing(progress, 2_901, recent)).toBe(false)
    const nothing = { bytes: 0, firstByteMs: undefined, lastByteMs: undefined }
    expect(isComing(nothing, 0, { ...patience, bytesPerSecondMin: 0 })).toBe(false)
  })
})

describe('a fetch that is given up', () => {
  test('is told so at once, and its answer is neither used nor held against the peer', () => {
    serveSlowly(3_000)
    fetchBodies()
    scene.stage.run(500)
    send({ kind: 'cancel-fetch', id: 1 })
    scene.stage.run(1)
    expect(codes()).toEqual(['cancelled'])
    const [report] = scene.stage.reports('part-fetched')
    expect(report).toMatchObject({ outcome: 'cancelled' })
    expect(report?.bytes).toBeGreaterThan(400)
    peer.serve = () => Uint8Array.of(9)
    scene.stage.run(10_000)
    expect(codes()).toEqual(['cancelled'])
    expect(scene.peers.of('report-peer')).toEqual([])
    expect(scene.stage.failures).toEqual([])
  })

  test('was not open: nothing happens', () => {
    send({ kind: 'cancel-fetch', id: 7 })
    fetchBodies()
    scene.stage.run(2_000)
    send({ kind: 'cancel-fetch', id: 1 })
    scene.stage.run(10)
    expect(codes()).toHaveLength(1)
    expect(scene.stage.failures).toEqual([])
  })

  test('makes way for one of the same number', () => {
    serveSlowly(1_000)
    fetchBodies()
    scene.stage.run(10)
    fetchBodies()
    scene.stage.run(5_000)
    expect(codes()).toEqual(['cancelled', 'found'])
  })

  test('leaves room: beyond 1,024 open fetches, further ones are refused', () => {
    peer.serve = () => encodeBodiesAnswer({ kind: 'busy', retryAfterMs: 1 })
    const { network } = scene.stage.simulation
    network.setLink('a', 'stage', { ...localLink, latency: constant(500_000) })
    for (let id = 0; id < 1_024; id += 1) fetchBodies({}, id)
    fetchBodies({}, 1_024)
    scene.stage.run(1)
    expect(codes()).toEqual(['refused'])
    send({ kind: 'cancel-fetch', id: 0 })
    fetchBodies({}, 1_024)
    scene.stage.run(2_000)
    expect(codes().filter((code) => code === 'busy')).toHaveLength(1_024)
  })
})

test('a peer is disconnected when that is asked for', () => {
  send({ kind: 'disconnect', peer: 'a', reason: 'not-needed' })
  scene.stage.run(100)
  expect(scene.peers.of('peer-down')).toMatchObject([{ peer: 'a' }])
})
