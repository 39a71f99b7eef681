import { describe, expect, test } from 'vitest'
import { Bugs, quickestFirst } from '../../../../src/cli/sim/bugs.ts'
import type { RunReport } from '../../../../src/cli/sim/report.ts'
import { reportOf } from '../../../support/run-reports.ts'

function bugsOf(reports: readonly RunReport[]): Bugs {
  const bugs = new Bugs()
  for (const report of reports) bugs.add(report)
  return bugs
}

const violated = (seed: number, more: Partial<RunReport> = {}): RunReport =>
  reportOf('swarm', seed, 'violated', more)

describe('runs that did not hold', () => {
  test('are one bug if property and faults in force are the same', () => {
    const { all } = bugsOf([
      violated(1),
      violated(2, { inForce: ['crash'] }),
      violated(3, { inForce: ['crash', 'lose'] }),
      violated(4, { failure: { property: 'prefix', detail: '', atMs: 1 } }),
      violated(5, { detail: 'other' } as Partial<RunReport>),
      reportOf('calm', 6),
      reportOf('swarm', 7, 'unknown'),
    ])
    expect(
      all.map(({ outcome, property, inForce, runs }) => [outcome, property, inForce, runs]),
    ).toEqual([
      ['violated', 'agreement', [], 2],
      ['violated', 'agreement', ['crash'], 1],
      ['violated', 'agreement', ['crash', 'lose'], 1],
      ['violated', 'prefix', [], 1],
      ['unknown', 'agreement', [], 1],
    ])
  })

  test('come worst first', () => {
    const { all } = bugsOf([
      ...[1, 2, 3].map((seed) => reportOf('calm', seed, 'unknown')),
      reportOf('calm', 4, 'violated'),
      reportOf('calm', 5, 'nondeterministic'),
      reportOf('calm', 6, 'crashed'),
    ])
    const outcomes = ['nondeterministic', 'crashed', 'violated', 'unknown']
    expect(all.map(({ outcome }) => outcome)).toEqual(outcomes)
  })

  test('are told by the one of the fewest events, and of those that left any', () => {
    const reports = [violated(1, { events: 0 }), violated(2), violated(3, { events: 9 })]
    const [bug] = bugsOf(reports).all
    expect(bug?.quickest.seed).toBe(3)
    expect(bug?.others.map(({ seed }) => seed)).toEqual([1, 2])
    expect(quickestFirst(bug === undefined ? [] : [bug], reports).map(({ seed }) => seed)).toEqual([
      3, 1, 2,
    ])
  })

  test('come to the same in whatever order', () => {
    const reports = Array.from({ length: 200 }, (_, seed) =>
      violated(seed, { events: 10 + ((seed * 37) % 50) }),
    )
    const shuffled = reports.toSorted((a, b) => ((a.seed * 71) % 199) - ((b.seed * 71) % 199))
    expect(bugsOf(shuffled).all).toEqual(bugsOf(reports).all)
    expect(bugsOf(reports).all[0]?.others).toHaveLength(50)
  })

  test('say which is the quickest so far', () => {
    const bugs = new Bugs()
    const events = [50, 60, 40, 40]
    expect(events.map((each, seed) => bugs.add(violated(seed, { events: each })))).toEqual([
      true,
      false,
      true,
      false,
    ])
  })
})
