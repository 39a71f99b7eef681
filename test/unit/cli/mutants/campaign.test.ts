/** When a hunt ends, and by how many seeds the unchanged code is run. */
import { expect, test } from 'vitest'
import { afterKills, cleanOrders, type MutantResult } from '../../../../src/cli/mutants/campaign.ts'
import { countOf } from '../../../../src/cli/mutants/finding.ts'
import type { SeedFinding } from '../../../../src/cli/mutants/order.ts'

const expected = ['progress']
const violated = (seed: number, property: string): SeedFinding => {
  return { seed, cpuMs: 1, kind: 'violated', property, detail: '' }
}
const held = (seed: number): SeedFinding => ({ seed, cpuMs: 1, kind: 'held' })

test('a hunt ends with so many kills, and neither luck nor what held counts', () => {
  const isEnough = afterKills({ expected }, 2)
  const findings = [violated(1, 'progress'), violated(2, 'luck'), held(3), violated(4, 'progress')]
  expect(findings.map(isEnough)).toEqual([false, false, false, true])
  const never = afterKills({ expected }, Number.POSITIVE_INFINITY)
  expect(findings.map(never)).toEqual([false, false, false, false])
})

test('the unchanged code is run by each hunter with the seeds of its longest hunt', () => {
  const seeds = (count: number) => Array.from({ length: count }, (_, at) => held(at + 1))
  const result = (scenario: string, count: number, uniform?: number) =>
    ({
      simulation: { trial: { scenario, seeds: seeds(count) } },
      ...(uniform === undefined
        ? {}
        : { uniform: countOf({ scenario, seeds: seeds(uniform) }, expected) }),
    }) as unknown as MutantResult
  const results = [result('calm', 3), result('swarm', 7, 5), result('calm', 9), result('swarm', 0)]
  expect(cleanOrders(results, { isFirst: false })).toEqual([
    { scenario: 'calm', mix: undefined, seeds: 9 },
    { scenario: 'swarm', mix: undefined, seeds: 7 },
    { scenario: 'swarm', mix: 'uniform', seeds: 5 },
  ])
  expect(cleanOrders(results, { isFirst: true })).toEqual([])
})
