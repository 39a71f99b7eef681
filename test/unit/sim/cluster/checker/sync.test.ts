/** The checkers that watch how a node syncs: each is shown a story in which its property is broken. */
import { describe, expect, test } from 'vitest'
import type { Checker, Observed, World } from '../../../../../sim/cluster/checker/checker.ts'
import { importOrderChecker } from '../../../../../sim/cluster/checker/import-order.ts'
import { noFalseAccusationChecker } from '../../../../../sim/cluster/checker/no-false-accusation.ts'
import { syncTimersChecker } from '../../../../../sim/cluster/checker/sync-timers.ts'

type Event = Observed['event']

/** What a checker says of each of these events of one node. */
function told(checker: Checker, events: readonly (readonly [number, object])[]) {
  return events.map(([atMs, event]) =>
    checker.observe({ atMs, node: 'a', member: undefined, life: 1, event: event as Event }),
  )
}

const started = (height: number) => ({ kind: 'chain-started', height })
const committed = (height: number) => ({ kind: 'block-committed', height })
const executed = (height: number) => ({ kind: 'block-executed', height, hash: `${height}` })

describe('import order', () => {
  test('is kept by heights that follow one another, in each life', () => {
    const story = [started(0), executed(1), committed(1), executed(2), committed(2), started(1)]
    const events = [...story, committed(2)].map((event) => [0, event] as const)
    expect(told(importOrderChecker(), events)).toEqual(events.map(() => undefined))
  })

  test.each([
    ['left out', [started(0), committed(2)], 'committed height 2 after 0'],
    ['committed twice', [started(0), committed(1), committed(1)], 'committed height 1 after 1'],
  ])('is broken by a height that is %s', (_how, story, expected) => {
    const events = story.map((event) => [0, event] as const)
    expect(told(importOrderChecker(), events).at(-1)).toContain(expected)
  })

  test('is broken by a height that is executed long after it was committed', () => {
    const story = (atMs: number) =>
      told(importOrderChecker(), [
        [0, started(0)],
        [0, committed(1)],
        [5_000, committed(2)],
        [atMs, executed(1)],
      ])
    expect(story(9_999).at(-1)).toBeUndefined()
    expect(story(10_000).at(-1)).toContain('executed height 1 long after')
  })
})

describe('accusations', () => {
  const world = { correct: new Set(['honest']) } as unknown as World
  const reported = (peer: string, conduct: number) => ({
    kind: 'peer-reported',
    peer,
    conduct,
    offence: 'forged',
  })

  test.each([
    ['a liar', 'liar', -100, false],
    ['a correct peer', 'honest', -11, true],
    ['a correct peer that was slow', 'honest', -10, false],
  ])('of %s', (_whom, peer, conduct, isBroken) => {
    const [said] = told(noFalseAccusationChecker(world), [[0, reported(peer, conduct)]])
    expect(said !== undefined).toBe(isBroken)
  })
})

describe('timers of sync', () => {
  const to = (state: string) => ({ kind: 'sync-state-changed', to: state })
  const tick = { kind: 'peer-lost', peer: 'b' }
  /** A sign of life each second from the first of these times to the last. */
  const ticks = (fromMs: number, toMs: number) =>
    Array.from({ length: (toMs - fromMs) / 1_000 }, (_, i) => [fromMs + i * 1_000, tick] as const)
  const isBroken = (events: readonly (readonly [number, object])[]): boolean =>
    told(syncTimersChecker(), events).some((said) => said !== undefined)

  test('are too long for a node that stays without progress', () => {
    expect(isBroken([[0, to('discovering')], ...ticks(1_000, 34_000)])).toBe(false)
    expect(isBroken([[0, to('discovering')], ...ticks(1_000, 40_000)])).toBe(true)
    expect(isBroken([[0, to('downloading-blocks')], ...ticks(1_000, 70_000)])).toBe(true)
  })

  test('are not for one that commits, is synced, or was not running', () => {
    const commits = [...ticks(1_000, 50_000), [50_000, committed(1)] as const]
    expect(isBroken([[0, to('downloading-blocks')], ...commits, ...ticks(51_000, 100_000)])).toBe(
      false,
    )
    expect(isBroken([[0, to('synced')], ...ticks(1_000, 500_000)])).toBe(false)
    expect(
      isBroken([
        [0, to('discovering')],
        [1_000, tick],
        [600_000, tick],
      ]),
    ).toBe(false)
  })
})
