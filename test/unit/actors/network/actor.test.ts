import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ChainMessage } from '../../../../src/actors/chain/messages.ts'
import type { TransactionOutcome } from '../../../../src/actors/engine/messages.ts'
import type {
  FetchedBlock,
  NetworkMessage,
  Patience,
} from '../../../../src/actors/network/messages.ts'
import { topicsOf } from '../../../../src/actors/network/topics.ts'
import { failed, ok } from '../../../../src/base/result.ts'
import type { Verdict } from '../../../../src/kernel/environment.ts'
import { encodeBody } from '../../../../src/protocol/block/body.ts'
import { encodeSignedHeader } from '../../../../src/protocol/block/header.ts'
import { encodeBodiesAnswer } from '../../../../src/protocol/wire/bodies.ts'
import { type Exchange, encodeExchange } from '../../../../src/protocol/wire/exchange.ts'
import {
  encodeGossip,
  type GossipPayload,
  inlineBodyIfSmall,
} from '../../../../src/protocol/wire/gossip.ts'
import { encodeHeadersAnswer } from '../../../../src/protocol/wire/headers.ts'
import { encodeBlockAnswer, protocolId } from '../../../../src/protocol/wire/requests.ts'
import { encodeStatus } from '../../../../src/protocol/wire/status.ts'
import {
  blockOn,
  certify,
  federationOf,
  genesisSeat,
  seatOf,
  voteOf,
} from '../../../support/actors/federation.ts'
import type { RawPeer } from '../../../support/actors/raw-peer.ts'
import { federation, openScene, politePeer, readyPeer, type Scene, statusOf } from './scene.ts'

const { consensus, transactions } = topicsOf(federation.chain)
const block = blockOn(federation, genesisSeat(federation), 1)
const child = blockOn(federation, seatOf(federation, block), 2)
const vote = voteOf(federation, 1, { kind: 'notarise', slot: 1, block: block.signed.hash })
const certificate = certify(federation, 'finalise', block)
const certified = { signed: block.signed, certificate }
const exchange: Exchange = {
  committedSlot: 3,
  notarisedSlot: 4,
  nullifiedTo: 0,
  votes: [vote],
  certificates: [certificate],
}

let scene: Scene
let peer: RawPeer

beforeEach(() => {
  scene = openScene()
  peer = readyPeer(scene.stage, 'a')
})

/** How often what this neighbour sent was found to be false. */
function rejected(): number {
  return scene.stage.simulation.network.rejectedBy('stage', 'a')
}

function offences(): readonly string[] {
  return scene.peers.of('report-peer').map(({ offence, peer: name }) => `${name} ${offence}`)
}

describe('gossip', () => {
  const payloads: readonly (readonly [ChainMessage['kind'], GossipPayload])[] = [
    ['import-proposal', inlineBodyIfSmall(block)],
    ['import-vote', { kind: 'vote', vote }],
    ['import-certificate', { kind: 'certificate', certificate }],
  ]

  test.each(payloads)('reaches the chain as %s', (kind, payload) => {
    peer.publish(consensus, encodeGossip(payload))
    scene.stage.run(100)
    const expected =
      payload.kind === 'proposal'
        ? { proposal: payload, from: 'a' }
        : { [payload.kind]: payload.kind === 'vote' ? vote : certificate }
    expect(scene.chain.of(kind)).toMatchObject([expected])
  })

  test.each<[Verdict, readonly string[], number, boolean]>([
    ['accept', [], 0, true],
    ['ignore', [], 0, false],
    ['reject', ['a invalid'], 1, false],
  ])('that the chain finds to be "%s" is treated so', (verdict, blamed, rejections, travels) => {
    const other = readyPeer(scene.stage, 'b')
    scene.chain.react((message) => {
      if (message.kind === 'import-vote') message.verdict(verdict)
    })
    peer.publish(consensus, encodeGossip({ kind: 'vote', vote }))
    other.network.subscribe(consensus)
    scene.stage.run(100)
    expect(offences()).toEqual(blamed)
    expect(rejected()).toBe(rejections)
    expect(other.gossip).toHaveLength(travels ? 1 : 0)
  })

  test.each([
    ['nothing', new Uint8Array(0), 'gossip.version'],
    ['another version', Uint8Array.of(9, 2), 'gossip.version'],
    ['an unknown kind', Uint8Array.of(1, 9), 'gossip.kind'],
    ['a vote cut short', encodeGossip({ kind: 'vote', vote }).slice(0, 40), 'vote.block'],
    ['a byte too many', Uint8Array.of(...encodeGossip({ kind: 'vote', vote }), 0), 'gossip'],
    ['too much', new Uint8Array(10_241), 'gossip'],
  ])('of %s is rejected, told by its field, and costs its sender', (_what, data, field) => {
    peer.publish(consensus, data)
    scene.stage.run(100)
    expect(scene.stage.reports('frame-malformed')).toMatchObject([
      { peer: 'a', what: 'gossip', field },
    ])
    expect(offences()).toEqual(['a malformed'])
    expect(rejected()).toBe(1)
    expect(scene.chain.received.filter(({ kind }) => kind.startsWith('import'))).toEqual([])
  })
})

