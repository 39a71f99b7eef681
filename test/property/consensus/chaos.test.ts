import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Triple } from '../../support/consensus/adversary.ts'
import { runChaos, slotsToCommitMax } from '../../support/consensus/chaos.ts'

const triple = fc.tuple(fc.nat(4_095), fc.nat(65_535), fc.nat(65_535))
const moves = fc.array(triple, { minLength: 100, maxLength: 400, size: 'max' })

function violations(committee: { members: number; liars: number }, numRuns: number) {
  const reached = { committable: 0, committed: 0 }
  const property = fc.property(moves, (each: readonly Triple[]) => {
    const result = runChaos({ ...committee, moves: each })
    reached.committable += result.committable
    reached.committed += Math.min(1, result.committedSlotMax)
    expect(result.faults).toEqual([])
    const { slotsToCommit = 0 } = result
    expect(slotsToCommit).toBeLessThanOrEqual(slotsToCommitMax(committee.liars))
  })
  fc.assert(property, { seed: 1, numRuns })
  return reached
}

describe('no adversary makes members disagree, and once it stops they go on', () => {
  // The last is safe against its two liars, but cannot go on while both are silent.
  test.each([
    { members: 3, liars: 0, numRuns: 500 },
    { members: 4, liars: 1, numRuns: 800 },
    { members: 4, liars: 0, numRuns: 100 },
    { members: 5, liars: 1, numRuns: 150 },
    { members: 7, liars: 2, numRuns: 300 },
    { members: 5, liars: 2, numRuns: 150 },
  ])('$members members, $liars of them lying', ({ numRuns, ...committee }) => {
    const { committable, committed } = violations(committee, numRuns)
    // A run in which nothing could be committed would prove little.
    expect(committable).toBeGreaterThan(numRuns / 4)
    expect(committed).toBeGreaterThan(numRuns / 8)
  })
})

describe('the adversary would notice', () => {
  const runs = fc.sample(moves, { seed: 2, numRuns: 40 })

  test('a member that loses its record and has no floor', () => {
    const faults = runs.flatMap((each) =>
      runChaos({ members: 4, liars: 1, moves: each, hasFloor: false }).faults.slice(0, 1),
    )
    expect(faults.length).toBeGreaterThan(0)
  })

  test('one liar more than the quorum allows', () => {
    const faults = runs.flatMap((each) => runChaos({ members: 4, liars: 2, moves: each }).faults)
    expect(faults.some((fault) => /^A[123]/.test(fault))).toBe(true)
  })
})
