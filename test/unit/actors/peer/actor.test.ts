import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Offence, PeerMessage, PeerReport } from '../../../../src/actors/peer/messages.ts'
import { minute, PeerStage } from './scene.ts'

const dialPauseMsMin = 500

let scene: PeerStage

beforeEach(() => {
  scene = new PeerStage()
})

describe('what is known of a peer', () => {
  test('is its class, its height, its numbers and whether it is there', () => {
    scene.spawn()
    scene.arrive('a')
    scene.ready('a', 'federation', 12)
    scene.arrive('b')
    scene.ready('b', 'regular', 3)
    scene.leave('b')
    const common = { conduct: 0, isBanned: false, ban: undefined, availableFrom: 0 }
    expect(scene.reports()).toMatchObject([
      {
        ...{ ...common, peer: 'a', class: 'federation', isConnected: true, committedHeight: 12 },
        ...{ direction: 'inbound', netgroup: 'sim/a', addresses: ['sim:a'] },
      },
      {
        ...{ ...common, peer: 'b', class: 'regular', isConnected: false, committedHeight: 3 },
        ...{ direction: undefined, netgroup: 'sim/b', addresses: ['sim:b'] },
      },
    ])
    for (const { performance, score } of scene.reports()) {
      expect(performance).toBeCloseTo(45, 1)
      expect(score).toBeCloseTo(45, 1)
    }
  })

  test('is asked for one peer, and for peers of one kind', () => {
    scene.spawn()
    scene.meet('a', 'federation')
    scene.meet('b')
    scene.report('b', 'forged')
    const { stage, peers } = scene
    const one = (peer: string) =>
      stage.ask<PeerMessage, PeerReport | undefined>(peers, (reply) => ({
        kind: 'get-peer',
        peer,
        reply,
      }))
    expect(one('a')).toMatchObject({ peer: 'a', class: 'federation' })
    expect(one('nobody')).toBeUndefined()
    const some = (filter: object) =>
      stage
        .ask<PeerMessage, readonly PeerReport[]>(peers, (reply) => ({
          kind: 'get-peers',
          filter,
          reply,
        }))
        .map(({ peer }) => peer)
    expect(some({ class: 'federation' })).toEqual(['a'])
    expect(some({ class: 'miner' })).toEqual([])
    expect(some({ isBanned: true })).toEqual(['b'])
    expect(some({ isConnected: true })).toEqual(['a'])
    expect(some({ isConnected: false, class: 'regular' })).toEqual(['b'])
  })

  test('is bounded: the longest unseen that is neither connected nor banned is forgotten', () => {
    scene.spawn({ peersMax: 8, federationPeersMax: 1 })
    scene.meet('connected')
    scene.report('banned', 'forged')
    scene.report('first', 'over-limit')
    for (let i = 0; i < 1_041; i += 1) scene.report(`peer ${i}`, 'over-limit')
    const known = scene.reports().map(({ peer }) => peer)
    expect(known).toHaveLength(1_042)
    expect(known.slice(0, 3)).toEqual(['connected', 'banned', 'peer 1'])
  })
})

describe('an offence', () => {
  test('is reported with what is left of the conduct', () => {
    scene.spawn()
    scene.report('a', 'invalid')
    expect(scene.stage.reports('peer-reported')).toEqual([
      { kind: 'peer-reported', peer: 'a', offence: 'invalid', conduct: -20 },
    ])
    expect(scene.bans()).toEqual([])
  })

  test.each<[Offence, number]>([
    ['malformed', 1],
    ['invalid', 3],
    ['forged', 1],
    ['equivocating-status', 1],
    ['other-chain', 1],
    ['wrong-answer', 5],
    ['height-claim', 5],
    ['unproven-claim', 10],
    ['over-limit', 50],
    ['stall', 50],
  ])('that is %s leads to a ban the %i. time', (offence, times) => {
    scene.spawn()
    scene.report('a', offence, times - 1)
    expect(scene.bans()).toEqual([])
    scene.report('a', offence)
    expect(scene.bans()).toEqual([['a', true]])
    expect(scene.reportOf('a')).toMatchObject({ isBanned: true, ban: { reason: offence } })
  })

  test('long ago does not lead to a ban', () => {
    scene.spawn()
    scene.report('a', 'invalid', 2)
    scene.stage.run(10 * minute)
    scene.report('a', 'invalid')
    expect(scene.bans()).toEqual([])
  })

  test('of a federation peer is counted, pauses it and is told, and never leads to a ban', () => {
    scene.spawn()
    scene.meet('a', 'federation')
    scene.report('a', 'forged', 5)
    expect(scene.bans()).toEqual([])
    expect(scene.reportOf('a')).toMatchObject({ conduct: -100, isBanned: false, isConnected: true })
    expect(scene.stage.reports('federation-peer-paused')).toEqual([
      { kind: 'federation-peer-paused', peer: 'a', offence: 'forged', forMs: 30_000 },
    ])
    scene.stage.run(31_000)
    scene.report('a', 'forged')
    expect(scene.stage.reports('federation-peer-paused').at(-1)).toMatchObject({ forMs: 60_000 })
  })

  test('while banned does not lengthen the ban', () => {
    scene.spawn()
    scene.report('a', 'forged', 4)
    expect(scene.bans()).toEqual([['a', true]])
  })
})

