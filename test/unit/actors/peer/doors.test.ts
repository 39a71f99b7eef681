import { beforeEach, describe, expect, test } from 'vitest'
import { minute, PeerStage } from './scene.ts'

let scene: PeerStage

beforeEach(() => {
  scene = new PeerStage()
})

function connected(): readonly string[] {
  return scene
    .reports()
    .filter(({ isConnected }) => isConnected)
    .map(({ peer }) => peer)
}

/** Every second one, so that no host is in a hurry. */
function comeSlowly(peer: string, address: string): void {
  scene.meet(peer, 'regular', address)
  scene.stage.run(1_000)
}

function turnedAway(): readonly string[] {
  return scene.stage.reports('peer-turned-away').map(({ reason }) => reason)
}

describe('strangers that dial in', () => {
  test('from one /16 take a twentieth of the places, a thousand of them', () => {
    scene.spawn({ healthCheckMs: 1e9 })
    for (let i = 0; i < 12; i += 1) {
      scene.arrive(`own${i}`, `/ip4/${i + 20}.1.1.1/tcp/1/p2p/own${i}`, true)
      scene.ready(`own${i}`)
    }
    scene.meet('member', 'federation', '/ip4/6.6.1.1/tcp/1')
    for (let i = 0; i < 1_000; i += 1) {
      scene.meet(`evil${i}`, 'regular', `/ip4/6.6.${i % 250}.${i >> 2}/tcp/1`)
      if (i % 4 === 0) scene.stage.run(1_000)
    }
    const inside = connected()
    expect(inside.filter((peer) => peer.startsWith('evil')).length).toBeLessThanOrEqual(6)
    expect(inside.filter((peer) => peer.startsWith('own'))).toHaveLength(12)
    expect(inside).toContain('member')
    comeSlowly('honest', '/ip4/9.9.9.9/tcp/1')
    expect(connected()).toContain('honest')
    expect(scene.bans()).toEqual([])
  })

  test('from one host get two places, and are heard five times a second', () => {
    scene.spawn()
    for (let i = 0; i < 4; i += 1) comeSlowly(`a${i}`, '/ip4/6.6.6.6/tcp/1')
    expect(connected()).toEqual(['a0', 'a1'])
    expect(turnedAway()).toEqual(['host-full', 'host-full'])
    for (let i = 0; i < 8; i += 1) scene.arrive(`b${i}`, '/ip4/7.7.7.7/tcp/1')
    expect(turnedAway().slice(2)).toEqual(new Array(3).fill('too-many-arrivals'))
  })

  test('on loopback are not limited by place', () => {
    scene.spawn()
    for (let i = 0; i < 40; i += 1) scene.meet(`a${i}`, 'regular', `/ip4/127.0.0.1/tcp/${i}`)
    expect(connected()).toHaveLength(40)
  })

  test('are fifty at the door at most', () => {
    scene.spawn()
    for (let i = 0; i < 60; i += 1) scene.arrive(`a${i}`)
    expect(connected()).toHaveLength(50)
    scene.ready('a0')
    scene.arrive('next')
    expect(connected()).toContain('next')
    // Who has been silent for five seconds gives way to another.
    scene.arrive('early')
    scene.stage.run(5_001)
    scene.arrive('late')
    expect(connected()).toContain('late')
    expect(connected()).not.toContain('a1')
    expect(connected()).not.toContain('early')
  })

  test('that never show a status are sent away, and it is no offence', () => {
    scene.spawn()
    scene.arrive('a')
    scene.stage.run(minute)
    expect(scene.reportOf('a')).toMatchObject({ isConnected: false, conduct: 0 })
  })

  test('whose host is known for five liars are not heard, for an hour', () => {
    scene.spawn()
    for (let i = 0; i < 5; i += 1) {
      comeSlowly(`liar${i}`, '/ip4/6.6.6.6/tcp/1')
      scene.report(`liar${i}`, 'forged')
    }
    comeSlowly('another', '/ip4/6.6.6.6/tcp/1')
    expect(turnedAway().at(-1)).toBe('banned-host')
    comeSlowly('neighbour', '/ip4/6.6.6.7/tcp/1')
    expect(connected()).toEqual(['neighbour'])
    scene.stage.run(61 * minute)
    comeSlowly('third', '/ip4/6.6.6.6/tcp/1')
    expect(connected()).toContain('third')
  })
})