describe('a gossiped transaction', () => {
  const refusal = (code: string): TransactionOutcome => ({ kind: 'refused', code, detail: '' })

  test.each<[string, TransactionOutcome, readonly string[], boolean]>([
    ['that is new travels on', { kind: 'added', hash: 'aa' }, [], true],
    ['that is known goes no further', { kind: 'known', hash: 'aa' }, [], false],
    ['that is forged', refusal('signature-invalid'), ['a invalid'], false],
    ['that is malformed', refusal('malformed'), ['a invalid'], false],
    ['that comes too late', refusal('nonce-too-low'), [], false],
    ['that finds the pool full', refusal('pool-full'), [], false],
    ['that finds no engine', refusal('unavailable'), [], false],
  ])('%s', (_what, outcome, blamed, travels) => {
    const other = readyPeer(scene.stage, 'b')
    other.network.subscribe(transactions)
    scene.engine.react((message) => {
      if (message.kind === 'submit-transaction') message.reply(outcome)
    })
    peer.publish(transactions, Uint8Array.of(1, 2, 3))
    scene.stage.run(100)
    expect(offences()).toEqual(blamed)
    expect(other.gossip).toHaveLength(travels ? 1 : 0)
  })
})

describe('what this node says', () => {
  test('goes out on the topic it belongs to', () => {
    peer.network.subscribe(consensus)
    peer.network.subscribe(transactions)
    const payload: GossipPayload = { kind: 'vote', vote }
    scene.stage.send(scene.network, { kind: 'publish', payload })
    const transaction = Uint8Array.of(7)
    scene.stage.send(scene.network, { kind: 'publish-transaction', transaction })
    scene.stage.run(100)
    expect(peer.gossip).toEqual([
      { topic: consensus, data: encodeGossip(payload), from: 'stage' },
      { topic: transactions, data: transaction, from: 'stage' },
    ])
  })

  test('is not heard on the topics of another chain', () => {
    expect(topicsOf(federationOf(4, 'other').chain).consensus).not.toBe(consensus)
  })
})