describe('service', () => {
  const served = { outcome: 'served', bytes: 100_000, elapsedMs: 100, firstByteMs: 20 } as const

  test('raises the performance and nothing else; failing lowers it and is no offence', () => {
    scene.spawn()
    for (const peer of ['good', 'bad']) scene.meet(peer)
    for (let i = 0; i < 50; i += 1) {
      scene.send({ kind: 'report-service', peer: 'good', ...served })
      const failure = { outcome: 'failed', bytes: 0, elapsedMs: 5_000 } as const
      scene.send({ kind: 'report-service', peer: 'bad', ...failure })
    }
    expect(scene.reportOf('good')?.performance).toBeGreaterThan(60)
    expect(scene.reportOf('bad')?.performance).toBeLessThan(30)
    expect(scene.reports().map(({ conduct }) => conduct)).toEqual([0, 0])
  })

  test('that fails, links that break and silence are never held against a peer', () => {
    const misfortune = fc.constantFrom('failed', 'late', 'duplicate', 'lost', 'silent', 'quiet')
    fc.assert(
      fc.property(fc.array(misfortune, { minLength: 1, maxLength: 60 }), (list) => {
        scene = new PeerStage()
        scene.spawn()
        scene.meet('a')
        for (const what of list) {
          const slow = { bytes: 10, elapsedMs: 60_000 } as const
          const report = { kind: 'report-service', peer: 'a', ...slow } as const
          if (what === 'failed') scene.send({ ...report, outcome: 'failed' })
          if (what === 'late') scene.send({ ...report, outcome: 'served' })
          if (what === 'duplicate') scene.send({ ...report, outcome: 'duplicate' })
          if (what === 'silent') scene.mute.add('a')
          if (what === 'lost') scene.leave('a')
          if (what === 'quiet') scene.stage.run(2 * minute)
          if (!scene.connected.has('a')) scene.meet('a')
        }
        expect(scene.reportOf('a')).toMatchObject({ conduct: 0, isBanned: false })
        expect(scene.bans()).toEqual([])
      }),
      { numRuns: 50 },
    )
  })

  test('of somebody unknown is not remembered', () => {
    scene.spawn()
    scene.send({ kind: 'report-service', peer: 'a', ...served })
    expect(scene.reports()).toEqual([])
  })
})

