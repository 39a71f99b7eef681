import { describe, expect, test } from 'vitest'
import {
  adaptive,
  fixed,
  sequential,
  staticJoined,
} from '../../../../../src/actors/sync/download/options.ts'
import { patienceFor } from '../../../../../src/actors/sync/download/patience.ts'
import { newPeer, type Peer } from '../../../../../src/actors/sync/download/peer.ts'
import { blocksFor, hasRoom } from '../../../../../src/actors/sync/download/sizing.ts'

const facts = { class: 'regular', netgroup: 'n', committedHeight: 100, availableFrom: 0 } as const
const chain = { blockBytes: 1_024, peers: 5 }

/** A proven peer with this rate, and a round trip of 100 ms. */
function provenPeer(bytesPerSecond: number): Peer {
  const peer = newPeer('peer', 0, facts)
  peer.standing = 'proven'
  const elapsedMs = 100 + 1e9 / bytesPerSecond
  peer.measure.served({ bytes: 1_065_536, firstByteMs: 100, elapsedMs }, 0)
  return peer
}

describe('how much is asked of a peer', () => {
  test('an unproven peer: 64 KiB, once', () => {
    const peer = newPeer('peer', 0, facts)
    expect(blocksFor(peer, adaptive, chain)).toBe(64)
    expect(hasRoom(peer, adaptive)).toBe(true)
    peer.flights.add({} as never)
    expect(hasRoom(peer, adaptive)).toBe(false)
  })

  test.each([
    // A quarter of a second's worth, never less than 64 KiB, never more than an answer holds.
    [100_000, 64],
    [1_024_000, 250],
    [100_000_000, 1_024],
  ])('%d bytes in a second: %d blocks of 1 KiB', (rate, blocks) => {
    expect(blocksFor(provenPeer(rate), adaptive, chain)).toBe(blocks)
  })

  test('large blocks: one at least', () => {
    expect(blocksFor(provenPeer(100_000), adaptive, { ...chain, blockBytes: 500_000 })).toBe(1)
  })

  test('a proven peer always gets two, and more as long as it carries them', () => {
    const peer = provenPeer(1_000_000)
    peer.flights.add({ id: 1 } as never)
    peer.bytesQueued = 5_000_000
    expect(hasRoom(peer, adaptive)).toBe(true)
    peer.flights.add({ id: 2 } as never)
    expect(hasRoom(peer, adaptive)).toBe(false)
    peer.bytesQueued = 500_000
    expect(hasRoom(peer, adaptive)).toBe(true)
  })

  test('the formula: smaller where the way is long, larger with more peers', () => {
    const peer = provenPeer(20_000_000)
    expect(blocksFor(peer, staticJoined, chain)).toBe(256)
    expect(blocksFor(peer, staticJoined, { ...chain, peers: 10 })).toBe(512)
    expect(blocksFor(peer, staticJoined, { ...chain, peers: 1 })).toBe(128)
  })

  test('the plain ways', () => {
    expect(blocksFor(provenPeer(1e9), sequential, chain)).toBe(1)
    expect(blocksFor(provenPeer(1e3), fixed, chain)).toBe(128)
  })
})

describe('how long an answer may take', () => {
  const idle = { bytesInFlight: 0, goodput: 0, paceMedian: 0 }

  test('unproven: two seconds; else from what answers took', () => {
    expect(patienceFor(newPeer('p', 0, facts), idle, adaptive).deadlineMs).toBe(2_000)
    // An answer took 200 ms, give or take 100.
    expect(patienceFor(provenPeer(10_000_000), idle, adaptive).deadlineMs).toBe(2 * (200 + 400))
  })

  test('our own queues are not the peer’s fault', () => {
    const peer = provenPeer(10_000_000)
    peer.bytesQueued = 1_000_000
    const busy = { bytesInFlight: 6_000_000, goodput: 6_000_000, paceMedian: 0 }
    expect(patienceFor(peer, busy, adaptive).deadlineMs).toBe(1_200 + 300 + 3_000)
    expect(patienceFor(peer, { ...busy, bytesInFlight: 6e9 }, adaptive).deadlineMs).toBe(20_000)
  })

  test('a tenth of the median peer is the least that counts as life', () => {
    const load = { ...idle, paceMedian: 5_000_000 }
    expect(patienceFor(provenPeer(1e6), load, adaptive).bytesPerSecondMin).toBe(500_000)
    expect(patienceFor(provenPeer(1e6), idle, adaptive).bytesPerSecondMin).toBe(16_384)
  })

  test('where nothing adapts: ten seconds, whatever comes', () => {
    const patience = patienceFor(provenPeer(1e6), idle, staticJoined)
    expect(patience).toMatchObject({ deadlineMs: 10_000, deadlineMsMax: 10_000 })
  })
})
