/** The real network over its other transports: what holds over TCP and Noise holds over QUIC, and over TLS. */
import { expect, test } from 'vitest'
import { openLibp2pNetwork } from '../../src/platform/network.ts'
import { type Libp2pWorld, openWorld } from './libp2p-world.ts'
import { networkSuite } from './network.suite.ts'
import { requestsSuite } from './requests.suite.ts'

const quicWorld: Libp2pWorld = {
  listen: () => '/ip4/127.0.0.1/udp/0/quic-v1',
  deadAddress: '/ip4/127.0.0.1/udp/1/quic-v1',
  // Where nobody listens nobody says so.
  options: { handshakeMsMax: 1_000 },
}
const tlsWorld: Libp2pWorld = {
  listen: () => '/ip4/127.0.0.1/tcp/0',
  deadAddress: '/ip4/127.0.0.1/tcp/1',
  options: { encryption: ['tls'] },
}

networkSuite('libp2p over QUIC', openWorld(quicWorld))
requestsSuite('libp2p over QUIC', openWorld(quicWorld))
// Above the encryption all is as it is over Noise.
requestsSuite('libp2p over TCP and TLS', openWorld(tlsWorld))

test('nodes that have no encryption in common do not connect', async () => {
  const seeds = [101, 102].map((number) => new Uint8Array(32).fill(number))
  const [a, b] = await Promise.all(
    (['noise', 'tls'] as const).map(async (encryption, index) => {
      return await openLibp2pNetwork({
        seed: seeds[index] ?? new Uint8Array(32),
        listen: ['/ip4/127.0.0.1/tcp/0'],
        topics: [],
        protocols: [],
        encryption: [encryption],
      })
    }),
  )
  if (a === undefined || b === undefined) throw new Error('two networks')
  const { promise, resolve } = Promise.withResolvers<boolean>()
  a.dial(b.addresses()[0] ?? '', ({ ok }) => resolve(ok))
  expect(await promise).toBe(false)
  await a.close()
  await b.close()
})
