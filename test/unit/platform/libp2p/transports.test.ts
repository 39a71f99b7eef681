import { expect, test } from 'vitest'
import { loadTransports, withoutQuic } from '../../../../src/platform/libp2p/transports.ts'

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
