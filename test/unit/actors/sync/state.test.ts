import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canProduce,
  idleState,
  nextState,
  progressOf,
  retryPauseMs,
  type SyncFacts,
  type SyncFailure,
  type SyncState,
  type SyncStateName,
  syncStateCode,
} from '../../../../src/actors/sync/state.ts'
import { hashOf } from '../../../../src/protocol/hash.ts'

const names = Object.keys(syncStateCode) as SyncStateName[]
const own: SyncFailure = { kind: 'local', code: 'execution-invalid', detail: 'block 7' }
const other: SyncFailure = { kind: 'history', code: 'not-trusted', detail: 'block 7' }

const lost = { height: 7, hash: hashOf('header'), reason: 'damaged' } as const

/** Synced, among three peers, a minute after the start. */
const facts: SyncFacts = {
  nowMs: 60_000,
  isStarted: true,
  isAlone: false,
  currentHeight: 10_000,
  targetHeight: 10_000,
  provenHeight: 10_000,
  lost: undefined,
  peers: 3,
  opinions: 3,
  lastPeerMs: 0,
  isClaimPending: false,
  hasMemberOpinion: false,
  wokenMs: 0,
  lastProgressMs: 60_000,
  localFault: undefined,
  otherHistory: undefined,
  obstacle: undefined,
}

function stateOf(name: SyncStateName, change: Partial<SyncState> = {}): SyncState {
  return { ...idleState(60_000), name, ...change }
}

function at(currentHeight: number, targetHeight: number): SyncFacts {
  return { ...facts, currentHeight, targetHeight, provenHeight: currentHeight }
}

