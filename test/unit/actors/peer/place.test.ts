import { describe, expect, test } from 'vitest'
import { isTellable, peerIn, placeOf } from '../../../../src/actors/peer/place.ts'

describe('the place of an address', () => {
  test.each([
    ['/ip4/1.2.3.4/tcp/30400/p2p/X', 'ip4/1.2.3.4', 'ip4/1.2.3', 'ip4/1.2'],
    ['/ip4/1.2.3.4/udp/1/quic-v1', 'ip4/1.2.3.4', 'ip4/1.2.3', 'ip4/1.2'],
    ['/ip6/2001:db8:1:2:3::4/tcp/1', 'ip6/2001:db8:1:2', 'ip6/2001:db8:1', 'ip6/2001:db8'],
    ['/ip6/2001:0DB8::/tcp/1', 'ip6/2001:db8:0:0', 'ip6/2001:db8:0', 'ip6/2001:db8'],
    ['/ip6/::ffff:102:304/tcp/1', 'ip4/1.2.3.4', 'ip4/1.2.3', 'ip4/1.2'],
    [
      '/dns4/A.b.example.org/tcp/1',
      'name/a.b.example.org',
      'name/a.b.example.org',
      'name/example.org',
    ],
    ['sim:n3', 'sim/n3', 'sim/n3', 'sim/n3'],
    ['sim:evil.7.12', 'sim/evil.7.12', 'sim/evil.7', 'sim/evil'],
    ['sim:n3@evil.7.12', 'sim/evil.7.12', 'sim/evil.7', 'sim/evil'],
  ])('%s is on %s in %s in %s', (address, host, subnet, netgroup) => {
    expect(placeOf(address)).toMatchObject({ host, subnet, netgroup, isLocal: false })
  })

  test.each([
    '/ip4/127.0.0.1/tcp/1',
    '/ip4/10.1.2.3/tcp/1',
    '/ip4/172.16.0.1/tcp/1',
    '/ip4/172.31.255.1/tcp/1',
    '/ip4/192.168.1.1/tcp/1',
    '/ip4/169.254.1.1/tcp/1',
    '/ip4/100.64.0.1/tcp/1',
    '/ip4/0.0.0.0/tcp/1',
    '/ip6/::1/tcp/1',
    '/ip6/fd00::1/tcp/1',
    '/ip6/fe80::1/tcp/1',
    '/ip6/::ffff:7f00:1/tcp/1',
  ])('%s is local', (address) => {
    expect(placeOf(address).isLocal).toBe(true)
  })

  test.each([
    '/ip4/172.32.0.1/tcp/1',
    '/ip4/192.169.0.1/tcp/1',
    '/ip4/100.128.0.1/tcp/1',
    '/ip6/2001::1/tcp/1',
  ])('%s is not local', (address) => {
    expect(placeOf(address).isLocal).toBe(false)
  })

  test.each([
    '',
    'nonsense',
    '/ip4/1.2.3/tcp/1',
    '/ip4/1.2.3.256/tcp/1',
    '/ip4/01.2.3.4/tcp/1',
    '/ip6/1:2:3/tcp/1',
    '/ip6/::1::2/tcp/1',
    '/ip6/1:2:3:4:5:6:7:8:9/tcp/1',
    '/ip6/12345::/tcp/1',
    '/unix/x',
  ])('%j is nowhere in particular, with all others that are', (address) => {
    expect(placeOf(address).netgroup).toBe('other')
  })
})

test('the peer in an address is the last that it names', () => {
  expect(peerIn('/ip4/1.2.3.4/tcp/1/p2p/A')).toBe('A')
  expect(peerIn('/ip4/1.2.3.4/tcp/1/p2p/A/p2p-circuit/p2p/B')).toBe('B')
  expect(peerIn('/ip4/1.2.3.4/tcp/1')).toBeUndefined()
  expect(peerIn('/ip4/1.2.3.4/tcp/1/p2p/')).toBeUndefined()
  expect(peerIn('sim:a')).toBe('a')
  expect(peerIn('sim:a@b')).toBe('a')
  expect(peerIn('sim:@b')).toBeUndefined()
  expect(peerIn('sim:')).toBeUndefined()
})

describe('an address is told', () => {
  const stranger = placeOf('/ip4/9.9.9.9/tcp/1')
  const neighbour = placeOf('/ip4/127.0.0.1/tcp/1')

  test.each(['/ip4/1.2.3.4/tcp/1/p2p/A', '/ip6/2001::1/tcp/1/p2p/A', 'sim:a'])('%s', (address) => {
    expect(isTellable(address, stranger)).toBe(true)
  })

  test.each([
    '/ip4/1.2.3.4/tcp/1',
    '/dns4/example.org/tcp/1/p2p/A',
    '/ip4/127.0.0.1/tcp/1/p2p/A',
    '/ip4/1.2.3.4/tcp/1/p2p/B/p2p-circuit/p2p/A',
    '/ip4/1.2.3.999/tcp/1/p2p/A',
    `/ip4/1.2.3.4/tcp/1/p2p/${'A'.repeat(200)}`,
    'sim:Ä',
  ])('but not %s', (address) => {
    expect(isTellable(address, stranger)).toBe(false)
  })

  test('a local one among neighbours only', () => {
    expect(isTellable('/ip4/127.0.0.1/tcp/1/p2p/A', neighbour)).toBe(true)
  })
})
