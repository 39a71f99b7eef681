/** What exploring came to, for people and for machines. */
import { goalNames } from '../../../sim/cluster/goals.ts'
import { formatDuration } from '../../base/duration.ts'
import type { Revision } from '../revision.ts'
import { formatCount, formatSeconds, formatTable } from '../table.ts'
import type { Exploration } from './explore.ts'
import type { Finding } from './findings.ts'
import { replayCommand } from './job.ts'
import { recordOf } from './report.ts'

/** Violations told in full; the others are counted. */
const findingsTold = 20

const because = {
  done: '',
  stable: ' (nothing new any more)',
  bail: '',
  time: ' (time is up)',
  interrupted: ' (interrupted)',
}

export function exploreText(exploration: Exploration): string {
  const { settings, findings, end, elapsedMs } = exploration
  const missed = missedOf(exploration)
  const left = findings.found.length - findingsTold
  const parts = [
    growthTable(exploration),
    scenarioTable(exploration),
    ...(missed.length === 0 ? [] : [`Goals that no run reached: ${missed.join(', ')}`]),
    ...findings.found.slice(0, findingsTold).map(findingText),
    ...(left > 0 ? [`… and ${left} more; --out has them all`] : []),
    `${settings.strategy}, from seed ${settings.seed} on: ${formatCount(findings.runs)} runs in ` +
      `${formatDuration(elapsedMs)}${because[end]}, ${verdictOf(exploration)}`,
  ]
  return `${parts.join('\n\n')}\n`
}

export function exploreJson(exploration: Exploration, revision: Revision | undefined): string {
  const { settings, findings, end, elapsedMs } = exploration
  const { strategy, seed, manner } = settings
  const document = {
    format: 'alys-exploration',
    version: 1,
    ...revision,
    ...{ strategy, seed, ...manner, end },
    elapsedMs: Math.round(elapsedMs),
    growth: findings.milestones,
    goals: goalNames.filter((name) => findings.goals.has(name)),
    goalsMissed: missedOf(exploration),
    scenarios: figuresOf(exploration),
    violations: findings.found.map(({ first, after, runs }) => ({
      ...{ after, runs },
      command: replayCommand(first),
      first: recordOf(first, revision),
    })),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

function missedOf({ findings }: Exploration): readonly string[] {
  return goalNames.filter((name) => !findings.goals.has(name))
}

function verdictOf({ findings }: Exploration): string {
  const { nondeterministic, failed, unknown, found } = findings
  const bad = nondeterministic + failed
  const open = unknown === 0 ? '' : `, of ${formatCount(unknown)} it is not known`
  if (bad === 0) return `${unknown === 0 ? 'all' : 'the others'} held${open}`
  return `${formatCount(bad)} did not hold, of ${found.length} kinds${open}`
}

function growthTable({ findings }: Exploration): string {
  const rows = findings.milestones.map(({ runs, features, goals }) =>
    [runs, features, goals].map(formatCount),
  )
  return formatTable([['runs', 'features', 'goals'], ...rows], ['end'])
}

/** What is known of each scenario, with the share of runs that showed what no other did. */
function figuresOf({ settings }: Exploration): readonly {
  readonly scenario: string
  readonly runs: number
  readonly features: number
  readonly seenOnce: number
  readonly chanceOfNews: number
}[] {
  return settings.scenarios.map((scenario) => {
    const { runs, size, seenOnce, chanceOfNews } = settings.explorer.corpus(scenario)
    return { scenario, runs, features: size, seenOnce, chanceOfNews }
  })
}

function scenarioTable(exploration: Exploration): string {
  const rows = figuresOf(exploration).map(
    ({ scenario, runs, features, seenOnce, chanceOfNews }) => [
      scenario,
      ...[runs, features, seenOnce].map(formatCount),
      `${Math.round(100 * chanceOfNews)} %`,
    ],
  )
  return formatTable([['scenario', 'runs', 'features', 'seen once', 'chance of news'], ...rows])
}

/** One violation, with the command that repeats the first run that showed it. */
function findingText({ first, after, runs }: Finding): string {
  const { scenario, outcome, failure, digest } = first
  const { property = 'unknown', detail = '', atMs = 0 } = failure ?? {}
  return [
    `${outcome.toUpperCase()}  ${scenario}: ${property}, in ${formatCount(runs)} ${runs === 1 ? 'run' : 'runs'}`,
    ...detail.split('\n').map((line) => `  ${line}`),
    `  first in run ${formatCount(after)}, at virtual time ${formatSeconds(atMs)} s, digest ${digest === '' ? 'unknown' : digest}`,
    `  repeat: ${replayCommand(first)}`,
  ].join('\n')
}
