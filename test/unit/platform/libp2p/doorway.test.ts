import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { connectionsPerHostMax, isCrowded } from '../../../../src/platform/libp2p/doorway.ts'

const at = (host: string, port: number) => multiaddr(`${host}/tcp/${port}`)
const crowd = (host: string, count: number) =>
  Array.from({ length: count }, (_, index) => at(host, 1_000 + index))

test.each(['/ip4/9.8.7.6', '/ip6/2a00:1450::1'])(
  '%s may have sixteen connections, and no more',
  (host) => {
    const newcomer = at(host, 1)
    expect(connectionsPerHostMax).toBe(16)
    expect(isCrowded(newcomer, crowd(host, 15))).toBe(false)
    expect(isCrowded(newcomer, crowd(host, 16))).toBe(true)
    expect(isCrowded(at('/ip4/9.8.7.5', 1), crowd(host, 16))).toBe(false)
  },
)

test.each(['/ip4/127.0.0.1', '/ip4/10.1.2.3', '/ip4/192.168.0.9', '/ip6/::1'])(
  '%s is not counted',
  (host) => {
    expect(isCrowded(at(host, 1), crowd(host, 100))).toBe(false)
  },
)

test('what has no number is not counted', () => {
  const memory = multiaddr('/memory/x')
  expect(isCrowded(memory, Array(100).fill(memory))).toBe(false)
})
