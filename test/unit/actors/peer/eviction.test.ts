import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Candidate, pickVictim } from '../../../../src/actors/peer/eviction.ts'

function candidate(peer: string, change: Partial<Candidate> = {}): Candidate {
  return {
    ...{ peer, netgroup: 'x', sinceMs: 0, conduct: 0, latencyMs: undefined },
    ...{ announcedMs: undefined, servedBytes: 0, ...change },
  }
}

/** The first letter decides. */
const rankOf = (netgroup: string): number => netgroup.charCodeAt(0)

/** Enough of one netgroup that one of them goes. */
function crowd(count: number, netgroup = 'z'): readonly Candidate[] {
  return Array.from({ length: count }, (_, i) =>
    candidate(`${netgroup}${i}`, { netgroup, sinceMs: i }),
  )
}

describe('who goes', () => {
  test('is nobody of nobody', () => {
    expect(pickVictim([], rankOf)).toBeUndefined()
  })

  test('is who behaves worst, before all others', () => {
    const bad = candidate('bad', { conduct: -30, sinceMs: -1e6, latencyMs: 1, servedBytes: 1e9 })
    const all = [...crowd(10), bad, candidate('less', { conduct: -20 })]
    expect(pickVictim(all, rankOf)?.peer).toBe('bad')
  })

  test('is the youngest of the largest netgroup', () => {
    const victim = pickVictim([...crowd(40), ...crowd(10, 'y')], rankOf)
    expect(victim?.peer).toBe('z39')
  })

  test('is none of the nearest, the first with news, the largest suppliers, or the old', () => {
    const others = crowd(40).map((each) => ({ ...each, sinceMs: each.sinceMs + 1_000 }))
    const near = Array.from({ length: 8 }, (_, i) =>
      candidate(`near${i}`, { netgroup: 'z', sinceMs: 9_999, latencyMs: i }),
    )
    const loud = Array.from({ length: 4 }, (_, i) =>
      candidate(`loud${i}`, { netgroup: 'z', sinceMs: 9_999, announcedMs: 5_000 + i }),
    )
    const rich = Array.from({ length: 4 }, (_, i) =>
      candidate(`rich${i}`, { netgroup: 'z', sinceMs: 9_999, servedBytes: 1e6 + i }),
    )
    const gone: string[] = []
    let left: readonly Candidate[] = [...others, ...near, ...loud, ...rich]
    for (let i = 0; i < 20; i += 1) {
      const victim = pickVictim(left, rankOf)
      if (victim === undefined) break
      gone.push(victim.peer)
      left = left.filter(({ peer }) => peer !== victim.peer)
    }
    expect(gone.length).toBe(20)
    expect(gone.every((peer) => peer.startsWith('z'))).toBe(true)
  })

  test('is never the oldest of one of the four netgroups that the secret prefers', () => {
    const some = fc.array(
      fc.record({ group: fc.constantFrom(...'abcdefgh'), sinceMs: fc.nat(1_000) }),
      { minLength: 1, maxLength: 60 },
    )
    fc.assert(
      fc.property(some, (list) => {
        const all = list.map(({ group, sinceMs }, i) =>
          candidate(`p${String(i).padStart(3, '0')}`, { netgroup: group, sinceMs }),
        )
        const victim = pickVictim(all, rankOf)
        const groups = [...new Set(all.map(({ netgroup }) => netgroup))].toSorted().slice(0, 4)
        for (const group of groups) {
          const [oldest] = all
            .filter(({ netgroup }) => netgroup === group)
            .toSorted((a, b) => a.sinceMs - b.sinceMs || (a.peer < b.peer ? -1 : 1))
          expect(victim?.peer).not.toBe(oldest?.peer)
        }
      }),
    )
  })

  test('does not depend on the order in which they are looked at', () => {
    const all = [...crowd(30), ...crowd(20, 'y'), ...crowd(5, 'a')]
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(pickVictim(shuffled, rankOf)).toEqual(pickVictim(all, rankOf))
      }),
    )
  })
})
