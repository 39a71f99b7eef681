import { describe, expect, test } from 'vitest'
import { speedOf, verdictOf } from '../../../../src/cli/sim/summary.ts'
import { reportOf, summaryOf, twoScenarios } from '../../../support/run-reports.ts'

const four = [reportOf('calm', 1), reportOf('swarm', 1), reportOf('calm', 2), reportOf('swarm', 2)]

describe('the exit code', () => {
  test('0: all held', () => {
    const summary = summaryOf(four)
    expect(summary.exit).toBe(0)
    expect(verdictOf(summary)).toBe('4 runs in 1.5 s: all held')
  })

  test('1: something did not hold, however little ran', () => {
    const summary = summaryOf([reportOf('calm', 1, 'violated')], { end: 'bail' })
    expect(summary.exit).toBe(1)
    expect(verdictOf(summary)).toBe('1 run in 1.5 s (it bailed out): 0 held, 1 did not')
    expect(summaryOf([...four, reportOf('calm', 3, 'crashed')]).exit).toBe(1)
  })

  test('2: too few ran', () => {
    const summary = summaryOf(four.slice(0, 3), { end: 'time' })
    expect(summary.exit).toBe(2)
    expect(summary.short).toEqual(['swarm'])
    expect(verdictOf(summary)).toBe(
      '3 runs in 1.5 s (time is up): all held, but too few ran: swarm',
    )
    const nothing = summaryOf([], { end: 'interrupted' })
    expect(nothing.exit).toBe(2)
    expect(verdictOf(nothing)).toBe('0 runs in 1.5 s (interrupted): nothing ran')
  })

  test('2: it was interrupted, even if as many ran as had to', () => {
    const summary = summaryOf(four, { end: 'interrupted', seedsMin: 1 })
    expect(summary.exit).toBe(2)
    expect(verdictOf(summary)).toBe('4 runs in 1.5 s (interrupted): all held')
    const broken = summaryOf([reportOf('calm', 1, 'violated')], { end: 'interrupted' })
    expect(broken.exit).toBe(1)
  })

  test('2: of a run it is not known, and all others held', () => {
    const summary = summaryOf([...four.slice(0, 3), reportOf('swarm', 2, 'unknown')])
    expect(summary.exit).toBe(2)
    expect(summary.total).toMatchObject({ held: 3, violated: 0, unknown: 1 })
    expect(verdictOf(summary)).toBe('4 runs in 1.5 s: 3 held, of 1 it is not known')
    const worse = summaryOf([...summary.failures, reportOf('calm', 1, 'violated')])
    expect(worse.exit).toBe(1)
    expect(verdictOf(worse)).toContain('0 held, 1 did not, of 1 it is not known')
  })

  test('2: a goal was not reached that had to be', () => {
    const missing = summaryOf(four, { mustReachGoals: true })
    expect(missing.exit).toBe(2)
    expect(verdictOf(missing)).toMatch(
      /^4 runs in 1.5 s: all held, but \d+ goals were not reached$/,
    )
    const all = reportOf('calm', 1, 'held', { goals: missing.goals })
    const reached = summaryOf([all, ...four.slice(1)], { mustReachGoals: true })
    expect([reached.exit, reached.goalsMissed]).toEqual([0, []])
    const broken = summaryOf([reportOf('calm', 1, 'violated')], { mustReachGoals: true })
    expect(broken.exit).toBe(1)
  })

  test('3: nothing else counts while there is nondeterminism', () => {
    const reports = [reportOf('calm', 1, 'violated'), reportOf('calm', 2, 'nondeterministic')]
    expect(summaryOf(reports).exit).toBe(3)
  })

  test('how many have to run can be said', () => {
    expect(summaryOf(four.slice(0, 2), { end: 'time', seedsMin: 1 }).exit).toBe(0)
    expect(summaryOf(four.slice(0, 1), { end: 'time', seedsMin: 1 }).exit).toBe(2)
  })

  test('without a number of seeds, one of each has to run', () => {
    const plan = { ...twoScenarios, seeds: undefined }
    expect(summaryOf(four.slice(0, 2), { plan, end: 'time' }).exit).toBe(0)
    expect(summaryOf(four.slice(0, 1), { plan, end: 'time' }).exit).toBe(2)
  })
})

describe('the figures', () => {
  test('are those of each scenario, and of all', () => {
    const summary = summaryOf([...four.slice(0, 3), reportOf('swarm', 2, 'violated')])
    expect(summary.scenarios[1]).toMatchObject({ scenario: 'swarm', asked: 2, ran: 2, held: 1 })
    expect(summary.total).toMatchObject({ asked: 4, ran: 4, held: 3, violated: 1, events: 4_000 })
    expect(speedOf(summary.total)).toBeCloseTo(60_000 / 250.1234)
    expect(summary.failures.map(({ scenario, seed }) => [scenario, seed])).toEqual([['swarm', 2]])
  })

  test('a goal counts as reached if any run of the sweep reached it', () => {
    const goals = ['peer banned']
    const summary = summaryOf([reportOf('calm', 1, 'held', { goals }), ...four.slice(1)])
    expect(summary.total.goals).toEqual(['transactions committed', 'peer banned', 'dial failed'])
    expect(summary.goalsMissed).not.toContain('peer banned')
    expect(summary.goalsMissed).toContain('disk refused')
    expect(summary.goalsMissed).toHaveLength(summary.goals.length - 3)
  })
})
