import { expect, test } from 'vitest'
import type { NodeNote } from '../../../../src/platform/libp2p/node.ts'
import { loadTransports, withoutQuic } from '../../../../src/platform/libp2p/transports.ts'
import { dial, hostsFrom, until } from './hosts.ts'

const hosts = hostsFrom(75)
const limits = { streamsMax: 8, handshakeMsMax: 1_000 }
const missing = async (): Promise<never> => {
  throw new Error('Failed to load native binding\nand a long story')
}

test('QUIC is loaded if it is wanted', async () => {
  const loaded = await loadTransports(true, limits)
  expect(loaded).toMatchObject({ hasQuic: true, quicFault: undefined })
  expect(loaded.transports).toHaveLength(2)
})

test('QUIC is not even looked for if it is not wanted', async () => {
  const loaded = await loadTransports(false, limits, missing)
  expect(loaded).toMatchObject({ hasQuic: false, quicFault: undefined })
  expect(loaded.transports).toHaveLength(1)
})

test('where the platform has no QUIC, there is TCP and a reason', async () => {
  const loaded = await loadTransports(true, limits, missing)
  expect(loaded.hasQuic).toBe(false)
  expect(loaded.transports).toHaveLength(1)
  const platform = `${process.platform}-${process.arch}`
  expect(loaded.quicFault).toBe(`there is no QUIC for ${platform} (Failed to load native binding)`)
})

test('without QUIC the other addresses are listened on, and none is an error', () => {
  const quic = '/ip4/0.0.0.0/udp/30400/quic-v1'
  const tcp = '/ip4/0.0.0.0/tcp/30400'
  expect(withoutQuic([tcp, quic], 'no QUIC')).toEqual([tcp])
  expect(withoutQuic([], 'no QUIC')).toEqual([])
  expect(() => withoutQuic([quic], 'no QUIC')).toThrow('no QUIC; listen on TCP, such as')
})

test('a node without QUIC says so, and is there by TCP', async () => {
  const notes: NodeNote[] = []
  const listen = ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/udp/0/quic-v1']
  const node = await hosts.open({ listen, importQuic: missing, note: (note) => notes.push(note) })
  const peer = await hosts.open({ listen })
  expect(notes).toEqual([{ kind: 'quic-unavailable', reason: expect.stringContaining('no QUIC') }])
  expect(node.network.addresses()).toHaveLength(1)
  expect(peer.network.addresses()).toHaveLength(2)
  expect(await dial(peer, node.address)).toEqual({ ok: true, value: node.id })
  const overQuic = await dial(node, peer.network.addresses()[1] ?? '')
  // Connected already, by the way that both have.
  expect(overQuic).toEqual({ ok: true, value: peer.id })
})

test('two nodes prefer QUIC to nothing, and TCP to QUIC', async () => {
  const both = ['/ip4/127.0.0.1/udp/0/quic-v1', '/ip4/127.0.0.1/tcp/0']
  const [a, b] = [await hosts.open({ listen: both }), await hosts.open({ listen: both })]
  const quic = b.network.addresses().find((address) => address.includes('/quic-v1/'))
  expect(await dial(a, quic ?? '')).toEqual({ ok: true, value: b.id })
  // The one who was dialled notes where the other can be dialled best.
  await until(() => b.log.length > 0)
  expect(b.log[0]).toMatch(/^up \w+ at \/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\//)
})
