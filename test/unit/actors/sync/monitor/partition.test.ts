import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  dwellMs,
  isHalted,
  PartitionDetector,
  type PartitionFacts,
  type PartitionState,
  recoveryGoalMs,
} from '../../../../../src/actors/sync/monitor/partition.ts'

const sound: PartitionFacts = {
  missedSlots: 1,
  committeeReachable: 4,
  quorum: 3,
  peers: 20,
  peersLost: 0,
  slotsBehind: 0,
  bytesMissing: 0,
  goodput: 1_000_000,
}
const cutOff = { ...sound, missedSlots: 16, committeeReachable: 2 }

/** Steps each half second of `[forMs, facts]` in turn; the states that were entered, and when. */
function tell(parts: readonly (readonly [number, PartitionFacts])[]): {
  readonly changes: readonly (readonly [number, PartitionState])[]
  readonly actions: readonly string[]
} {
  const detector = new PartitionDetector(0)
  const changes: (readonly [number, PartitionState])[] = []
  const actions: string[] = []
  let state: PartitionState = 'sound'
  let nowMs = 0
  for (const [forMs, facts] of parts) {
    for (const endMs = nowMs + forMs; nowMs < endMs; nowMs += 500) {
      const report = detector.step(facts, nowMs)
      if (report.state !== state) changes.push([nowMs, report.state])
      actions.push(...report.actions.map(({ kind }) => `${nowMs} ${kind}`))
      expect(report.isApart).toBe(['suspected', 'partitioned'].includes(report.state))
      state = report.state
    }
  }
  return { changes, actions }
}

