import { expect, test } from 'vitest'
import { latencyCases, measureCase } from '../../support/consensus/latency-cases.ts'

// All that is steady, and one committee back from its outage. The rest is for the command.
const cases = latencyCases.filter(
  ({ slots, name }) => slots === undefined || name.startsWith('4 members'),
)

test.each(cases)('$name: within a quarter of the model', (each) => {
  const { model } = each
  const found = measureCase(each, 1, 150)
  expect(found.faults).toBe(0)
  if (model.share !== undefined) expect(found.share).toBeGreaterThan(model.share - 0.02)
  if (model.p50Ms !== undefined) expect(found.p50Ms).toBeLessThan(1.25 * model.p50Ms)
  if (model.p99Ms !== undefined) expect(found.p99Ms).toBeLessThan(1.25 * model.p99Ms)
  if (model.resumedMs !== undefined) expect(found.resumedMs).toBeLessThan(1.25 * model.resumedMs)
})

test('a network without a quorum commits nothing', () => {
  const each = { name: '', options: () => ({ members: 4, down: [1, 2] }), model: {} }
  expect(measureCase(each, 1, 60)).toMatchObject({ share: 0, faults: 0 })
})
