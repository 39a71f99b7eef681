import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import type { Reach } from '../../../../src/base/ip.ts'
import { type Finding, Findings } from '../../../../src/platform/libp2p/findings.ts'

/** Peer ids are compared as text; none of these is one. */
const peer = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'

function open(hasQuic = true) {
  const clock = { ms: 0 }
  const findings = new Findings({ self: 'me', hasQuic, now: () => clock.ms })
  return { findings, clock }
}

function at(id: string, ...addresses: readonly string[]): Finding {
  return { id, multiaddrs: addresses.map((text) => multiaddr(text)) }
}

function source(reach: Reach | undefined, name = 'teller') {
  return { name, reach }
}

/** `count` peers at an address each, of which no two are alike. */
function many(count: number, from = 0): readonly Finding[] {
  return Array.from({ length: count }, (_, i) => {
    return at(`p${from + i}`, `/ip4/8.8.${(from + i) >> 8}.${(from + i) & 255}/tcp/1`)
  })
}

test('what is found is told with its peer, TCP before QUIC', () => {
  const { findings } = open()
  const found = at(peer, '/ip4/8.8.8.8/udp/1/quic-v1', `/ip4/8.8.8.8/tcp/1/p2p/${peer}`)
  expect(findings.sift(source('public'), [found])).toEqual([
    `/ip4/8.8.8.8/tcp/1/p2p/${peer}`,
    `/ip4/8.8.8.8/udp/1/quic-v1/p2p/${peer}`,
  ])
})

test('without QUIC its addresses are of no use', () => {
  const { findings } = open(false)
  const found = at(peer, '/ip4/8.8.8.8/udp/1/quic-v1', '/ip4/8.8.8.8/tcp/1')
  expect(findings.sift(source('public'), [found])).toHaveLength(1)
})

test.each([
  ['public', ['8.8.8.8']],
  ['local', ['8.8.8.8', '10.0.0.1']],
  ['loopback', ['8.8.8.8', '10.0.0.1', '127.0.0.1']],
] as const)('one who is seen from %s may name %s', (reach, hosts) => {
  const { findings } = open()
  const all = ['8.8.8.8', '10.0.0.1', '127.0.0.1'].map((host) => `/ip4/${host}/tcp/1`)
  const told = findings.sift(source(reach), [at('p', ...all)])
  expect(told).toEqual(hosts.map((host) => `/ip4/${host}/tcp/1/p2p/p`))
})

test('nobody may send this node to a name server, to a relay, to itself, or off its network', () => {
  const { findings } = open()
  const answer = [
    at('p', '/dns4/evil.example/tcp/1', `/ip4/8.8.8.8/tcp/1/p2p/${peer}/p2p-circuit`, '/memory/x'),
    at('me', '/ip4/8.8.8.8/tcp/1'),
  ]
  expect(findings.sift(source('public'), answer)).toEqual([])
  expect(findings.sift(source(undefined), answer)).toEqual(['/memory/x/p2p/p'])
})

test('of one answer twenty peers count, with four addresses each', () => {
  const { findings } = open()
  const ports = Array.from({ length: 9 }, (_, port) => `/ip4/8.8.8.8/tcp/${port + 1}`)
  expect(findings.sift(source('public'), [at('p', ...ports)])).toHaveLength(4)
  expect(findings.sift(source('public'), many(50))).toHaveLength(20)
})

test('an address is told once in an hour', () => {
  const { findings, clock } = open()
  const [found] = many(1)
  if (found === undefined) throw new Error('one')
  expect(findings.sift(source('public'), [found])).toHaveLength(1)
  clock.ms = 3_599_999
  expect(findings.sift(source('public', 'another'), [found])).toHaveLength(0)
  clock.ms = 3_600_000
  expect(findings.sift(source('public'), [found])).toHaveLength(1)
})

test('one source is heard to 128 addresses in ten minutes, and others all the same', () => {
  const { findings, clock } = open()
  const hear = (name: string, from: number): number => {
    let told = 0
    for (let i = 0; i < 10; i += 1) {
      told += findings.sift(source('public', name), many(20, from + 20 * i)).length
    }
    return told
  }
  expect(hear('liar', 0)).toBe(128)
  expect(hear('honest', 1_000)).toBe(128)
  clock.ms = 300_000
  expect(hear('liar', 2_000)).toBe(64)
})

test('all together are heard to 512 addresses in a minute', () => {
  const { findings, clock } = open()
  let told = 0
  const hear = (): void => {
    for (let i = 0; i < 100; i += 1) {
      told += findings.sift(source('public', `s${told}/${i}`), many(20, clock.ms + 20 * i)).length
    }
  }
  hear()
  expect(told).toBe(512)
  clock.ms = 30_000
  hear()
  expect(told).toBe(768)
})
