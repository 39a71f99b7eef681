import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canProduce,
  nextState,
  progressOf,
  type SyncFacts,
} from '../../../../src/actors/sync/gate.ts'
import { type SyncStatus, syncStateCode } from '../../../../src/actors/sync/messages.ts'

type State = SyncStatus['state']

const facts: SyncFacts = {
  isStarted: true,
  isAlone: false,
  currentSlot: 10_000,
  targetSlot: 10_000,
  peers: 3,
  waitedMs: 5_000,
}

function at(currentSlot: number, targetSlot: number): SyncFacts {
  return { ...facts, currentSlot, targetSlot }
}

describe('the production gate', () => {
  test.each<[State, number, number, boolean]>([
    // Synced is enough by itself.
    ['synced', 10_000, 10_000, true],
    ['synced', 9_000, 10_000, true],
    // Catching up: 99.5 % and at most 10 behind, both.
    ['catching-up', 9_995, 10_000, true],
    ['catching-up', 9_990, 10_000, true],
    ['catching-up', 9_989, 10_000, false],
    ['catching-up', 1_990, 2_000, true],
    ['catching-up', 1_989, 2_000, false],
    ['catching-up', 995, 1_000, true],
    ['catching-up', 994, 1_000, false],
    ['catching-up', 199, 200, true],
    ['catching-up', 198, 200, false],
    ['catching-up', 90, 100, false],
    ['catching-up', 99, 100, false],
    ['catching-up', 0, 1, false],
    ['catching-up', 0, 0, true],
    // No other state produces, however near it is.
    ['idle', 10_000, 10_000, false],
    ['discovering', 10_000, 10_000, false],
    ['downloading-blocks', 9_999, 10_000, false],
    ['failed', 10_000, 10_000, false],
  ])('%s at slot %i of %i: %s', (state, currentSlot, targetSlot, expected) => {
    expect(canProduce(state, at(currentSlot, targetSlot))).toBe(expected)
  })

  test('is never open more than 10 slots behind or below 99.5 %, unless synced', () => {
    const slot = fc.nat({ max: 100_000 })
    const state = fc.constantFrom<State>('idle', 'discovering', 'downloading-blocks', 'catching-up')
    const holds = fc.property(state, slot, fc.nat({ max: 30 }), (from, current, behind) => {
      if (!canProduce(from, at(current, current + behind))) return
      expect(from).toBe('catching-up')
      expect(behind).toBeLessThanOrEqual(10)
      expect(200 * current).toBeGreaterThanOrEqual(199 * (current + behind))
    })
    fc.assert(holds, { seed: 1, numRuns: 1_000 })
  })
})

describe('progress', () => {
  test.each([
    [0, 0, 1],
    [0, 10, 0],
    [5, 10, 0.5],
    [10, 10, 1],
  ])('at slot %i of %i is %d', (currentSlot, targetSlot, expected) => {
    expect(progressOf(at(currentSlot, targetSlot))).toBe(expected)
  })
})

describe('the next state', () => {
  test.each<[string, State, Partial<SyncFacts>, State]>([
    ['before the disk was read', 'idle', { isStarted: false }, 'idle'],
    ['before the disk was read, whatever else', 'synced', { isStarted: false }, 'idle'],
    ['without peers', 'idle', { peers: 0 }, 'discovering'],
    ['with few peers at first', 'discovering', { peers: 2, waitedMs: 2_999 }, 'discovering'],
    ['with few peers after a while', 'discovering', { peers: 1, waitedMs: 3_000 }, 'synced'],
    ['with enough peers at once', 'discovering', { peers: 3, waitedMs: 0 }, 'synced'],
    ['alone by design', 'idle', { peers: 0, waitedMs: 0, isAlone: true }, 'synced'],
    ['without peers for long', 'discovering', { peers: 0, waitedMs: 30_000 }, 'failed'],
    ['failed, and then a peer', 'failed', { peers: 1, waitedMs: 40_000 }, 'synced'],
    ['3 behind', 'discovering', { currentSlot: 9_997 }, 'synced'],
    ['4 behind', 'discovering', { currentSlot: 9_996 }, 'catching-up'],
    ['10 behind', 'downloading-blocks', { currentSlot: 9_990 }, 'catching-up'],
    ['11 behind', 'catching-up', { currentSlot: 9_989 }, 'downloading-blocks'],
    ['synced and 10 behind', 'synced', { currentSlot: 9_990 }, 'synced'],
    ['synced and 11 behind', 'synced', { currentSlot: 9_989 }, 'downloading-blocks'],
    ['synced and alone again', 'synced', { peers: 0 }, 'synced'],
    ['caught up', 'catching-up', { currentSlot: 9_997 }, 'synced'],
    [
      'downloading without peers',
      'downloading-blocks',
      { currentSlot: 1, peers: 0 },
      'downloading-blocks',
    ],
  ])('%s, from %s', (_when, from, change, expected) => {
    expect(nextState(from, { ...facts, ...change })).toBe(expected)
  })
})

test('states have the codes that operators know', () => {
  expect(Object.values(syncStateCode)).toEqual([0, 1, 2, 3, 4, 5, 6])
})
