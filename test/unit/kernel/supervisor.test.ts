import { describe, expect, test } from 'vitest'
import { budgeted, type Decision, recentRestarts } from '../../../src/kernel/supervisor.ts'
import { policyOf } from './stage.ts'

describe('the restart budget', () => {
  test('only restarts within the window count', () => {
    expect(recentRestarts([0, 500, 999, 1_000], 1_500, 1_000)).toEqual([999, 1_000])
  })

  const policy = policyOf(() => ({ kind: 'restart' }), { restartsMax: 2 })
  const cases: readonly (readonly [Decision['kind'], number, Decision['kind']])[] = [
    ['restart', 1, 'restart'],
    ['restart', 2, 'escalate'],
    ['restart-at-boundary', 1, 'restart-at-boundary'],
    ['restart-at-boundary', 2, 'escalate'],
    ['escalate', 0, 'escalate'],
    ['abandon', 9, 'abandon'],
  ]
  for (const [decided, restarts, outcome] of cases) {
    test(`${decided} after ${restarts} restarts of 2 means ${outcome}`, () => {
      const moments = new Array<number>(restarts).fill(0)
      expect(budgeted(policy, { kind: decided }, moments)).toEqual({ kind: outcome })
    })
  }
})
