/** A sweep for a person at a terminal: a table, the goals that were missed, and each bug's recipe. */
import { formatCount, formatSeconds, formatTable } from '../../table.ts'
import { type Bug, linesBeside, runsOf } from '../bugs.ts'
import { replayCommand } from '../job.ts'
import type { Skipped } from '../plan.ts'
import { type ScenarioSummary, type SweepSummary, speedOf, verdictOf } from '../summary.ts'

/** Colours a text, or not. */
export type Paint = (style: 'red' | 'green' | 'yellow' | 'bold', text: string) => string

/** Bugs told in full; the others are counted. */
const bugsMax = 20

export function textReport(summary: SweepSummary, paint: Paint): string {
  const { bugs, goalsMissed, skipped } = summary
  const left = summary.total.violated + summary.total.unknown - runsOf(bugs.slice(0, bugsMax))
  const parts = [
    tableOf(summary),
    ...(skipped.length === 0 ? [] : [skippedText(skipped)]),
    ...(goalsMissed.length === 0 ? [] : [`Goals that no seed reached: ${goalsMissed.join(', ')}`]),
    ...bugs.slice(0, bugsMax).map((bug) => bugText(bug, paint)),
    ...(left > 0 ? [`… and ${left} more runs; --reporter json has them all`] : []),
    paint(verdictStyle(summary), verdictOf(summary)),
  ]
  return `${parts.join('\n\n')}\n`
}

/** What was not told on this network, and why. */
function skippedText(skipped: readonly Skipped[]): string {
  return formatTable([
    ['skipped', 'because'],
    ...skipped.map(({ scenario, reason }) => [scenario, reason]),
  ])
}

/** A bug by its quickest run, with the command that repeats it. */
function bugText(bug: Bug, paint: Paint): string {
  const { scenario, seed, outcome, failure, digest } = bug.quickest
  const { property = 'unknown', detail = '', atMs = 0 } = failure ?? {}
  return [
    paint(
      outcome === 'unknown' ? 'yellow' : 'red',
      `${outcome.toUpperCase()}  ${scenario} seed ${seed}: ${property}`,
    ),
    ...detail.split('\n').map((line) => `  ${line}`),
    `  virtual time ${formatSeconds(atMs)} s, digest ${digest === '' ? 'unknown' : digest}`,
    ...linesBeside(bug).map((line) => `  ${line}`),
    `  repeat: ${replayCommand(bug.quickest)}`,
  ].join('\n')
}

function verdictStyle({ exit }: SweepSummary): 'green' | 'yellow' | 'red' {
  if (exit === 0) return 'green'
  return exit === 2 ? 'yellow' : 'red'
}

function tableOf({ scenarios, total, goals }: SweepSummary): string {
  const row = (each: ScenarioSummary): readonly string[] => [
    each.scenario,
    ...[each.ran, each.held, each.violated, speedOf(each), each.events].map(formatCount),
    `${each.goals.length}/${goals.length}`,
  ]
  const head = ['scenario', 'seeds', 'held', 'violated', 'virtual s per wall s', 'events', 'goals']
  return formatTable([head, ...scenarios.map(row), ...(scenarios.length > 1 ? [row(total)] : [])])
}
