import { describe, expect, test } from 'vitest'
import { SimRandom } from '../../../../../sim/random.ts'
import { choose } from '../../../../../src/actors/sync/download/choice.ts'
import { newPeer, type Peer } from '../../../../../src/actors/sync/download/peer.ts'

const facts = { class: 'regular', netgroup: 'n', committedHeight: 100, availableFrom: 0 } as const
const bytes = (): number => 100_000

function peerOf(id: string, megabytesPerSecond: number, answers = 20): Peer {
  const peer = newPeer(id, 0, facts)
  for (let i = 0; i < answers; i += 1) {
    const elapsedMs = 50 + 1_000 / megabytesPerSecond
    peer.measure.served({ bytes: 1_065_536, firstByteMs: 50, elapsedMs }, i)
  }
  return peer
}

function share(peers: readonly Peer[], id: string): number {
  const random = new SimRandom('choice')
  let chosen = 0
  for (let i = 0; i < 2_000; i += 1) {
    if (choose('thompson', peers, bytes, random)?.id === id) chosen += 1
  }
  return chosen / 2_000
}

describe('the choice of a peer', () => {
  test('whoever would be soonest is chosen most; nobody is never chosen', () => {
    const peers = [peerOf('fast', 50), peerOf('slow', 0.1)]
    expect(share(peers, 'fast')).toBeGreaterThan(0.9)
    expect(share(peers, 'slow')).toBeGreaterThan(0.005)
  })

  test('who fails is chosen seldom, and again when it has recovered', () => {
    const other = peerOf('other', 5)
    const peer = peerOf('flaky', 10)
    const before = share([peer, other], 'flaky')
    for (let i = 0; i < 40; i += 1) peer.measure.failed()
    const during = share([peer, other], 'flaky')
    for (let i = 0; i < 100; i += 1) {
      peer.measure.served({ bytes: 1_065_536, firstByteMs: 50, elapsedMs: 150 }, i)
    }
    expect(during).toBeLessThan(before / 3)
    expect(share([peer, other], 'flaky')).toBeGreaterThan(before / 1.5)
  })

  test('beside slow ones, one of whom nothing is known is tried at once', () => {
    const known = Array.from({ length: 5 }, (_, i) => peerOf(`known ${i}`, 0.5))
    expect(share([...known, peerOf('new', 2, 0)], 'new')).toBeGreaterThan(0.3)
  })

  test('the same draws are made whoever is chosen, so decisions depend on seed and candidates alone', () => {
    const peers = [peerOf('a', 1), peerOf('b', 2), peerOf('c', 3)]
    const first = new SimRandom('draws')
    const second = new SimRandom('draws')
    choose('thompson', peers, bytes, first)
    choose('thompson', peers, () => 1e9, second)
    expect(second.u32()).toBe(first.u32())
  })

  test('the plain rules', () => {
    const random = new SimRandom('plain')
    const peers = [peerOf('a', 1), peerOf('b', 9), peerOf('c', 3)]
    expect(choose('first', peers, bytes, random)?.id).toBe('a')
    expect(choose('greedy', peers, bytes, random)?.id).toBe('b')
    const seen = new Set(
      Array.from({ length: 99 }, () => choose('random', peers, bytes, random)?.id),
    )
    expect([...seen].length).toBe(3)
    const load = { work: undefined } as never
    peers[0]?.flights.add(load)
    peers[1]?.flights.add(load)
    expect(choose('least-loaded', peers, bytes, random)?.id).toBe('c')
  })
})
