import { describe, expect, test } from 'vitest'
import type { Peer } from '../../../../../src/actors/sync/download/peer.ts'
import { Roster } from '../../../../../src/actors/sync/download/roster.ts'

const facts = { class: 'regular', netgroup: 'n', committedHeight: 100, availableFrom: 0 } as const

function rosterOf(names: readonly string[], hasProbes = true): Roster {
  const roster = new Roster(7, hasProbes)
  for (const name of names) roster.put(name, facts)
  return roster
}

function named(peers: readonly Peer[]): readonly string[] {
  return peers.map(({ id }) => id)
}

function many(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `peer ${String(i).padStart(5, '0')}`)
}

describe('the roster', () => {
  test('unproven peers are offered eight at a time, in an order that nobody can choose', () => {
    const names = many(100)
    const deck = named(rosterOf(names).deck({ fromHeight: 50 }, 0))
    expect(deck).toHaveLength(8)
    expect(deck).toEqual(deck.toSorted((a, b) => (a < b ? -1 : 1)))
    expect(named(rosterOf(names.toReversed()).deck({ fromHeight: 50 }, 0))).toEqual(deck)
    expect(deck).not.toEqual(names.slice(0, 8))
  })

  test('at most eight are on probation at once; whoever serves is proven', () => {
    const roster = rosterOf(many(20))
    const asked = [...roster.deck({ fromHeight: 50 }, 0)]
    for (const peer of asked) roster.asked(peer)
    expect(roster.deck({ fromHeight: 50 }, 0)).toEqual([])
    const [first] = asked
    if (first === undefined) return expect.unreachable()
    roster.probeEnded()
    roster.promote(first)
    expect(named(roster.proven)).toEqual([first.id])
    expect(roster.deck({ fromHeight: 50 }, 0)).toHaveLength(1)
  })

  test('a paused peer is offered when its pause is over, behind those that never failed', () => {
    const roster = rosterOf(['a'])
    const [peer] = roster.deck({ fromHeight: 50 }, 0)
    if (peer === undefined) return expect.unreachable()
    peer.failuresInRow = 1
    roster.pause(peer, 1_000, 0)
    roster.refresh(999)
    expect(roster.deck({ fromHeight: 50 }, 999)).toEqual([])
    expect(roster.nextMs).toBe(1_000)
    for (const name of many(8)) roster.put(name, facts)
    roster.refresh(1_000)
    expect(named(roster.deck({ fromHeight: 50 }, 1_000))).not.toContain('a')
  })

  test('a spared peer is as proven afterwards as it was before', () => {
    const roster = rosterOf(['a'])
    const [peer] = roster.deck({ fromHeight: 50 }, 0)
    if (peer === undefined) return expect.unreachable()
    roster.promote(peer)
    roster.spare(peer, 500, 0)
    expect(roster.proven).toEqual([])
    roster.refresh(500)
    expect(named(roster.proven)).toEqual(['a'])
  })

  test('peers without the height do not keep those with it from being offered', () => {
    const roster = new Roster(7, true)
    for (const name of many(500)) roster.put(name, { ...facts, availableFrom: 90 })
    roster.put('archive', facts)
    // They fill the deck for what they have.
    expect(roster.deck({ fromHeight: 95 }, 0)).toHaveLength(8)
    let found: readonly string[] = []
    for (let nowMs = 0; nowMs < 3_000 && found.length === 0; nowMs += 250) {
      found = named(roster.deck({ fromHeight: 10 }, nowMs))
    }
    expect(found).toEqual(['archive'])
  })

  test('whoever has only a part is not offered where one peer has to give all', () => {
    const roster = new Roster(7, true)
    for (const name of many(20)) roster.put(name, { ...facts, committedHeight: 60 })
    roster.put('whole', { ...facts, committedHeight: 80 })
    let found: readonly string[] = []
    for (let nowMs = 0; nowMs < 3_000 && found.length === 0; nowMs += 250) {
      found = named(roster.deck({ fromHeight: 50, wholeTo: 80 }, nowMs))
    }
    expect(found).toEqual(['whole'])
  })

  test('who is gone is offered no more, and may be proven no more', () => {
    const roster = rosterOf(['a', 'b'])
    const [a] = roster.deck({ fromHeight: 50 }, 0)
    if (a === undefined) return expect.unreachable()
    roster.promote(a)
    roster.remove(a)
    roster.promote(a)
    expect(named(roster.proven)).toEqual([])
    expect(named(roster.deck({ fromHeight: 50 }, 0))).toEqual(['b'])
    expect(roster.size).toBe(1)
  })

  test('without probes everybody is as good as proven, up to a bound', () => {
    const roster = rosterOf(many(600), false)
    roster.refresh(0)
    expect(roster.proven).toHaveLength(512)
  })
})
