import { describe, expect, test } from 'vitest'
import { jsonReport } from '../../../../src/cli/sim/reporter/json.ts'
import { junitReport } from '../../../../src/cli/sim/reporter/junit.ts'
import { textReport } from '../../../../src/cli/sim/reporter/text.ts'
import { summarise } from '../../../../src/cli/sim/summary.ts'
import { Tally } from '../../../../src/cli/sim/tally.ts'
import { reportOf, twoScenarios } from '../../../support/run-reports.ts'

describe('a sweep of a hundred thousand runs', () => {
  const runs = 100_000
  const tally = new Tally()
  for (let seed = 1; seed <= runs; seed += 1) {
    // Each tenth fails alike, and one of all otherwise, late.
    const outcome = seed % 10 === 0 || seed === 98_765 ? 'violated' : 'held'
    const property = seed === 98_765 ? 'prefix' : 'agreement'
    const failure = { property, detail: 'x'.repeat(200), atMs: 1 }
    tally.add(reportOf('calm', seed, outcome, outcome === 'held' ? {} : { failure }))
  }
  const plan = { ...twoScenarios, scenarios: ['calm'], seeds: runs }
  const rest = { plan, end: 'done', elapsedMs: 1_500, seedsMin: undefined } as const
  const summary = summarise({ ...rest, tally })

  test('is counted to the last one', () => {
    const figures = { ran: runs, held: 89_999, violated: 10_001, events: 100_000_000 }
    expect(summary.total).toMatchObject(figures)
    expect(summary.total.goalRuns).toEqual({ 'transactions committed': runs, 'dial failed': runs })
    expect(summary.exit).toBe(1)
  })

  test('is kept in part, and what failed once is not pushed out by what failed often', () => {
    expect(summary.runs.length).toBeLessThan(11_000)
    const properties = summary.failures.map(({ failure }) => failure?.property)
    expect(new Set(properties)).toEqual(new Set(['agreement', 'prefix']))
    expect(properties.length).toBeLessThan(100)
  })

  test('is told in reports that say what they leave out', () => {
    const { runs: listed, runsLeftOut } = JSON.parse(jsonReport(summary, undefined))
    expect(listed).toHaveLength(summary.runs.length)
    expect(runsLeftOut).toBe(runs - listed.length)
    const xml = junitReport(summary)
    expect(xml).toContain('tests="100000" failures="10001" errors="0"')
    // The ten thousand first that held, and a bug twice.
    expect(xml).toContain(`${runs - 10_002} more runs are counted, not listed`)
    expect(textReport(summary, (_style, text) => text)).toMatch(
      /9999 more seeds: calm 20, 30, .*, and 9949 more\n/,
    )
  })
})

test('disasters of very many kinds are counted too, and kept in part', () => {
  const tally = new Tally()
  for (let seed = 1; seed <= 2_000; seed += 1) {
    const failure = { property: `p${seed}`, detail: '', atMs: 1 }
    tally.add(reportOf('calm', seed, 'violated', { failure }))
  }
  expect(tally.total.byOutcome.violated).toBe(2_000)
  expect(tally.kept).toHaveLength(500)
})
