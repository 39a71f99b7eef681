import { beforeEach, describe, expect, test } from 'vitest'
import { SimRandom } from '../../../../sim/random.ts'
import type { PeerMessage } from '../../../../src/actors/peer/messages.ts'
import { minute, PeerStage } from './scene.ts'

/** How strangers are found, dialled, looked after, and found again. */

let scene: PeerStage

beforeEach(() => {
  scene = new PeerStage()
})

/** An address in a neighbourhood of its own. */
function address(i: number): string {
  return `/ip4/${20 + (i % 200)}.${(i >> 3) & 255}.1.1/tcp/1/p2p/p${i}`
}

/** From now on, everybody who is asked for addresses tells these. */
function tell(addresses: () => readonly string[]): void {
  scene.telling = addresses
}

function outbound(): readonly string[] {
  return scene
    .reports()
    .filter(({ isConnected, direction }) => isConnected && direction === 'outbound')
    .map(({ peer }) => peer)
}

/** Peers are where their addresses say; those in `alive` answer. */
function answerAt(isAlive: (peer: string) => boolean = () => true): void {
  scene.answering = (where) => {
    const peer = where.split('/').at(-1) ?? ''
    return isAlive(peer) ? peer : 'nobody'
  }
}

/** What the network does when a dial succeeds: the handshake follows. */
function readyWhenUp(): void {
  scene.onUp = (peer) => scene.ready(peer)
}

/** The network itself finds these. */
function find(...addresses: readonly string[]): void {
  for (const each of addresses) scene.send({ kind: 'address-found', address: each })
}

describe('places', () => {
  const places = (): number =>
    scene.storage.of('keep-note').filter(({ name }) => name === 'peer-places').length

  test('are kept after half a minute, and again as soon if half as many again are known', () => {
    scene.spawn({ peersTarget: 0 })
    find(address(1), address(2))
    scene.stage.run(45_000)
    expect(places()).toBe(1)
    find(address(3))
    scene.stage.run(2 * minute)
    expect(places()).toBe(1)
    find(address(4))
    scene.stage.run(30_000)
    expect(places()).toBe(2)
    scene.stage.run(4 * minute)
    expect(places()).toBe(2)
    scene.stage.run(2 * minute)
    expect(places()).toBe(3)
  })
})

describe('what the network finds', () => {
  test('is dialled like what peers tell, and no sooner than it is needed', () => {
    answerAt()
    readyWhenUp()
    scene.spawn({ peersTarget: 10 })
    find(...Array.from({ length: 100 }, (_, i) => address(i)))
    expect(scene.dials).toEqual([])
    scene.stage.run(minute)
    const met = outbound().length
    expect(met).toBeGreaterThanOrEqual(8)
    scene.stage.run(minute)
    // One more may be on trial.
    expect(outbound().length).toBeLessThanOrEqual(met + 1)
  })

  test('reaches no more of the book than one neighbourhood, whoever said it', () => {
    scene.spawn()
    for (let i = 0; i < 3_000; i += 1) {
      find(`/ip4/${11 + (i % 80)}.${(i >> 3) & 255}.${i & 255}.1/tcp/1/p2p/P${i}`)
    }
    const found = scene.stage.reports('address-found')
    expect(found).toHaveLength(3_000)
    const kept = found.filter(({ isKept }) => isKept).length
    expect(kept).toBeGreaterThan(256)
    expect(kept).toBeLessThanOrEqual(512)
  })

  test('is told of once, and kept only if it can be dialled', () => {
    scene.spawn()
    find(
      address(1),
      address(1),
      '/dns4/a.org/tcp/1/p2p/x',
      '/ip4/8.8.8.8/tcp/1',
      `${address(2)}/p2p/self`,
    )
    find('/ip4/192.168.1.1/tcp/1/p2p/near')
    expect(scene.stage.reports('address-found').map((each) => each.address)).toEqual([
      address(1),
      '/ip4/192.168.1.1/tcp/1/p2p/near',
    ])
  })
})

test('a peer is dialled by TCP, and by QUIC when that has failed', () => {
  const [tcp, quic] = ['/ip4/20.1.1.1/tcp/1/p2p/p', '/ip4/20.1.1.1/udp/1/quic-v1/p2p/p']
  scene.answering = (where) => (where === quic ? 'p' : 'nobody')
  readyWhenUp()
  scene.spawn()
  find(quic, tcp)
  scene.stage.run(minute)
  expect(scene.dials.map((dial) => dial.address)).toEqual([tcp, quic])
  expect(outbound()).toEqual(['p'])
})