describe('a kept address', () => {
  const address = 'sim:a'

  /** When it was dialled, from here on. */
  function dialledMs(): readonly number[] {
    return scene.dials.map(({ atMs }) => atMs)
  }

  test('is dialled at once', () => {
    scene.spawn({ addresses: [address, 'sim:b'] })
    expect(scene.dials.map((dial) => dial.address)).toEqual([address, 'sim:b'])
  })

  test('of this node itself is not dialled', () => {
    scene.spawn({ addresses: ['sim:self'] })
    scene.stage.run(minute)
    expect(scene.dials).toEqual([])
  })

  test('where nobody answers is dialled after pauses that double, with a fifth left to chance', () => {
    scene.spawn({ addresses: [address] })
    scene.stage.run(14_000)
    const pauses = dialledMs()
      .slice(1)
      .map((at, index) => at - (dialledMs()[index] ?? 0))
    expect(pauses).toHaveLength(4)
    pauses.forEach((pause, index) => {
      expect(pause).toBeGreaterThanOrEqual(500 * 2 ** index)
      expect(pause).toBeLessThanOrEqual(600 * 2 ** index + 1)
    })
    expect(scene.stage.reports('dial-failed')[0]).toMatchObject({ address, code: 'unreachable' })
  })

  test('where nobody answers is dialled about every half minute, for ever', () => {
    scene.spawn({ addresses: [address] })
    scene.stage.run(2 * minute)
    scene.dials.length = 0
    scene.stage.run(60 * minute)
    // A pause is 30 to 36 s.
    expect(scene.dials.length).toBeGreaterThanOrEqual(100)
    expect(scene.dials.length).toBeLessThanOrEqual(120)
  })

  test('is given up when this node’s own network fails', () => {
    scene.network.react(() => {
      throw new Error('struck')
    })
    scene.spawn({ addresses: [address] })
    scene.stage.run(1_000)
    expect(scene.stage.reports('dial-failed')[0]).toMatchObject({ address, code: 'cancelled' })
  })

  test('where nobody even refuses is dialled again', () => {
    scene.answering = () => 'never'
    scene.spawn({ addresses: [address] })
    scene.stage.run(5 * minute)
    expect(scene.dials.length).toBeGreaterThanOrEqual(6)
    expect(scene.stage.reports('dial-failed')[0]).toMatchObject({ code: 'timeout' })
  })

  test('of a peer that was lost unnoticed is dialled when it is looked who is there', () => {
    scene.answering = () => 'a'
    scene.spawn({ addresses: [address] })
    scene.stage.run(1_000)
    scene.answering = () => 'nobody'
    scene.dials.length = 0
    scene.connected.delete('a')
    scene.stage.run(17_000)
    expect(scene.dials.length).toBeGreaterThanOrEqual(1)
  })

  test('of a peer that was lost is dialled soon', () => {
    scene.answering = () => 'a'
    scene.spawn({ addresses: [address] })
    scene.stage.run(1_000)
    scene.dials.length = 0
    const lostMs = scene.nowMs
    scene.leave('a')
    scene.stage.run(700)
    expect(scene.dials).toHaveLength(1)
    expect((scene.dials[0]?.atMs ?? 0) - lostMs).toBeGreaterThanOrEqual(dialPauseMsMin)
  })

  test('of a peer that answered again has its pause back at the least', () => {
    scene.spawn({ addresses: [address] })
    scene.stage.run(14_000)
    scene.answering = () => 'a'
    scene.stage.run(15_000)
    scene.dials.length = 0
    scene.leave('a')
    scene.stage.run(700)
    expect(scene.dials).toHaveLength(1)
  })

  test('is dialled at once when more peers are needed', () => {
    scene.spawn({ addresses: [address] })
    scene.stage.run(5 * minute)
    scene.dials.length = 0
    scene.send({ kind: 'dial-burst', reason: 'no-peers' })
    scene.stage.run(1)
    expect(scene.dials).toHaveLength(1)
    expect(scene.stage.reports('dials-hastened')).toHaveLength(1)
  })

  test('is dialled by an operator, who is told what came of it', () => {
    scene.spawn()
    const connect = (to: string) =>
      scene.stage.ask<PeerMessage, unknown>(scene.peers, (reply) => ({
        kind: 'connect-peer',
        address: to,
        isKept: true,
        reply,
      }))
    expect(connect('nowhere')).toMatchObject({ ok: false, fault: { code: 'no-peer-id' } })
    expect(connect('sim:b')).toMatchObject({ ok: false, fault: { code: 'unreachable' } })
    scene.answering = () => 'b'
    expect(connect('sim:b')).toEqual({ ok: true, value: 'b' })
    expect(connect('sim:b')).toEqual({ ok: true, value: 'b' })
    scene.report('c', 'forged')
    expect(connect('sim:c')).toMatchObject({ ok: false, fault: { code: 'refused' } })
    scene.dials.length = 0
    scene.leave('b')
    scene.stage.run(700)
    expect(scene.dials.map((dial) => dial.address)).toEqual(['sim:b'])
  })
})

describe('what sync is told', () => {
  test('is how a ready peer stands, once for each change', () => {
    scene.spawn()
    scene.arrive('a')
    expect(scene.sync.received).toEqual([])
    scene.ready('a')
    const standing = { kind: 'peer-standing', peer: 'a', class: 'regular', netgroup: 'sim/a' }
    expect(scene.sync.received).toEqual([{ ...standing, conduct: 0, isUsable: true }])
    scene.stage.run(10 * minute)
    expect(scene.sync.received).toHaveLength(1)
    scene.report('a', 'invalid', 2)
    scene.stage.run(250)
    expect(scene.sync.received.slice(1)).toEqual([{ ...standing, conduct: -40, isUsable: false }])
    scene.stage.run(11 * minute)
    expect(scene.sync.received.at(-1)).toMatchObject({ isUsable: true })
  })

  test('comes at most four times a second', () => {
    scene.spawn()
    scene.meet('a')
    scene.sync.clear()
    for (let i = 0; i < 40; i += 1) {
      scene.report('a', 'over-limit')
      scene.stage.run(25)
    }
    expect(scene.sync.received.length).toBeGreaterThanOrEqual(3)
    expect(scene.sync.received.length).toBeLessThanOrEqual(5)
  })

  test('is repeated for everybody when it asks', () => {
    scene.spawn()
    scene.meet('a')
    scene.meet('b')
    scene.stage.run(1_000)
    scene.sync.clear()
    scene.send({ kind: 'announce-standings' })
    expect(scene.sync.of('peer-standing').map(({ peer }) => peer)).toEqual(['a', 'b'])
  })

  test('is that a paused federation peer is not to be asked, until it is', () => {
    scene.spawn()
    scene.meet('a', 'federation')
    scene.stage.run(1_000)
    scene.report('a', 'forged')
    expect(scene.sync.of('peer-standing').at(-1)).toMatchObject({ isUsable: false })
    scene.stage.run(minute)
    expect(scene.sync.of('peer-standing').at(-1)).toMatchObject({ isUsable: true })
  })
})
