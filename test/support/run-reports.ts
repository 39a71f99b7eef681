/** Reports of runs that nobody ran, and what a sweep of them comes to. */
import type { SweepPlan } from '../../src/cli/sim/plan.ts'
import type { Outcome, RunReport } from '../../src/cli/sim/report.ts'
import { type SweepOutcome, type SweepSummary, summarise } from '../../src/cli/sim/summary.ts'
import { Tally } from '../../src/cli/sim/tally.ts'

export const twoScenarios: SweepPlan = {
  scenarios: ['calm', 'swarm'],
  firstSeed: 1,
  seeds: 2,
  shard: { index: 1, count: 1 },
  crypto: 'ideal',
  network: 'model',
  skipped: [],
}

export function reportOf(
  scenario: string,
  seed: number,
  outcome: Outcome = 'held',
  more: Partial<RunReport> = {},
): RunReport {
  const violation = { property: 'agreement', detail: 'two <blocks> at "7"\n& one', atMs: 12_345.5 }
  const failure = outcome === 'held' ? {} : { failure: violation }
  const figures = { virtualMs: 60_000, wallMs: 250.1234, events: 1_000, messages: 400, height: 30 }
  const goals = ['transactions committed', 'dial failed']
  const run = { digest: '00112233aabbccdd', ...figures, goals, plan: [] }
  return { scenario, seed, crypto: 'ideal', network: 'model', outcome, ...failure, ...run, ...more }
}

export function summaryOf(
  reports: readonly RunReport[],
  more: Partial<SweepOutcome> = {},
): SweepSummary {
  const tally = new Tally()
  for (const report of reports) tally.add(report)
  const rest = { plan: twoScenarios, end: 'done', elapsedMs: 1_500, seedsMin: undefined } as const
  return summarise({ ...rest, tally, ...more })
}