describe('a node that knows one address', () => {
  beforeEach(() => {
    answerAt()
    readyWhenUp()
  })

  test('meets as many strangers as it wants, each in another neighbourhood', () => {
    tell(() => Array.from({ length: 200 }, (_, i) => address(i)))
    scene.spawn({ addresses: [address(500)] })
    scene.stage.run(2 * minute)
    const met = outbound().filter((peer) => peer !== 'p500')
    expect(met.length).toBeGreaterThanOrEqual(12)
    const groups = scene
      .reports()
      .filter(({ isConnected }) => isConnected)
      .map(({ netgroup }) => netgroup)
    expect(new Set(groups).size).toBe(groups.length)
  })

  test('learns more than ten addresses a minute', () => {
    const random = new SimRandom('told')
    tell(() => Array.from({ length: 60 }, () => address(random.below(2_000))))
    scene.spawn({ addresses: [address(500)] })
    scene.stage.run(5 * minute)
    const added = scene.stage
      .reports('addresses-learned')
      .reduce((sum, each) => sum + each.added, 0)
    expect(added).toBeGreaterThanOrEqual(50)
  })

  test('asks a peer again once a minute while it knows few, and once an hour when it does not', () => {
    tell(() => [])
    scene.spawn({ addresses: [address(500)] })
    scene.stage.run(10 * minute)
    const asked = scene.network.of('fetch-addresses').length
    expect(asked).toBeGreaterThanOrEqual(8)
    expect(asked).toBeLessThanOrEqual(11)
    answerAt((peer) => peer === 'p500')
    tell(() => Array.from({ length: 250 }, (_, i) => address(i + 7 * scene.nowMs)))
    scene.stage.run(10 * minute)
    scene.network.clear()
    scene.stage.run(50 * minute)
    expect(scene.network.of('fetch-addresses').length).toBeLessThanOrEqual(1)
  })

  test('dials no address that is a name, its own, or of a private network', () => {
    const useless = ['/dns4/a.org/tcp/1/p2p/x', address(1).replace(/p1$/, 'self')]
    tell(() => [...useless, '/ip4/10.0.0.1/tcp/1/p2p/y', '/ip4/1.2.3.4/tcp/1', address(7)])
    scene.spawn({ addresses: [address(500)] })
    scene.stage.run(5 * minute)
    expect(new Set(scene.dials.map((dial) => dial.address))).toEqual(
      new Set([address(500), address(7)]),
    )
  })

  test('in one neighbourhood meets one stranger', () => {
    tell(() => Array.from({ length: 200 }, (_, i) => `/ip4/6.6.${i}.1/tcp/1/p2p/evil${i}`))
    scene.spawn({ addresses: [address(500)] })
    scene.stage.run(2 * minute)
    expect(outbound().filter((peer) => peer.startsWith('evil'))).toHaveLength(1)
  })

  test('tries hearsay every two minutes by a feeler, which leaves', () => {
    tell(() => Array.from({ length: 200 }, (_, i) => address(i)))
    scene.spawn({ addresses: [address(500)] })
    scene.stage.run(2 * minute - 5_000)
    const before = outbound().length
    scene.dials.length = 0
    scene.stage.run(10 * minute)
    expect(scene.dials.length).toBeGreaterThanOrEqual(4)
    expect(scene.dials.length).toBeLessThanOrEqual(6)
    expect(outbound().length).toBe(before)
    const [swept] = scene.stage.reports('peers-swept').slice(-1)
    expect(swept?.addressesTried).toBeGreaterThanOrEqual(before + 4)
  })
})

describe('dials', () => {
  test('are eight at once, and four a second, when nobody answers', () => {
    scene.answering = (where) => (where === 'sim:a' ? 'a' : 'never')
    readyWhenUp()
    tell(() => Array.from({ length: 250 }, (_, i) => address(i)))
    scene.spawn({ addresses: ['sim:a'] })
    scene.stage.run(10 * minute)
    const perSecond = new Map<number, number>()
    for (const { atMs } of scene.dials) {
      const second = Math.floor(atMs / 1_000)
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1)
    }
    expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(8)
    // Each is given up after fifteen seconds.
    expect(scene.dials.length).toBeLessThanOrEqual((8 * 10 * minute) / 15_000 + 8)
    expect(scene.dials.length).toBeGreaterThan(200)
  })

  test('of strangers that do not answer become rare', () => {
    answerAt((peer) => peer === 'p500')
    readyWhenUp()
    tell(() => [address(1)])
    scene.spawn({ addresses: [address(500)] })
    scene.stage.run(60 * minute)
    const tries = scene.dials.filter((dial) => dial.address === address(1))
    expect(tries).toHaveLength(3)
  })
})

