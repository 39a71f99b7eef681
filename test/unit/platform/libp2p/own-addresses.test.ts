import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { OwnAddresses } from '../../../../src/platform/libp2p/own-addresses.ts'

const peerId = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'
const listened = [
  '/ip4/127.0.0.1/tcp/30400',
  '/ip4/10.0.0.5/tcp/30400',
  '/ip4/10.0.0.5/udp/30400/quic-v1',
  '/ip6/fe80::1/tcp/30400',
  '/ip6/2a00::5/tcp/30400',
]

function open(announce: readonly string[] = []) {
  const getAddrs = () => listened.map((text) => multiaddr(text))
  return new OwnAddresses(announce).attach({ transportManager: { getAddrs }, peerId })
}

function told(own: OwnAddresses): readonly string[] {
  return own.told().map(String)
}

function full(...addresses: readonly string[]): readonly string[] {
  return addresses.map((address) => `${address}/p2p/${peerId}`)
}

/** A peer of each of these /16 sees this node there. */
function see(own: OwnAddresses, host: string, groups: readonly number[]): void {
  for (const group of groups) {
    const from = multiaddr(`/ip4/${group}.1.1.1/tcp/30400`)
    own.seenBy(`peer ${group}`, from, multiaddr(`/ip4/${host}/tcp/54321`))
  }
}

test('a node is where it listens, save where an address is of no use without an interface', () => {
  expect(told(open())).toEqual(full(...listened.filter((address) => !address.includes('fe80'))))
})

test('what is announced takes the place of all else', () => {
  const own = open(['/dns4/alys.example/tcp/443', '/ip4/8.8.8.8/tcp/30400'])
  see(own, '7.7.7.7', [1, 2, 3])
  expect(told(own)).toEqual(full('/dns4/alys.example/tcp/443', '/ip4/8.8.8.8/tcp/30400'))
})

test('where three neighbourhoods see a node it may be dialled, at the ports that it listens on', () => {
  const own = open()
  see(own, '7.7.7.7', [1, 2])
  expect(told(own).join()).not.toContain('7.7.7.7')
  see(own, '7.7.7.7', [3])
  const added = full('/ip4/7.7.7.7/tcp/30400', '/ip4/7.7.7.7/udp/30400/quic-v1')
  expect(told(own).slice(-2)).toEqual(added)
  own.forget('peer 2')
  expect(told(own).join()).not.toContain('7.7.7.7')
})

test('private places are no news, and private peers no witnesses', () => {
  const own = open()
  see(own, '192.168.7.7', [1, 2, 3, 4])
  for (const host of ['10.1.1.1', '192.168.1.1', '172.16.1.1', '127.0.0.1']) {
    own.seenBy(host, multiaddr(`/ip4/${host}/tcp/1`), multiaddr('/ip4/7.7.7.7/tcp/1'))
  }
  expect(told(own)).toHaveLength(4)
})

test('before it listens a node is nowhere', () => {
  expect(new OwnAddresses([]).told()).toEqual([])
})