describe('when all places are taken', () => {
  const options = { peersMax: 40, peersTarget: 40, healthCheckMs: 1e9 }
  /** 40 − 8 − 4. */
  const places = 28

  function fill(): void {
    scene.spawn(options)
    for (let i = 0; i < places; i += 1) comeSlowly(`a${i}`, `/ip4/${20 + (i >> 2)}.1.${i}.1/tcp/1`)
    expect(connected()).toHaveLength(places)
  }

  test('a newcomer takes the place of the youngest of the largest neighbourhood', () => {
    fill()
    comeSlowly('new', '/ip4/9.9.9.9/tcp/1')
    expect(connected()).toContain('new')
    expect(connected()).toHaveLength(places)
    const [evicted] = scene.stage.reports('peer-evicted')
    expect(evicted?.peer).toMatch(/^a2[4-7]$/)
    // Whoever went does not come back at the price of another.
    scene.meet(evicted?.peer ?? '', 'regular', '/ip4/26.1.1.1/tcp/1')
    expect(turnedAway().at(-1)).toBe('evicted-lately')
  })

  test('one goes a second at most', () => {
    fill()
    scene.meet('new1', 'regular', '/ip4/9.9.9.9/tcp/1')
    scene.meet('new2', 'regular', '/ip4/8.8.8.8/tcp/1')
    expect(connected()).toContain('new1')
    expect(connected()).not.toContain('new2')
    expect(turnedAway()).toEqual(['full'])
  })

  test('federation peers, those of the configuration and miners still come in', () => {
    scene.spawn({ ...options, addresses: ['/ip4/6.6.6.6/tcp/1/p2p/friend'] })
    for (let i = 0; i < places; i += 1) comeSlowly(`a${i}`, `/ip4/${20 + (i >> 2)}.1.${i}.1/tcp/1`)
    scene.meet('member', 'federation', '/ip4/20.1.1.1/tcp/1')
    scene.meet('friend', 'regular', '/ip4/20.1.1.1/tcp/2')
    scene.meet('miner', 'miner', '/ip4/20.1.1.1/tcp/3')
    expect(connected()).toEqual(expect.arrayContaining(['member', 'friend', 'miner']))
    expect(connected()).toHaveLength(places + 3)
    expect(scene.stage.reports('peer-evicted')).toEqual([])
  })

  test('one who behaves badly goes first', () => {
    fill()
    scene.report('a3', 'invalid', 2)
    comeSlowly('new', '/ip4/9.9.9.9/tcp/1')
    expect(scene.stage.reports('peer-evicted')).toMatchObject([{ peer: 'a3' }])
  })

  test('suppliers and those first with news stay', () => {
    fill()
    for (const peer of ['a24', 'a25']) {
      const service = { outcome: 'served', bytes: 1e6, elapsedMs: 1_000 } as const
      scene.send({ kind: 'report-service', peer, ...service })
    }
    for (const peer of ['a26', 'a27']) scene.send({ kind: 'first-announcement', peer })
    for (let i = 0; i < 6; i += 1) comeSlowly(`new${i}`, `/ip4/${100 + i}.9.9.9/tcp/1`)
    expect(connected()).toEqual(expect.arrayContaining(['a24', 'a25', 'a26', 'a27']))
  })
})

test('federation peers beyond their places are turned away', () => {
  scene.spawn({ federationPeersMax: 2 })
  for (const peer of ['a', 'b', 'c']) scene.meet(peer, 'federation')
  expect(connected()).toEqual(['a', 'b'])
})

test('a member that was met before comes in through any crowd at the door', () => {
  scene.spawn()
  scene.meet('member', 'federation', '/ip4/20.1.1.1/tcp/1')
  scene.leave('member')
  for (let i = 0; i < 60; i += 1) scene.arrive(`s${i}`, `/ip4/${30 + i}.1.1.1/tcp/1`)
  const refused = turnedAway().length
  expect(refused).toBeGreaterThan(0)
  scene.meet('member', 'federation', '/ip4/20.1.1.1/tcp/1')
  expect(connected()).toContain('member')
  expect(turnedAway()).toHaveLength(refused)
})