describe('a burst', () => {
  test('for a stale certificate adds outbound peers slowly, and lets them go again', () => {
    answerAt()
    readyWhenUp()
    tell(() => Array.from({ length: 200 }, (_, i) => address(i)))
    scene.spawn({ addresses: [address(500)] })
    scene.stage.run(minute)
    const before = outbound().length
    for (let i = 0; i < 6; i += 1) {
      scene.send({ kind: 'dial-burst', reason: 'stale-certificate' })
      scene.stage.run(10_000)
    }
    const during = outbound().length
    expect(during).toBeGreaterThan(before)
    expect(during).toBeLessThanOrEqual(Math.max(before, 13) + 8)
    scene.stage.run(6 * minute)
    expect(outbound().length).toBeLessThan(during)
  })

  test('comes by itself, once, when everybody was lost', () => {
    scene.spawn({ addresses: ['sim:a'] })
    scene.meet('b')
    scene.stage.run(2_000)
    scene.leave('b')
    scene.stage.run(5 * minute)
    expect(scene.stage.reports('dials-hastened')).toMatchObject([{ reason: 'no-peers' }])
  })
})

describe('after a restart', () => {
  test('the good ones are met again first, and what was known is known', () => {
    answerAt()
    readyWhenUp()
    tell(() => Array.from({ length: 200 }, (_, i) => address(i)))
    scene.spawn({ addresses: [address(500)] })
    scene.stage.run(6 * minute)
    const good = outbound()
    expect(scene.notes.has('peer-places')).toBe(true)
    for (const peer of scene.connected.keys()) scene.connected.delete(peer)
    scene.dials.length = 0
    scene.spawn({ addresses: [address(500)] })
    scene.stage.run(1_500)
    const first = scene.dials.map((dial) => dial.address.split('/').at(-1) ?? '')
    // The configured address and four anchors; strangers have to wait a little.
    expect(first).toHaveLength(5)
    expect(first[0]).toBe('p500')
    for (const peer of first) expect(good).toContain(peer)
    const [recalled] = scene.stage.reports('peers-recalled')
    expect(recalled?.addresses).toBeGreaterThan(100)
  })

  test('of the actor alone, who is connected is asked of the network', () => {
    scene.spawn()
    scene.meet('a', 'federation')
    scene.meet('b')
    scene.network.clear()
    scene.spawn()
    expect(scene.network.of('announce-peers')).toHaveLength(1)
    expect(scene.reports().map(({ peer, isConnected }) => [peer, isConnected])).toEqual([
      ['a', true],
      ['b', true],
    ])
  })

  test('a node that stops in good order keeps what it knows', () => {
    scene.spawn({ addresses: ['sim:a'] })
    scene.meet('b')
    scene.report('b', 'invalid')
    expect(scene.notes.size).toBe(0)
    scene.stage.stop()
    expect([...scene.notes.keys()]).toEqual(['peer-places', 'peer-marks'])
  })
})

