import { describe, expect, test } from 'vitest'
import type { PeerClass } from '../../../../src/actors/peer/messages.ts'
import { placeOf } from '../../../../src/actors/peer/place.ts'
import { freshRecord, type PeerRecord, type Purpose } from '../../../../src/actors/peer/roster.ts'
import {
  admission,
  inboundMax,
  outboundWanted,
  seatOf,
  seatsOf,
} from '../../../../src/actors/peer/slots.ts'

const limits = { peersMax: 128, peersTarget: 64, federationPeersMax: 64 }

function peerAt(address: string, purpose: Purpose = 'inbound', isReady = true): PeerRecord {
  const record = freshRecord(address, 0)
  const place = placeOf(address)
  record.place = place
  record.connection = { address, place, purpose, sinceMs: 0, isReady }
  return record
}

/** Lets as many in as are let in, without evictions. */
function letIn(addresses: readonly string[]): readonly PeerRecord[] {
  const inside: PeerRecord[] = []
  for (const address of addresses) {
    const newcomer = peerAt(address, 'inbound', false)
    if (admission(newcomer, inside, limits, 0).kind !== 'admit') continue
    inside.push(peerAt(address))
  }
  return inside
}

describe('places', () => {
  test('are kept for outbound peers and miners', () => {
    expect(outboundWanted(limits)).toBe(12)
    expect(inboundMax(limits)).toBe(128 - 12 - 12)
    expect(outboundWanted({ ...limits, peersTarget: 10 })).toBe(8)
    expect(outboundWanted({ ...limits, peersMax: 6 })).toBe(3)
    expect(inboundMax({ ...limits, peersMax: 1 })).toBe(0)
  })

  test.each<[PeerClass, Purpose, boolean, string]>([
    ['federation', 'inbound', true, 'federation'],
    ['federation', 'inbound', false, 'federation'],
    ['regular', 'kept', true, 'kept'],
    ['regular', 'inbound', false, 'greeting'],
    ['regular', 'inbound', true, 'inbound'],
    ['regular', 'stranger', true, 'outbound'],
    ['regular', 'anchor', true, 'outbound'],
    ['miner', 'inbound', true, 'miners'],
  ])('a %s peer that is %s and ready %s takes one of %s', (peerClass, purpose, isReady, seat) => {
    const record = peerAt('sim:a', purpose, isReady)
    record.class = peerClass
    expect(seatOf(record)).toBe(seat)
    expect(seatsOf([record, freshRecord('away', 0)])).toMatchObject({ [seat]: 1 })
  })
})

describe('whoever dials in', () => {
  test('from one /16 gets a twentieth of the places, however many they are', () => {
    const sybils = Array.from({ length: 1_000 }, (_, i) => `/ip4/6.6.${i % 250}.${i >> 2}/tcp/1`)
    const inside = letIn(sybils)
    expect(inside.length).toBeLessThanOrEqual(limits.peersMax * 0.05)
    expect(inside.length).toBeGreaterThan(0)
    // And an honest one still gets in.
    expect(admission(peerAt('/ip4/9.9.9.9/tcp/1'), inside, limits, 0).kind).toBe('admit')
  })

  test('from one /24, or one host, gets two', () => {
    const hosts = Array.from({ length: 100 }, (_, i) => `/ip4/6.6.6.${i}/tcp/1`)
    expect(letIn(hosts)).toHaveLength(2)
    const ports = Array.from({ length: 100 }, (_, i) => `/ip4/6.6.6.6/tcp/${i}`)
    expect(letIn(ports)).toHaveLength(2)
    const sixes = Array.from({ length: 100 }, (_, i) => `/ip6/2001:db8:0:0:${i}::1/tcp/1`)
    expect(letIn(sixes)).toHaveLength(2)
  })

  test.each(['/ip4/127.0.0.1/tcp', '/ip4/10.0.0.1/tcp'])('from %s gets what there is', (from) => {
    const many = Array.from({ length: 200 }, (_, i) => `${from}/${i}`)
    expect(letIn(many)).toHaveLength(inboundMax(limits))
  })

  test('when all is full needs that another goes, unless it was evicted itself', () => {
    const many = Array.from({ length: 104 }, (_, i) => `/ip4/${i + 11}.1.1.1/tcp/1`)
    const inside = letIn(many)
    expect(inside).toHaveLength(104)
    const late = peerAt('/ip4/200.1.1.1/tcp/1', 'inbound', false)
    expect(admission(late, inside, limits, 0)).toEqual({ kind: 'evict' })
    late.lockedUntilMs = 10
    const refused = { kind: 'refuse', reason: 'evicted-lately' }
    expect(admission(late, inside, limits, 9)).toEqual(refused)
    expect(admission(late, inside, limits, 10)).toEqual({ kind: 'evict' })
    // Whom this node has dialled takes no place from them.
    const own = Array.from({ length: 12 }, (_, i) =>
      peerAt(`/ip4/${i + 211}.1.1.1/tcp/1`, 'stranger'),
    )
    expect(admission(late, [...inside.slice(1), ...own], limits, 0)).toEqual({ kind: 'admit' })
  })
})
