/** Where hosts are, who says so, and how much they may say at once. */
import { describe, expect, test } from 'vitest'
import { edgeSizes } from '../../../sim/edge-sizes.ts'
import { gossipBytesMax } from '../../../sim/gossip.ts'
import { dial, nth, openNetwork } from './station.ts'

describe('places', () => {
  test('a host that comes back somewhere else is there, and no more where it was', () => {
    const { world, stations, network } = openNetwork(3)
    const [a, b] = [nth(stations, 0), nth(stations, 1)]
    expect(() => network.moveHost('n1', 'elsewhere')).toThrow('nothing runs on n1')
    world.host('n1').crash()
    expect(() => network.moveHost('n1', 'n2')).toThrow('nobody else at n2')
    network.moveHost('n1', 'elsewhere')
    world.host('n1').boot()
    const outcomes: string[] = []
    for (const address of ['sim:n1', 'sim:n1@elsewhere', 'sim:n2@elsewhere', 'sim:n1@n2']) {
      a.environment.network.dial(address, (outcome) => {
        outcomes.push(outcome.ok ? outcome.value : outcome.fault.code)
      })
    }
    world.runUntil(100)
    // The last two are lies, which whoever is there in truth cannot uphold.
    expect(outcomes).toEqual(['unreachable', 'n1', 'unreachable', 'unreachable'])
    expect(network.peersOf('n0')).toEqual(['n1'])
    // Its neighbours hear of the new address from itself.
    const seen: string[] = []
    const deaf = { peerDown: () => {}, peerFound: () => {}, gossip: () => {}, request: () => {} }
    const c = nth(stations, 2).environment.network
    c.open({ ...deaf, peerUp: (peer, address) => seen.push(`${peer} ${address}`) })
    b.environment.network.dial('sim:n2', () => {})
    world.runUntil(200)
    expect(seen).toEqual(['n1 sim:n1@elsewhere'])
  })
})

test('gossip as large as it may be is carried, and one byte more is not', () => {
  const { world, network, stations } = openNetwork(2)
  const [a, b] = [nth(stations, 0), nth(stations, 1)]
  dial(a, 'n1')
  world.runUntil(100)
  b.log.length = 0
  const { network: own } = a.environment
  for (const size of edgeSizes(gossipBytesMax)) own.publish('news', new Uint8Array(size))
  world.runFor(100)
  const sizes = b.log.map((line) => line.split(' from')[0]?.length)
  expect(sizes).toEqual([0, 1, gossipBytesMax - 1, gossipBytesMax])
  expect(network.counts.oversize).toBe(1)
})