describe('health', () => {
  test('of a silent peer is asked; three times without an answer, and its place is given away', () => {
    scene.spawn()
    scene.meet('a')
    scene.mute.add('a')
    scene.stage.run(59_000)
    expect(scene.network.of('fetch-status')).toEqual([])
    scene.stage.run(3 * minute)
    expect(scene.network.of('fetch-status').length).toBeGreaterThanOrEqual(3)
    expect(scene.stage.reports('peer-dismissed')).toMatchObject([
      { peer: 'a', why: 'unresponsive' },
    ])
    expect(scene.reportOf('a')).toMatchObject({ isConnected: false, conduct: 0, isBanned: false })
  })

  test('of one that answers is fine, and one that is heard is not asked', () => {
    scene.spawn()
    scene.meet('quiet')
    scene.meet('busy')
    for (let i = 0; i < 40; i += 1) {
      scene.send({
        kind: 'report-service',
        peer: 'busy',
        outcome: 'served',
        bytes: 9,
        elapsedMs: 9,
      })
      scene.stage.run(15_000)
    }
    const asked = scene.network.of('fetch-status').map(({ peer }) => peer)
    expect(new Set(asked)).toEqual(new Set(['quiet']))
    expect(scene.reports().every(({ isConnected }) => isConnected)).toBe(true)
  })

  test('of a federation peer is asked, and it stays whatever comes of it', () => {
    scene.spawn()
    scene.meet('a', 'federation')
    scene.mute.add('a')
    scene.stage.run(20 * minute)
    expect(scene.reportOf('a')).toMatchObject({ isConnected: true })
  })

  test('sends one useless peer away a sweep, while there are plenty', () => {
    scene.spawn({ peersMax: 20, peersTarget: 4 })
    for (let i = 0; i < 7; i += 1) scene.meet(`p${i}`)
    const good = { outcome: 'served', bytes: 1e6, elapsedMs: 100 } as const
    const bad = { outcome: 'failed', bytes: 0, elapsedMs: 5_000 } as const
    const slow = { outcome: 'duplicate', bytes: 5_000, elapsedMs: 60_000 } as const
    for (let i = 0; i < 60; i += 1) {
      for (const peer of ['p0', 'p1', 'p2', 'p3']) {
        scene.send({ kind: 'report-service', peer, ...good })
      }
      for (const peer of ['p4', 'p5', 'p6']) {
        scene.send({ kind: 'report-service', peer, ...bad })
        scene.send({ kind: 'report-service', peer, ...slow })
      }
    }
    scene.stage.run(5 * minute)
    const left = scene.reports().filter(({ isConnected }) => isConnected)
    expect(left.map(({ peer }) => peer)).toEqual(['p0', 'p1', 'p2', 'p3'])
    const dismissed = scene.stage.reports('peer-dismissed')
    expect(dismissed.map(({ why }) => why)).toEqual(['useless', 'useless', 'useless'])
    expect(scene.reports().every(({ conduct }) => conduct === 0)).toBe(true)
  })

  test('of what is announced is that it comes from several neighbourhoods', () => {
    scene.spawn()
    for (let i = 0; i < 6; i += 1) scene.meet(`p${i}`)
    for (let i = 0; i < 120; i += 1) {
      scene.send({ kind: 'first-announcement', peer: `p${i % 2}` })
    }
    scene.stage.run(minute)
    expect(scene.stage.reports('announcers-few')).toEqual([
      { kind: 'announcers-few', netgroups: 2 },
    ])
    for (let i = 0; i < 120; i += 1) {
      scene.send({ kind: 'first-announcement', peer: `p${i % 6}` })
    }
    scene.stage.run(minute)
    expect(scene.stage.reports('announcers-few')).toHaveLength(1)
  })
})

describe('what is told to others', () => {
  function ask(from: string, countMax = 250): readonly string[] | undefined {
    return scene.stage.ask<PeerMessage, readonly string[] | undefined>(scene.peers, (reply) => ({
      kind: 'get-addresses',
      from,
      countMax,
      of: 'anybody',
      reply,
    }))
  }

  test('is a part of the book, to those who are ready, and not so soon again', () => {
    scene.spawn()
    for (let i = 0; i < 100; i += 1) scene.meet(`p${i}`)
    expect(ask('stranger')).toBeUndefined()
    const told = ask('p0') ?? []
    expect(told.length).toBeGreaterThan(0)
    expect(told.length).toBeLessThanOrEqual(23)
    expect(told).not.toContain('sim:p0')
    expect(ask('p0')).toBeUndefined()
    expect(ask('p1', 2)?.length).toBeLessThanOrEqual(2)
    scene.stage.run(1.1 * minute)
    expect(ask('p0')).toBeDefined()
  })

  test('by a large book is the same for everybody, so that many names gain nothing', () => {
    answerAt()
    readyWhenUp()
    let told = 0
    tell(() => Array.from({ length: 250 }, (_, i) => address(told++ * 250 + i)))
    scene.spawn({ addresses: [address(9_000), address(9_001), address(9_002)] })
    scene.stage.run(5_000)
    for (let i = 0; i < 30; i += 1) scene.meet(`asker${i}`)
    const answers = Array.from({ length: 30 }, (_, i) => ask(`asker${i}`) ?? [])
    expect(answers[0]?.length).toBeGreaterThan(100)
    expect(new Set(answers.flat()).size).toBe(answers[0]?.length)
  })
})
