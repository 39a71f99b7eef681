/** What faults may use up: counted against a count of quorums, and never exceeded by what a swarm draws. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  beyondTolerance,
  type Federation,
  harmableIn,
  toleranceOf,
  tollOf,
} from '../../sim/cluster/fault/budget.ts'
import type { Fault } from '../../sim/cluster/fault/catalogue.ts'
import { drawSources } from '../../sim/cluster/fault/swarm.ts'
import { SimRandom } from '../../sim/random.ts'

const namesOf = (members: number): readonly string[] =>
  Array.from({ length: members }, (_, index) => `n${index}`)

test('a tolerance is what quorums bear', () => {
  for (let members = 1; members <= 60; members += 1) {
    const { quorum, liarsMax, silentMax } = toleranceOf(members)
    // Two quorums of all members but one more liar than that share an honest one, and no more may lie.
    const sharedMin = 2 * quorum - members
    expect(sharedMin - liarsMax).toBe(1)
    expect(members - silentMax).toBe(quorum)
    expect(3 * quorum).toBeGreaterThanOrEqual(2 * members)
    expect(3 * (quorum - 1)).toBeLessThan(2 * members)
    // With all of that used up, one that promised is left to tell.
    expect(quorum - liarsMax - silentMax).toBe(1)
  }
})

/** All that a swarm lets happen in five minutes, in the order in which it strikes. */
function drawn(federation: Federation, names: readonly string[], key: string): readonly Fault[] {
  const plan: Fault[] = []
  const harmable = (others: readonly string[]): readonly string[] =>
    harmableIn(names, federation, [...tollOf(federation, plan).harmed, ...others])
  const stretch = { names, harmable, fromMs: 0, forMs: 300_000 }
  const sources = drawSources(new SimRandom(key), { mix: 'uniform' }, stretch)
  for (;;) {
    const due = sources
      .filter(({ nextMs }) => nextMs !== undefined)
      .toSorted((a, b) => (a.nextMs ?? 0) - (b.nextMs ?? 0))
    const [next] = due
    if (next === undefined) return plan
    plan.push(next.take())
  }
}

test('what a swarm draws is within tolerance, whoever lies, and uses all of it', () => {
  let full = 0
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 12 }), fc.nat(), fc.nat(3), (size, seed, liarsAsked) => {
      const members = namesOf(size)
      const { liarsMax, silentMax } = toleranceOf(size)
      const liars = members.slice(0, Math.min(liarsAsked, liarsMax, silentMax))
      const federation = { members, liars }
      const plan = drawn(federation, [...members, 'f0'], `${seed}`)
      expect(beyondTolerance(federation, plan)).toEqual([])
      if (liarsMax > 0 && tollOf(federation, plan).harmed.length === liarsMax) full += 1
    }),
    { numRuns: 25 },
  )
  expect(full).toBeGreaterThan(5)
})

test('one more is beyond it', () => {
  const members = namesOf(5)
  const down = (node: string): Fault => ({ kind: 'crash', atMs: 0, node })
  const empty = (node: string): Fault => ({ kind: 'empty-disk', atMs: 0, node, forMs: 1 })
  const honest = { members, liars: [] }
  expect(beyondTolerance(honest, [empty('n0'), empty('n1'), empty('n0'), empty('f0')])).toEqual([])
  expect(beyondTolerance(honest, [empty('n0'), empty('n1'), empty('n2')])).toEqual(['safety'])
  expect(beyondTolerance(honest, [down('n0'), down('n0'), down('f0')])).toEqual([])
  expect(beyondTolerance(honest, [down('n0'), down('n1')])).toEqual(['liveness'])
  const liar = { members, liars: ['n4'] }
  expect(beyondTolerance(liar, [empty('n0'), down('n1')])).toEqual(['liveness'])
  expect(beyondTolerance(liar, [empty('n0'), empty('n1')])).toEqual(['safety'])
})
