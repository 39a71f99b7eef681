import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SimRandom } from '../../../../sim/random.ts'
import {
  type Evidence,
  goodness,
  noEvidence,
  posteriorOf,
} from '../../../../src/cli/bisect/posterior.ts'
import { Search } from '../../../../src/cli/bisect/search.ts'

const evidence = fc
  .record({ runs: fc.nat(50), share: fc.nat(100), plan: fc.constantFrom(true, false, undefined) })
  .map(
    ({ runs, share, plan }): Evidence => ({
      runs,
      failures: Math.floor((runs * share) / 100),
      plan,
    }),
  )
const history = fc.array(evidence, { minLength: 2, maxLength: 20 })

/** With more seen at one commit. */
function plus(all: readonly Evidence[], commit: number, failures: number): readonly Evidence[] {
  return all.map((each, index) =>
    index === commit ? { ...each, runs: each.runs + 1, failures: each.failures + failures } : each,
  )
}

describe('the posterior', () => {
  test('is a law of probability', () => {
    fc.assert(
      fc.property(history, (all) => {
        const posterior = posteriorOf(all)
        expect(posterior.length).toBe(all.length - 1)
        expect(posterior.every((each) => each >= 0 && each <= 1)).toBe(true)
        expect(posterior.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 9)
      }),
      { seed: 1 },
    )
  })

  test('knows nothing before anything was run', () => {
    expect(posteriorOf([noEvidence, noEvidence, noEvidence])).toEqual([0.5, 0.5])
  })

  test('holds a commit for worse after a failure there, and for better after none', () => {
    fc.assert(
      fc.property(history, fc.nat(), (all, where) => {
        const commit = where % all.length
        const good = (list: readonly Evidence[]): number => goodness(posteriorOf(list), commit)
        const before = good(all)
        expect(good(plus(all, commit, 1))).toBeLessThanOrEqual(before + 1e-9)
        expect(good(plus(all, commit, 0))).toBeGreaterThanOrEqual(before - 1e-9)
      }),
      { seed: 2 },
    )
  })

  test('by hand: of ten at the bad end five fail, of so many in the middle none', () => {
    const bad = { runs: 10, failures: 5, plan: undefined }
    for (const runs of [0, 1, 5, 20]) {
      const [first = 0, second = 0] = posteriorOf([
        noEvidence,
        { runs, failures: 0, plan: undefined },
        bad,
      ])
      // The rate integrated out: B(6, 6 + n) / B(6, 6), against (1 − 10⁻⁴)ⁿ.
      let isBad = 1
      for (let k = 0; k < runs; k += 1) isBad *= (6 + k) / (12 + k)
      expect(first / second).toBeCloseTo(isBad / (1 - 1e-4) ** runs, 9)
    }
  })

  test('has one failure outweigh many runs that held, as good commits hardly ever fail', () => {
    const middle = { runs: 50, failures: 1, plan: undefined }
    expect(goodness(posteriorOf([noEvidence, middle, { ...middle, failures: 3 }]), 1)).toBeLessThan(
      0.05,
    )
  })
})

/** Looks for the first bad of so many commits, where a run at a bad one fails in so many of a hundred cases. */
function searchFor(first: number, commits: number, percent: number, random: SimRandom): number {
  const search = new Search(commits)
  const look = (commit: number): void => {
    const fails = (): number => (commit >= first && random.chance(percent, 100) ? 1 : 0)
    const failures = Array.from({ length: 10 }, fails).reduce((sum, each) => sum + each, 0)
    search.note(commit, { runs: 10, failures, plan: undefined })
  }
  do look(commits - 1)
  while (search.evidence[commits - 1]?.failures === 0)
  while (search.best().probability < 0.95) {
    const next = search.next()
    if (next === undefined) break
    look(next)
  }
  return search.best().commits[0] ?? 0
}

describe('a search', () => {
  test.each([100, 30, 5])('with %i %% of runs failing is right as often as it says', (percent) => {
    const random = new SimRandom(`bisect ${percent}`)
    const tries = 200
    let right = 0
    for (let i = 0; i < tries; i += 1) {
      const first = 1 + random.below(30)
      if (searchFor(first, 31, percent, random) === first) right += 1
    }
    // 0.95 is promised: of 200, fewer than 180 would be a chance of one in a thousand.
    expect(right).toBeGreaterThanOrEqual(180)
  })

  test('needs few looks where all fails at once', () => {
    const search = new Search(1_001)
    const look = (commit: number): void => {
      const failures = commit >= 700 ? 20 : 0
      search.note(commit, { runs: 20, failures, plan: commit >= 700 })
    }
    look(1_000)
    let looks = 0
    for (; search.best().probability < 0.95; looks += 1) look(search.next() ?? 0)
    expect(search.best()).toMatchObject({ commits: [700] })
    expect(looks).toBeLessThanOrEqual(12)
  })

  test('says which commits it cannot tell apart, where those between cannot be run', () => {
    const search = new Search(5)
    search.note(4, { runs: 20, failures: 20, plan: undefined })
    search.skip(2)
    search.note(1, { runs: 20, failures: 0, plan: undefined })
    search.note(3, { runs: 20, failures: 20, plan: undefined })
    const { commits, probability } = search.best()
    expect(commits).toEqual([2, 3])
    expect(probability).toBeGreaterThan(0.99)
  })

  test('does not look again at what tells no more', () => {
    const search = new Search(3)
    search.note(2, { runs: 0, failures: 0, plan: true })
    search.note(1, { runs: 0, failures: 0, plan: true })
    expect(search.next(({ plan }) => plan === undefined)).toBeUndefined()
    expect(search.next()).toBe(1)
  })
})
