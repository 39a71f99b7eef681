/** The findings as lines for people. */

import { noneIn } from '../interval.ts'
import { formatTable } from '../table.ts'
import type { CampaignResult, CleanResult, MutantResult } from './campaign.ts'
import { type Count, isAsTold, type Verdict } from './finding.ts'
import type { Recipe } from './order.ts'
import type { TestOutcome } from './units.ts'

/** Faults stand out. */
const verdictWords: Readonly<Record<Verdict, string>> = {
  killed: 'killed',
  explained: 'survives',
  hidden: 'HIDDEN',
  'by-luck': 'BY LUCK',
  lost: 'LOST',
  broken: 'BROKEN',
  refuted: 'REFUTED',
  'law-silent': 'LAW SILENT',
}

/** One bug, in a line or a few. `isFirst`: one kill was enough, so nothing is said of how often. */
export function resultLines(result: MutantResult, isFirst: boolean): string {
  const { mutant, simulation, units, uniform } = result
  const lines: string[] = []
  const name = mutant.name.padEnd(34)
  if (simulation !== undefined) {
    const { verdict, count, trial, law, recipe } = simulation
    const how = isFirst ? firstWords(count) : countWords(count)
    lines.push(
      `${verdictWords[verdict].padEnd(10)} ${name} ${how}${lawWords(law)}${recipeWords(recipe)}`,
    )
    if (!isAsTold(verdict)) {
      lines.push(`           ${mutant.bug}`)
      lines.push(...excerpts(trial.broken, trial.seeds).map((line) => `           ${line}`))
    }
  }
  if (units !== undefined) lines.push(`  units    ${name} ${testWords(units)}`)
  if (uniform !== undefined) lines.push(`  uniform  ${name} ${countWords(uniform)}`)
  return lines.join('\n')
}

function firstWords({ first, seeds }: Count): string {
  return first === undefined ? `not in ${seeds} seeds` : `${first.property} at seed ${first.seed}`
}

function countWords(count: Count): string {
  const { seeds, kills, luck, crashes, timeOuts, cpuSecondsToKill, first } = count
  const apart = [
    ...(luck > 0 ? [`${luck} by luck`] : []),
    ...(crashes > 0 ? [`${crashes} crashed`] : []),
    ...(timeOuts > 0 ? [`${timeOuts} timed out`] : []),
  ]
  const share = `${kills} of ${seeds} seeds, p ${chanceWords(count)}`
  const cost = cpuSecondsToKill === undefined ? [] : [`${cpuSecondsToKill.toFixed(1)} CPU s each`]
  return [share, ...cost, ...(first === undefined ? [] : [first.property]), ...apart].join(', ')
}

/** With the exact interval; where nothing was found, with what that bounds. */
function chanceWords({ seeds, kills, interval }: Count): string {
  if (kills === 0) return `< ${noneIn(seeds).toPrecision(2)}`
  const { low, high } = interval
  return `${(kills / seeds).toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`
}

/** How many faults it takes, which is how hard the bug is to come by. */
function recipeWords(recipe: Recipe | undefined): string {
  if (recipe === undefined) return ''
  const { faults, planned, isMinimal } = recipe
  const kinds = faults.length === 0 ? '' : `: ${faults.join(', ')}`
  return `; ${isMinimal ? '' : 'at most '}${faults.length} of ${planned} faults${kinds}`
}

function lawWords(law: TestOutcome | undefined): string {
  return law === undefined ? '' : `; its law: ${testWords(law)}`
}

function testWords(outcome: TestOutcome): string {
  switch (outcome.kind) {
    case 'passed':
      return outcome.files === 0 ? 'no test loads it' : `not by ${outcome.files} files of tests`
    case 'failed':
      return `"${outcome.title}"`
    case 'broken':
      return `BROKEN: ${outcome.detail.slice(0, 300)}`
    default:
      return outcome satisfies never
  }
}

const excerptsMax = 2
const excerptCharsMax = 300

function excerpts(
  broken: string | undefined,
  seeds: NonNullable<MutantResult['simulation']>['trial']['seeds'],
): readonly string[] {
  const told = seeds.flatMap((finding) => {
    if (finding.kind === 'violated') {
      return [`seed ${finding.seed}: ${finding.property}: ${finding.detail}`]
    }
    return finding.kind === 'crashed' ? [`seed ${finding.seed}: ${finding.detail}`] : []
  })
  return [...(broken === undefined ? [] : [broken]), ...told.slice(0, excerptsMax)].map((text) =>
    text.replaceAll('\n', ' ').slice(0, excerptCharsMax),
  )
}

export function cleanLine({ scenario, mix, seeds, alarms }: CleanResult): string {
  const world = mix === undefined ? scenario : `${scenario}, ${mix}`
  const words = alarms.length === 0 ? `no false alarm, p < ${noneIn(seeds).toPrecision(2)}` : ''
  const [first] = alarms
  const alarm =
    first === undefined
      ? ''
      : `${alarms.length} FALSE ALARMS, the first at seed ${first.seed}: ${
          first.kind === 'violated' ? first.property : first.kind
        }`
  return `clean      ${world.padEnd(34)} ${seeds} seeds, ${words}${alarm}`
}

/** The last lines: how many of each verdict, by tier. */
export function summaryOf({ results, clean }: CampaignResult): string {
  const simulated = results.flatMap(({ mutant, simulation }) =>
    simulation === undefined ? [] : [{ tier: mutant.tier, verdict: simulation.verdict }],
  )
  const verdicts = (Object.keys(verdictWords) as Verdict[]).filter((verdict) =>
    simulated.some((each) => each.verdict === verdict),
  )
  const row = (tier: string | undefined): readonly string[] => {
    const of = simulated.filter((each) => tier === undefined || each.tier === tier)
    const counts = verdicts.map((verdict) => of.filter((each) => each.verdict === verdict).length)
    return [tier ?? 'all', String(of.length), ...counts.map(String)]
  }
  const header = ['tier', 'bugs', ...verdicts.map((verdict) => verdictWords[verdict])]
  const tiers = [...new Set(simulated.map(({ tier }) => tier))].toSorted((a, b) => (a < b ? -1 : 1))
  const table =
    simulated.length === 0 ? [] : [formatTable([header, ...tiers.map(row), row(undefined)])]
  const units = results.flatMap((result) => (result.units === undefined ? [] : [result.units]))
  const failed = units.filter(({ kind }) => kind === 'failed').length
  const byUnits = units.length === 0 ? [] : [`tests of the parts: ${failed} of ${units.length}`]
  const seeds = clean.reduce((sum, each) => sum + each.seeds, 0)
  const alarms = clean.reduce((sum, each) => sum + each.alarms.length, 0)
  const quiet =
    clean.length === 0 ? [] : [`false alarms: ${alarms} in ${seeds} seeds of the unchanged code`]
  return [...table, ...byUnits, ...quiet].join('\n')
}