describe('the production gate', () => {
  test.each<[SyncStateName, number, number, boolean]>([
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
    ['downloading-headers', 9_999, 10_000, false],
    ['downloading-blocks', 9_999, 10_000, false],
    ['failed', 10_000, 10_000, false],
  ])('%s at height %i of %i: %s', (name, currentHeight, targetHeight, expected) => {
    expect(canProduce(stateOf(name), at(currentHeight, targetHeight))).toBe(expected)
  })

  // The seeds' test by this name: heights 0, 500, 990, 995 and 1,000 of 1,000 (ST-04).
  test('test_can_produce_blocks', () => {
    const open = [0, 500, 990, 995, 1_000].map((height) =>
      canProduce(stateOf('catching-up'), at(height, 1_000)),
    )
    expect(open).toEqual([false, false, false, true, true])
  })

  test('is never open more than 10 blocks behind or below 99.5 %, unless synced', () => {
    const height = fc.nat({ max: 100_000 })
    const name = fc.constantFrom(...names.filter((each) => each !== 'synced'))
    const holds = fc.property(name, height, fc.nat({ max: 30 }), (from, current, behind) => {
      if (!canProduce(stateOf(from), at(current, current + behind))) return
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
  ])('at height %i of %i is %d', (currentHeight, targetHeight, expected) => {
    expect(progressOf(at(currentHeight, targetHeight))).toBe(expected)
  })
})

describe('the next state', () => {
  test.each<[string, SyncStateName, Partial<SyncFacts>, SyncStateName]>([
    ['before the disk was read', 'idle', { isStarted: false }, 'idle'],
    ['when the disk was read', 'idle', {}, 'discovering'],
    ['with few peers at first', 'discovering', { opinions: 2 }, 'discovering'],
    ['with few peers after 3 s', 'discovering', { opinions: 1, nowMs: 63_000 }, 'synced'],
    ['with enough peers at once', 'discovering', { opinions: 3 }, 'synced'],
    ['with a member at once', 'discovering', { opinions: 1, hasMemberOpinion: true }, 'synced'],
    ['while a claim is checked', 'discovering', { isClaimPending: true }, 'discovering'],
    [
      'while claims are checked without end',
      'discovering',
      { isClaimPending: true, nowMs: 63_000 },
      'synced',
    ],
    ['alone by design', 'discovering', { peers: 0, opinions: 0, isAlone: true }, 'synced'],
    ['alone for 30 s', 'discovering', { peers: 0, opinions: 0, nowMs: 90_999 }, 'discovering'],
    ['alone for longer', 'discovering', { peers: 0, opinions: 0, nowMs: 91_000 }, 'failed'],
    ['3 behind', 'discovering', { currentHeight: 9_997 }, 'synced'],
    ['4 behind', 'discovering', { currentHeight: 9_996 }, 'catching-up'],
    ['11 behind', 'discovering', { currentHeight: 9_989 }, 'downloading-headers'],
    [
      '11 behind, by one that has proven it',
      'discovering',
      { currentHeight: 9_989, peers: 1, opinions: 0 },
      'downloading-headers',
    ],
    ['10 behind, by one', 'discovering', { currentHeight: 9_990, opinions: 1 }, 'discovering'],
    ['headers proven', 'downloading-headers', { currentHeight: 9_989 }, 'downloading-blocks'],
    [
      'no headers above',
      'downloading-blocks',
      { currentHeight: 9_000, provenHeight: 9_000 },
      'downloading-headers',
    ],
    ['10 behind', 'downloading-blocks', { currentHeight: 9_990 }, 'catching-up'],
    ['at the target at once', 'downloading-blocks', {}, 'catching-up'],
    ['at the target', 'catching-up', {}, 'synced'],
    ['4 behind', 'catching-up', { currentHeight: 9_996 }, 'catching-up'],
    ['nobody left', 'downloading-blocks', { currentHeight: 1, peers: 0 }, 'discovering'],
    ['nobody left', 'synced', { peers: 0 }, 'synced'],
    [
      'a minute without progress',
      'downloading-blocks',
      { currentHeight: 1, nowMs: 120_000 },
      'failed',
    ],
    ['synced and 10 behind', 'synced', { currentHeight: 9_990, nowMs: 80_000 }, 'synced'],
    ['synced and 11 behind at first', 'synced', { currentHeight: 9_989 }, 'synced'],
    ['synced and 33 behind', 'synced', { currentHeight: 9_967 }, 'downloading-headers'],
    ['after it stood still', 'synced', { wokenMs: 60_001 }, 'discovering'],
    ['after it stood still', 'failed', { wokenMs: 60_001 }, 'discovering'],
    ['alone, after it stood still', 'synced', { wokenMs: 60_001, isAlone: true }, 'synced'],
    ['with what was said before', 'discovering', { opinions: 0, nowMs: 63_000 }, 'discovering'],
    ['a fault of its own', 'synced', { localFault: own }, 'failed'],
    ['a fault of its own', 'downloading-blocks', { localFault: own }, 'failed'],
  ])('%s, from %s', (_when, from, change, expected) => {
    expect(nextState(stateOf(from), { ...facts, ...change }).name).toBe(expected)
  })

  test('a lag that swings around its limit changes nothing; one that lasts 2 s does', () => {
    const late = { ...facts, currentHeight: 9_989 }
    const first = nextState(stateOf('synced'), late)
    const back = nextState(first, { ...facts, nowMs: 61_000 })
    expect(back.behindSinceMs).toBeUndefined()
    expect(
      nextState(nextState(back, { ...late, nowMs: 61_500 }), { ...late, nowMs: 63_000 }).name,
    ).toBe('synced')
    expect(nextState(first, { ...late, nowMs: 62_000 }).name).toBe('downloading-headers')
  })

  test('that does not change is the same value', () => {
    for (const name of ['synced', 'idle'] as const) {
      const state = stateOf(name)
      expect(nextState(state, { ...facts, isStarted: name !== 'idle' })).toBe(state)
    }
  })

  test('attempts are counted while nobody is there', () => {
    const alone = { ...facts, peers: 0, opinions: 0, nowMs: 67_500 }
    expect(nextState(stateOf('discovering'), alone)).toMatchObject({ attempts: 7 })
  })
})

describe('a failure', () => {
  const alone = { ...facts, peers: 0, opinions: 0, nowMs: 91_000 }

  test('says why', () => {
    const failed = nextState(stateOf('discovering'), alone)
    expect(failed).toMatchObject({ failures: 1, failure: { kind: 'no-peers' } })
    expect(nextState(stateOf('synced'), { ...facts, localFault: own }).failure).toBe(own)
  })

  test('rests 1, 2, 4, 8 and 16 s, then a minute each time, for ever', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 100].map(retryPauseMs)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 60_000, 60_000, 60_000,
    ])
    const failed = stateOf('failed', { failures: 3, failure: own })
    expect(nextState(failed, { ...facts, nowMs: 63_999 }).name).toBe('failed')
    expect(nextState(failed, { ...facts, nowMs: 64_000 })).toMatchObject({
      name: 'discovering',
      failures: 3,
    })
  })

  test('ends at once when somebody comes, unless it is our own', () => {
    const came = { ...facts, nowMs: 60_100, lastPeerMs: 60_050 }
    const noPeers: SyncFailure = { kind: 'no-peers', code: 'no-peers', detail: '' }
    expect(nextState(stateOf('failed', { failures: 9, failure: noPeers }), came).name).toBe(
      'discovering',
    )
    expect(nextState(stateOf('failed', { failures: 9, failure: own }), came).name).toBe('failed')
  })

  test('is forgotten where the end of the chain is in sight', () => {
    const from = stateOf('discovering', { failures: 4 })
    expect(nextState(from, facts).failures).toBe(0)
    expect(nextState(from, { ...facts, currentHeight: 1 }).failures).toBe(4)
  })
})

