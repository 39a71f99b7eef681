/** Goals are reached by what happens, in the life in which it happens. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { Observed } from '../../../../sim/cluster/checker/checker.ts'
import { Goals } from '../../../../sim/cluster/goals.ts'

let goals: Goals

beforeEach(() => {
  goals = new Goals({ quorum: 3, members: 4, slotMs: 2_000 })
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

describe('blocks', () => {
  const checked = (hash: string, parent: string): Observed['event'] => {
    return { kind: 'block-checked', hash, parent, slot: 1, source: 'gossip' }
  }

  test('come before their parents only where others came before', () => {
    see(checked('b', 'a'))
    see(checked('c', 'b'))
    expect(goals.reached).toEqual([])
    see(checked('e', 'd'), 2)
    expect(goals.reached).toEqual([])
    see(checked('e', 'd'))
    expect(goals.reached).toEqual(['block arrived before its parent'])
  })
})

describe('a range', () => {
  const failed = {
    kind: 'transfer-failed',
    peer: 'a',
    what: 'fetch-bodies',
    code: 'timeout',
  } as const

  test('has failed over when it is imported although a peer did not give it', () => {
    see({ kind: 'run-imported', fromHeight: 1, count: 9 })
    see({ ...failed, fromHeight: 12, detail: '' })
    see({ kind: 'run-imported', fromHeight: 10, count: 2 })
    expect(goals.reached).toEqual(['run imported'])
    see({ kind: 'run-imported', fromHeight: 12, count: 2 })
    expect(goals.reached).toEqual(['run imported', 'range failed over to a second peer'])
  })
})

test('who takes part and is not heard for four slots stood still', () => {
  const look = (atMs: number, isOpen: boolean): void =>
    goals.observe({
      ...{ atMs, node: 'n0', member: 0, life: 1 },
      event: { kind: 'gate-changed', isOpen },
    })
  look(20_000, true)
  look(28_000, false)
  look(60_000, true)
  expect(goals.reached).toEqual(['gate closed again'])
  look(68_001, true)
  expect(goals.reached).toContain('slot boundary crossed by a pause')
})