describe('a partition', () => {
  test('is suspected, certain after ten seconds, healed when a quorum is back for four', () => {
    const { changes, actions } = tell([
      [10_000, sound],
      [40_000, cutOff],
      [8_000, { ...sound, missedSlots: 40, slotsBehind: 20 }],
      [5_000, sound],
    ])
    expect(changes).toEqual([
      [10_000, 'suspected'],
      [20_000, 'partitioned'],
      [54_000, 'healed'],
      [58_000, 'sound'],
    ])
    expect(actions).toEqual([
      '10000 dial-burst',
      '10000 exchange-status',
      // Again after half a minute.
      '40000 dial-burst',
      '40000 exchange-status',
      '54000 exchange-status',
    ])
  })

  test.each<[string, Partial<PartitionFacts>]>([
    ['an old certificate alone', { missedSlots: 1_000 }],
    ['an unreachable committee alone', { committeeReachable: 0 }],
    ['a certificate of just 15 slots', { missedSlots: 15, committeeReachable: 0 }],
    ['a third of the peers lost', { missedSlots: 16, peers: 20, peersLost: 10 }],
    ['the only peer lost', { missedSlots: 16, peers: 0, peersLost: 1 }],
  ])('is not suspected for %s', (_what, change) => {
    expect(
      tell([
        [5_000, sound],
        [60_000, { ...sound, ...change }],
      ]).changes,
    ).toEqual([])
  })

  test('is suspected if half of the peers go, for a minute at most', () => {
    const lost = { ...sound, missedSlots: 20, peers: 10, peersLost: 10 }
    const { changes } = tell([
      [5_000, sound],
      [10_000, lost],
      [80_000, { ...lost, peersLost: 0 }],
    ])
    expect(changes).toEqual([
      [5_000, 'suspected'],
      [79_000, 'healed'],
      [83_000, 'sound'],
    ])
  })

  test('is over when most of those who went are back, though nobody makes certificates', () => {
    const lost = { ...sound, missedSlots: 20, peers: 0, peersLost: 4 }
    const { changes } = tell([
      [5_000, { ...sound, peers: 4 }],
      [10_000, lost],
      [5_000, { ...lost, peersLost: 0 }],
      // Two of four are not most of them.
      [5_000, { ...lost, peersLost: 0, peers: 2 }],
      [20_000, { ...lost, peersLost: 0, peers: 3 }],
    ])
    expect(changes).toEqual([
      [5_000, 'suspected'],
      [29_000, 'healed'],
      [33_000, 'sound'],
    ])
  })

  test('is not concluded from a quorum that never was within reach', () => {
    expect(tell([[60_000, cutOff]]).changes).toEqual([])
  })

  test('needs no certificate to heal: the members that wait for each other must go on', () => {
    const back = { ...sound, missedSlots: 500 }
    expect(
      tell([
        [5_000, sound],
        [30_000, cutOff],
        [20_000, back],
      ]).changes.at(-1)?.[1],
    ).toBe('sound')
  })

  test('that comes again while it heals is suspected again', () => {
    const behind = { ...sound, slotsBehind: 50 }
    const { changes } = tell([
      [5_000, sound],
      [20_000, cutOff],
      [10_000, behind],
      [5_000, cutOff],
    ])
    expect(changes.map(([, state]) => state)).toEqual([
      'suspected',
      'partitioned',
      'healed',
      'suspected',
    ])
  })

  test('has a goal for what must be fetched afterwards, and says when it is missed', () => {
    const detector = new PartitionDetector(0)
    const behind = { ...sound, slotsBehind: 50, bytesMissing: 5_000_000 }
    detector.step(sound, 0)
    detector.step(cutOff, 4_000)
    detector.step(behind, 8_000)
    expect(detector.step(behind, 12_000)).toMatchObject({
      state: 'healed',
      recovery: { sinceMs: 12_000, goalMs: 27_000, isLate: false },
    })
    expect(detector.step(behind, 27_001).recovery).toMatchObject({ isLate: true })
  })

  test('changes its state at most once in four seconds, whatever the facts do', () => {
    const facts = fc.record({
      missedSlots: fc.nat({ max: 40 }),
      committeeReachable: fc.nat({ max: 4 }),
      quorum: fc.constant(3),
      peers: fc.nat({ max: 10 }),
      peersLost: fc.nat({ max: 10 }),
      slotsBehind: fc.nat({ max: 20 }),
      bytesMissing: fc.nat(),
      goodput: fc.nat(),
    })
    const step = fc.tuple(fc.nat({ max: 3_000 }), facts)
    const holds = fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const detector = new PartitionDetector(0)
      let nowMs = 0
      let changedMs = 0
      let state: PartitionState = 'sound'
      for (const [afterMs, now] of steps) {
        nowMs += afterMs
        const report = detector.step(now, nowMs)
        if (report.state === state) continue
        expect(nowMs - changedMs).toBeGreaterThanOrEqual(dwellMs)
        changedMs = nowMs
        state = report.state
      }
    })
    fc.assert(holds, { seed: 1, numRuns: 300 })
  })
})

test.each([
  [0, 0, 10_000],
  [-5, 100, 10_000],
  [1_000_000, 1_000_000, 11_000],
  [1, 0, 11_000],
  [Number.MAX_SAFE_INTEGER, 1, 86_400_000],
])('%d bytes at %d a second are to be there within %d ms', (bytes, goodput, expected) => {
  expect(recoveryGoalMs(bytes, goodput)).toBe(expected)
})

describe('a chain stands still', () => {
  const own = { slot: 100, hash: 'a' }
  test.each<[string, number, readonly (string | undefined)[], boolean]>([
    ['if all report what this node has', 100, ['a', 'a', 'a'], true],
    ['if two of three do', 100, ['a', 'a', 'b'], true],
    ['not if one of three does', 100, ['a', undefined, 'b'], false],
    ['not if somebody has proven more', 101, ['a', 'a', 'a'], false],
    ['not if nobody can be asked', 100, [], false],
  ])('%s', (_when, certifiedSlot, members, expected) => {
    expect(isHalted({ own, certifiedSlot, members, quorum: 3 })).toBe(expected)
  })

  test('if a committee of one has nobody to ask', () => {
    expect(isHalted({ own, certifiedSlot: 100, members: [], quorum: 1 })).toBe(true)
  })
})