describe('a block that the disk has lost', () => {
  const without: SyncFacts = { ...facts, lost }

  test('keeps a node from being synced, until it is back', () => {
    const left = nextState(stateOf('synced'), without)
    expect(left.name).toBe('catching-up')
    expect(nextState(left, without)).toBe(left)
    expect(nextState(stateOf('discovering'), without).name).toBe('catching-up')
    expect(nextState(left, facts).name).toBe('synced')
  })

  test('shuts no gate by itself, also on a short chain', () => {
    const short: SyncFacts = { ...without, currentHeight: 9, targetHeight: 12 }
    expect(canProduce(stateOf('catching-up'), short)).toBe(true)
    expect(canProduce(stateOf('catching-up'), { ...short, targetHeight: 13 })).toBe(false)
    expect(canProduce(stateOf('catching-up'), { ...short, lost: undefined })).toBe(false)
  })

  test('is waited for as long as it takes, unless more is missing', () => {
    const later: SyncFacts = { ...without, nowMs: 500_000 }
    expect(nextState(stateOf('catching-up'), later).name).toBe('catching-up')
    expect(nextState(stateOf('catching-up'), { ...later, targetHeight: 10_004 }).name).toBe(
      'failed',
    )
  })
})

test('whatever the facts, a state is followed by one that may follow it, and by itself after that', () => {
  const height = fc.nat({ max: 60 })
  const anyFacts = fc.record({
    nowMs: fc.integer({ min: 60_000, max: 200_000 }),
    isStarted: fc.boolean(),
    isAlone: fc.boolean(),
    currentHeight: height,
    lag: height,
    ahead: height,
    lost: fc.constantFrom(undefined, undefined, lost),
    peers: fc.nat({ max: 4 }),
    lastPeerMs: fc.integer({ min: 0, max: 200_000 }),
    isClaimPending: fc.boolean(),
    opinions: fc.nat({ max: 4 }),
    hasMemberOpinion: fc.boolean(),
    wokenMs: fc.integer({ min: 0, max: 200_000 }),
    lastProgressMs: fc.integer({ min: 0, max: 200_000 }),
    localFault: fc.constantFrom(undefined, undefined, own),
    otherHistory: fc.constantFrom(undefined, undefined, other),
    obstacle: fc.constantFrom(undefined, 'block 7'),
  })
  const holds = fc.property(fc.array(anyFacts, { minLength: 1, maxLength: 30 }), (many) => {
    let state = idleState(60_000)
    let nowMs = 60_000
    for (const { lag, ahead, ...each } of many) {
      nowMs = Math.max(nowMs, each.nowMs)
      const now = {
        ...each,
        ...{ nowMs, isStarted: state.name !== 'idle' || each.isStarted },
        targetHeight: each.currentHeight + lag,
        provenHeight: each.currentHeight + Math.min(lag, ahead),
      }
      // An impossible transition is asserted inside.
      state = nextState(state, now)
    }
  })
  fc.assert(holds, { seed: 2, numRuns: 500 })
})

test('states have the codes that operators know', () => {
  expect(Object.values(syncStateCode)).toEqual([0, 1, 2, 3, 4, 5, 6])
})