describe('a block', () => {
  const { hash } = block.signed

  function fetch(from: string | undefined): FetchedBlock | undefined {
    return scene.stage.ask<NetworkMessage, FetchedBlock | undefined>(scene.network, (reply) => ({
      kind: 'fetch-block',
      hash,
      from,
      reply,
    }))
  }

  /** Peers by name, each with what it answers to a request for a block. */
  function serving(answers: Readonly<Record<string, Uint8Array | undefined>>): void {
    for (const [name, answer] of Object.entries(answers)) {
      const server = politePeer(scene.stage, name)
      const { serve } = server
      server.serve = (request) => (request.protocol === protocolId.block ? answer : serve(request))
      server.connect('stage')
    }
    peer.network.disconnect('stage')
    scene.stage.run(100)
  }

  test('is fetched from who announced it', () => {
    serving({ b: encodeBlockAnswer(block), c: encodeBlockAnswer(block) })
    expect(fetch('c')).toEqual({ block, from: 'c' })
    expect(fetch('b')).toEqual({ block, from: 'b' })
  })

  test.each<[string, Uint8Array | undefined, readonly string[]]>([
    ['has none such', encodeBlockAnswer(undefined), []],
    ['refuses', undefined, []],
    ['sends what cannot be read', Uint8Array.of(1, 2), ['b malformed']],
    ['sends another block', encodeBlockAnswer(child), ['b forged']],
    ['sends another body', encodeBlockAnswer({ ...block, body: [] }), ['b forged']],
  ])('is fetched from another if that one %s', (_what, answer, blamed) => {
    serving({ b: answer, c: encodeBlockAnswer(block) })
    expect(fetch('b')).toEqual({ block, from: 'c' })
    expect(offences()).toEqual(blamed)
  })

  test('is fetched from another a quarter of a second later if who announced it says nothing', () => {
    serving({ b: undefined, c: encodeBlockAnswer(block) })
    const silent = politePeer(scene.stage, 'd')
    silent.connect('stage')
    scene.stage.run(100)
    silent.answersNothing = true
    const { nowMs } = scene.stage.simulation
    expect(fetch('d')).toEqual({ block, from: 'c' })
    expect(scene.stage.simulation.nowMs - nowMs).toBeLessThan(400)
  })

  test('is fetched from whoever has it', () => {
    serving({ b: encodeBlockAnswer(undefined), c: undefined, d: encodeBlockAnswer(block) })
    expect(fetch(undefined)).toEqual({ block, from: 'd' })
  })

  test('is given up for now after eight peers', () => {
    const asked: string[] = []
    for (const name of ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']) {
      const server = readyPeer(scene.stage, name)
      server.serve = ({ protocol }) => {
        if (protocol === protocolId.block) asked.push(name)
        return encodeBlockAnswer(undefined)
      }
    }
    peer.network.disconnect('stage')
    scene.stage.run(100)
    expect(fetch(undefined)).toBeUndefined()
    expect(new Set(asked).size).toBe(8)
  })

  test('is not found without peers', () => {
    serving({})
    expect(fetch(undefined)).toBeUndefined()
  })
})

describe('a status asked for again', () => {
  function fetchStatus(from: string) {
    return scene.stage.ask<NetworkMessage, unknown>(scene.network, (reply) => ({
      kind: 'fetch-status',
      peer: from,
      reply,
    }))
  }

  test('is what the peer says now', () => {
    const status = statusOf(federation, { certified })
    peer.serve = () => encodeStatus(status)
    expect(fetchStatus('a')).toEqual(ok(status))
  })

  test('is a fault if the peer refuses', () => {
    peer.serve = () => undefined
    expect(fetchStatus('a')).toMatchObject(failed({ code: 'refused' }))
  })
})

describe('an exchange', () => {
  test('goes to ready peers only, and what they answer goes to the chain', () => {
    const stranger = politePeer(scene.stage, 'b')
    stranger.serve = () => undefined
    stranger.connect('stage')
    peer.serve = () => encodeExchange({ ...exchange, committedSlot: 8 })
    scene.stage.send(scene.network, { kind: 'exchange-with', peers: 'all', exchange })
    scene.stage.send(scene.network, { kind: 'exchange-with', peers: ['a', 'b'], exchange })
    scene.stage.run(100)
    const asked = (server: RawPeer): number =>
      server.requests.filter(({ protocol }) => protocol === protocolId.exchange).length
    expect(asked(peer)).toBe(2)
    expect(asked(stranger)).toBe(0)
    expect(
      scene.chain.of('exchange').map(({ from, theirs }) => [from, theirs.committedSlot]),
    ).toEqual([
      ['a', 8],
      ['a', 8],
    ])
  })

  test('whose answer cannot be read costs its sender', () => {
    peer.serve = () => Uint8Array.of(1)
    scene.stage.send(scene.network, { kind: 'exchange-with', peers: 'all', exchange })
    scene.stage.run(100)
    expect(offences()).toEqual(['a malformed'])
  })
})

