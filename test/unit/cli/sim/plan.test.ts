import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Job } from '../../../../src/cli/sim/job.ts'
import {
  chooseScenarios,
  jobsOf,
  type PlanFlags,
  planSweep,
  runsOf,
  type SweepPlan,
} from '../../../../src/cli/sim/plan.ts'

const names = ['calm', 'calm-sea', 'storm', 'sea-change']
const whole = { index: 1, count: 1 }
const plan: SweepPlan = {
  scenarios: ['calm', 'storm', 'swarm'],
  firstSeed: 10,
  seeds: 2,
  shard: whole,
  crypto: 'ideal',
  network: 'model',
  skipped: [],
}
const labels = (jobs: Iterable<Job>): readonly string[] =>
  [...jobs].map(({ scenario, seed }) => `${scenario} ${seed}`)

describe('a pattern', () => {
  test.each([
    [[], names],
    [['calm'], ['calm']],
    [['sea'], ['calm-sea', 'sea-change']],
    [['sea*'], ['sea-change']],
    [['*sea'], ['calm-sea']],
    [['c*a'], ['calm-sea']],
    [
      ['storm', 'calm', 'storm'],
      ['calm', 'storm'],
    ],
  ])('%j means %j', (patterns, chosen) => {
    expect(chooseScenarios(names, patterns)).toEqual({ ok: true, value: chosen })
  })

  test.each(['s.a', 's.*', 'calm*sea*sea'])('"%s" is text, not an expression', (pattern) => {
    expect(chooseScenarios(names, [pattern]).ok).toBe(false)
  })

  test('that means nothing is answered with what there is', () => {
    const fault = 'no scenario matches "nope". There are: calm, calm-sea, storm, sea-change'
    expect(chooseScenarios(names, ['calm', 'nope'])).toEqual({ ok: false, fault })
  })
})

describe('jobs', () => {
  test('go through all scenarios with one seed before the next', () => {
    const inOrder = ['calm 10', 'storm 10', 'swarm 10', 'calm 11', 'storm 11', 'swarm 11']
    expect(labels(jobsOf(plan))).toEqual(inOrder)
  })

  test('go on for ever without a number of seeds', () => {
    let last: Job | undefined
    for (const job of jobsOf({ ...plan, seeds: undefined })) {
      last = job
      if (job.seed === 1_010) break
    }
    const run = { crypto: 'ideal', network: 'model' }
    expect(last).toEqual({ scenario: 'calm', seed: 1_010, ...run })
  })

  test('are each in one shard, and are as many as is said', () => {
    const shape = fc.record({
      scenarios: fc.integer({ min: 1, max: 12 }),
      seeds: fc.integer({ min: 1, max: 30 }),
      count: fc.integer({ min: 1, max: 15 }),
    })
    const check = (given: { scenarios: number; seeds: number; count: number }): void => {
      const scenarios = Array.from({ length: given.scenarios }, (_, index) => `s${index}`)
      const all: SweepPlan = { ...plan, scenarios, seeds: given.seeds }
      const shards = Array.from({ length: given.count }, (_, index) => ({
        ...all,
        shard: { index: index + 1, count: given.count },
      }))
      const dealt = shards.flatMap((shard) => labels(jobsOf(shard)))
      expect(dealt.toSorted()).toEqual(labels(jobsOf(all)).toSorted())
      for (const shard of shards) {
        for (const scenario of scenarios) {
          const own = [...jobsOf(shard)].filter((job) => job.scenario === scenario)
          expect(runsOf(shard, scenario)).toBe(own.length)
        }
      }
    }
    fc.assert(fc.property(shape, check), { seed: 1, numRuns: 40 })
  })
})

describe('flags', () => {
  const flags: PlanFlags = { seed: 5, shard: whole, crypto: 'real', network: 'model' }
  const seedsOf = (more: Partial<PlanFlags>): number | undefined | string => {
    const planned = planSweep([{ name: 'calm' }], { ...flags, ...more })
    return planned.ok ? planned.value.seeds : planned.fault
  }

  test('ask for one seed, or for as many as there is time for', () => {
    expect(seedsOf({})).toBe(1)
    expect(seedsOf({ seeds: 7 })).toBe(7)
    expect(seedsOf({ timeBudget: 1_000 })).toBeUndefined()
    expect(seedsOf({ timeBudget: 1_000, seeds: 7 })).toBe(7)
  })

  test('that ask for more than is to be run contradict each other', () => {
    const fault = '--min-seeds 3 cannot be reached: calm is to run 2 seeds here'
    expect(seedsOf({ seeds: 2, minSeeds: 3 })).toBe(fault)
    expect(seedsOf({ seeds: 3, minSeeds: 3 })).toBe(3)
    expect(seedsOf({ seeds: 6, minSeeds: 3, shard: { index: 2, count: 3 } })).toContain('2 seeds')
    expect(seedsOf({ timeBudget: 1, minSeeds: 3 })).toBeUndefined()
  })

  test('that ask for the stack leave out what only the model can tell, and say why', () => {
    const asked = [{ name: 'calm' }, { name: 'deaf', modelOnly: 'bytes have no kind' }]
    const planned = (network: PlanFlags['network']) => planSweep(asked, { ...flags, network })
    expect(planned('model')).toMatchObject({
      value: { scenarios: ['calm', 'deaf'], skipped: [], network: 'model' },
    })
    const skipped = [{ scenario: 'deaf', reason: 'bytes have no kind' }]
    expect(planned('stack')).toMatchObject({
      value: { scenarios: ['calm'], skipped, network: 'stack' },
    })
  })

  test('that go beyond the last seed are refused', () => {
    const seed = Number.MAX_SAFE_INTEGER
    expect(seedsOf({ seed, seeds: 1 })).toBe(1)
    expect(seedsOf({ seed, seeds: 2 })).toContain('beyond the last seed')
  })
})
