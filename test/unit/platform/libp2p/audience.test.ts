import type { Connection, Stream } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { knowingAudience, tellable } from '../../../../src/platform/libp2p/audience.ts'

const addresses = ['127.0.0.1', '10.0.0.5', '8.8.8.8'].map((host) => {
  return multiaddr(`/ip4/${host}/tcp/30400`)
})

/** What somebody there is told, after the handler has waited for something. */
async function toldTo(remote: string): Promise<readonly string[]> {
  const told: Multiaddr[] = []
  const answer = knowingAudience(async () => {
    await Promise.resolve()
    told.push(...tellable(addresses))
  })
  const connection = { remoteAddr: multiaddr(remote) }
  // Only where the connection leads to is asked.
  await answer({} as Stream, connection as Connection)
  return told.map((address) => address.getComponents()[0]?.value ?? '')
}

test('each is told what it can make use of, several at once', async () => {
  const remotes = ['/ip4/9.9.9.9/tcp/1', '/ip4/10.0.0.9/tcp/1', '/ip4/127.0.0.1/tcp/1', '/memory/x']
  expect(await Promise.all(remotes.map(toldTo))).toEqual([
    ['8.8.8.8'],
    ['10.0.0.5', '8.8.8.8'],
    ['127.0.0.1', '10.0.0.5', '8.8.8.8'],
    ['127.0.0.1', '10.0.0.5', '8.8.8.8'],
  ])
})

test('the node itself is told everything', () => {
  expect(tellable(addresses)).toEqual(addresses)
})
