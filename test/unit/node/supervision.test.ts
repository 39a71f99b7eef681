import { describe, expect, test } from 'vitest'
import type { Clock } from '../../../src/kernel/environment.ts'
import { budgeted } from '../../../src/kernel/supervisor.ts'
import { type NodePolicies, policies } from '../../../src/node/supervision.ts'

const slots = { genesisMs: 1_000_000, slotMs: 2_000, toleranceMs: 500 }

function clockAt(wallMs: number): Clock {
  const timer = {}
  return {
    now: () => 0,
    wall: () => wallMs,
    wakeAt: () => timer,
    waker: () => ({ wakeAt: () => timer }),
    cancel: () => undefined,
    soon: () => undefined,
  }
}

const table = policies(clockAt(1_000_000), slots)

describe('an actor that fails', () => {
  test.each<[keyof NodePolicies, string]>([
    ['root', 'restart-at-boundary'],
    ['storage', 'restart'],
    // Never in the middle of a slot.
    ['chain', 'restart-at-boundary'],
    ['network', 'restart'],
  ])('of the group %s is given: %s', (group, kind) => {
    expect(table[group].decide(new Error('any'), 'any')).toEqual({ kind })
  })

  test.each(Object.keys(table) as (keyof NodePolicies)[])(
    'of the group %s eight times within two minutes is passed to the group above',
    (group) => {
      const policy = table[group]
      const decision = policy.decide(new Error('any'), 'any')
      const moments = (count: number) => Array.from({ length: count }, (_, index) => index)
      expect(budgeted(policy, decision, moments(7))).toEqual(decision)
      expect(budgeted(policy, decision, moments(8))).toEqual({ kind: 'escalate' })
      expect(policy.windowMs).toBe(120_000)
    },
  )
})

describe('the boundary', () => {
  test.each([
    [1_000_000, 2_000],
    [1_000_001, 1_999],
    [1_001_999.5, 0.5],
    [1_002_000, 2_000],
    // Before genesis there are slots to wait for as well.
    [999_000, 1_000],
    [997_500, 500],
  ])('at %d is %d ms away', (wallMs, expected) => {
    expect(policies(clockAt(wallMs), slots).chain.untilBoundaryMs()).toBe(expected)
  })
})
