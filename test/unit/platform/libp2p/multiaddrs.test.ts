import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import {
  isDirect,
  isQuic,
  isWithin,
  parseAddress,
  tcpFirst,
} from '../../../../src/platform/libp2p/multiaddrs.ts'

const peer = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'

test.each([
  ['/ip4/127.0.0.1/tcp/1', ['loopback']],
  ['/ip4/192.168.0.1/tcp/1', ['loopback', 'local']],
  ['/ip6/fd00::1/udp/1/quic-v1', ['loopback', 'local']],
  ['/ip4/8.8.8.8/tcp/1', ['loopback', 'local', 'public']],
  ['/dns4/alys.example/tcp/1', ['loopback', 'local', 'public']],
  ['/memory/x', ['loopback', 'local', 'public']],
] as const)('%s is of use to who is %s', (address, viewers) => {
  const all = (['loopback', 'local', 'public'] as const).filter((viewer) => {
    return isWithin(multiaddr(address), viewer)
  })
  expect(all).toEqual(viewers)
  expect(isWithin(multiaddr(address), undefined)).toBe(true)
})

test('TCP comes before QUIC, and otherwise the order stays', () => {
  const texts = ['/ip4/1.1.1.1/udp/1/quic-v1', '/ip4/2.2.2.2/tcp/2', '/ip4/1.1.1.1/tcp/1']
  const sorted = tcpFirst(texts.map((text) => multiaddr(text))).map(String)
  expect(sorted).toEqual([texts[1], texts[2], texts[0]])
  expect(sorted.map((text) => isQuic(multiaddr(text)))).toEqual([false, false, true])
})

test.each([
  ['/ip4/8.8.8.8/tcp/1', true],
  [`/ip6/2a00::1/udp/1/quic-v1/p2p/${peer}`, true],
  ['/memory/x', true],
  ['/ip4/8.8.8.8/tcp/0', false],
  ['/ip4/8.8.8.8/udp/1', false],
  ['/ip4/8.8.8.8/tcp/1/ws', false],
  ['/dns4/alys.example/tcp/1', false],
  ['/dnsaddr/alys.example', false],
  [`/ip4/8.8.8.8/tcp/1/p2p/${peer}/p2p-circuit`, false],
])('%s can be dialled as it is: %s', (address, isSo) => {
  expect(isDirect(multiaddr(address))).toBe(isSo)
})

test('what is no multiaddr is not parsed', () => {
  expect(parseAddress('127.0.0.1:30400')).toBeUndefined()
})
