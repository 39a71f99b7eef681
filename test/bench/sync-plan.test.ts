import { expect, test } from 'vitest'
import { planOf } from '../../bench/sync/plan.ts'

test('a shorter chain is imported in the same proportions, to heights whose hashes are known', () => {
  const { chain, heights } = planOf(false)
  expect([chain.blocks, heights.one, heights.batched]).toEqual([100_000, 2_000, 20_000])
  const shorter = planOf(false, 10_000)
  expect([shorter.chain.blocks, shorter.heights]).toEqual([10_000, { one: 200, batched: 2_000 }])
  expect(planOf(false, 500).heights).toEqual({ one: 100, batched: 100 })
  expect(planOf(true, 2_345).heights).toEqual({ one: 200, batched: 1_100 })
})