describe('connections', () => {
  test('are dialled, and banned peers are kept out', () => {
    const other = politePeer(scene.stage, 'b')
    const dial = () =>
      scene.stage.ask<NetworkMessage, unknown>(scene.network, (reply) => ({
        kind: 'dial',
        address: 'sim:b',
        reply,
      }))
    expect(dial()).toEqual(ok('b'))
    scene.stage.send(scene.network, { kind: 'ban', peer: 'b', isBanned: true })
    scene.stage.run(100)
    expect(scene.stage.simulation.network.isConnected('stage', 'b')).toBe(false)
    expect(dial()).toMatchObject({ ok: false, fault: { code: 'refused' } })
    other.connect('stage')
    expect(scene.stage.simulation.network.isConnected('stage', 'b')).toBe(false)
    scene.stage.send(scene.network, { kind: 'ban', peer: 'b', isBanned: false })
    expect(dial()).toEqual(ok('b'))
  })
})

describe('random bytes', () => {
  const patience: Patience = {
    ...{ deadlineMs: 400, stallMs: 100, bytesPerSecondMin: 1_000 },
    ...{ extensionMs: 100, deadlineMsMax: 500 },
  }
  const bytes = fc.uint8Array({ maxLength: 400 })
  /** Frames that begin as right ones do reach deeper into the decoders. */
  const right = [
    encodeGossip({ kind: 'vote', vote }),
    encodeGossip({ kind: 'certificate', certificate }),
    encodeGossip(inlineBodyIfSmall(block)),
    encodeExchange(exchange),
    encodeStatus(statusOf(federation, { certified })),
    encodeBlockAnswer(block),
    encodeHeadersAnswer({ kind: 'found', value: [encodeSignedHeader(block.signed)] }),
    encodeBodiesAnswer({ kind: 'found', value: [encodeBody(block.body)] }),
  ]
  const spoilt = fc
    .tuple(fc.constantFrom(...right), fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 3 }))
    .map(([frame, at, byte, cut]) => {
      const copy = frame.slice(0, cut === 0 ? at % (frame.length + 1) : frame.length)
      if (copy.length > 0) copy[at % copy.length] = byte
      return copy
    })
  const frame = fc.oneof(bytes, spoilt)

  test('as gossip, requests and answers never make the actor fail', () => {
    const survives = fc.property(fc.array(frame, { minLength: 4, maxLength: 4 }), (frames) => {
      const [gossip, transaction, request, answer] = frames as [Uint8Array, ...Uint8Array[]]
      peer.serve = () => answer
      peer.publish(consensus, gossip)
      peer.publish(transactions, transaction ?? gossip)
      for (const protocol of Object.values(protocolId)) {
        const ask = { peer: 'stage', protocol, body: request ?? gossip, deadlineMs: 1_000 }
        peer.network.request(ask, () => undefined)
      }
      const { network } = scene
      const nobody = (): void => undefined
      scene.stage.send(network, {
        kind: 'fetch-block',
        hash: block.signed.hash,
        from: 'a',
        reply: nobody,
      })
      const wanted = { fromHeight: 1, countMax: 10, bytesMax: 1_000 }
      const fetch = { peer: 'a', request: wanted, patience, reply: nobody }
      scene.stage.send(network, { kind: 'fetch-headers', id: 1, ...fetch })
      scene.stage.send(network, { kind: 'fetch-bodies', id: 2, ...fetch })
      scene.stage.send(network, { kind: 'fetch-status', peer: 'a', reply: nobody })
      scene.stage.send(network, { kind: 'exchange-with', peers: 'all', exchange })
      scene.stage.run(500)
      expect(scene.stage.failures).toEqual([])
    })
    fc.assert(survives, { seed: 1, numRuns: 300 })
    expect(scene.stage.reports('frame-malformed').length).toBeGreaterThan(300)
  })
})
