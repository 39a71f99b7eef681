/** Goals are reached by what happens, in the life in which it happens. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { Observed } from '../../../../sim/cluster/checker/checker.ts'
import { Goals } from '../../../../sim/cluster/goals.ts'

let goals: Goals

beforeEach(() => {
  goals = new Goals()
})

function see(event: Observed['event'], life = 1): void {
  goals.observe({ atMs: 0, node: 'n0', member: 0, life, event })
}

function enter(to: 'failed' | 'synced', life = 1): void {
  const change = { from: 'discovering', currentHeight: 0, targetHeight: 0 } as const
  see({ kind: 'sync-state-changed', ...change, to, failure: undefined }, life)
}

test.each<[Observed['event'], readonly string[]]>([
  [{ kind: 'segment-proven', fromHeight: 1, count: 9 }, ['segment proven']],
  [{ kind: 'run-imported', fromHeight: 1, count: 9 }, ['run imported']],
  [
    { kind: 'peer-banned', peer: 'a', as: 'proof', reason: '', forMs: 1 },
    ['peer banned', 'peer banned by proof'],
  ],
  [{ kind: 'peer-banned', peer: 'a', as: 'soft', reason: '', forMs: 1 }, ['peer banned']],
])('%j reaches %j', (event, names) => {
  see(event)
  expect(goals.reached).toEqual(names)
})

describe('sync', () => {
  test('that fails has not recovered', () => {
    enter('synced')
    enter('failed')
    expect(goals.reached).toEqual(['sync failed'])
  })

  test('has recovered when it is synced after a failure, in the same life', () => {
    enter('failed')
    enter('synced', 2)
    expect(goals.reached).toEqual(['sync failed'])
    enter('synced')
    expect(goals.reached).toEqual(['sync failed', 'sync recovered'])
  })
})

test('a gate that opens for the first time has not closed again', () => {
  see({ kind: 'gate-changed', isOpen: false })
  see({ kind: 'gate-changed', isOpen: true })
  expect(goals.reached).toEqual([])
  see({ kind: 'gate-changed', isOpen: false })
  expect(goals.reached).toEqual(['gate closed again'])
})
