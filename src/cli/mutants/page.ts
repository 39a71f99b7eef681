/** The findings as a page to be published, and as data. */

import type { Machine } from '../../../bench/machine.ts'
import type { Equivalent, WithoutSurface } from '../../../test/mutants/mutant.ts'
import { clopperPearson, noneIn } from '../interval.ts'
import type { CampaignResult, MutantResult } from './campaign.ts'
import { type Count, isAsTold, type Verdict } from './finding.ts'
import { isFragile, oracleRows } from './oracles.ts'

/** What is known besides the findings. */
export interface Provenance {
  readonly machine: Machine
  readonly command: string
  readonly seeds: number
  /** With how many kills a hunt ended; infinite if with none. */
  readonly killsMax: number
  /** Whether it was interrupted, so that bugs are missing. */
  readonly isCut: boolean
  readonly withoutSurface: readonly WithoutSurface[]
  readonly equivalents: readonly Equivalent[]
}

type Simulated = MutantResult & { readonly simulation: NonNullable<MutantResult['simulation']> }

export function pageOf(result: CampaignResult, provenance: Provenance): string {
  const simulated = result.results.filter((each): each is Simulated => 'simulation' in each)
  return [
    head(provenance),
    sharesOf(simulated),
    bugsOf(simulated),
    survivorsOf(simulated),
    oraclesOf(simulated),
    mixesOf(result.results),
    unitsOf(result.results),
    alarmsOf(result),
    surfaceOf(provenance.withoutSurface),
    equivalentsOf(provenance.equivalents),
  ]
    .filter((section) => section !== '')
    .join('\n\n')
    .concat('\n')
}

function head({ machine, command, seeds, killsMax, isCut }: Provenance): string {
  const { cpu, cores, node, commit = 'unknown', loadAverage } = machine
  const end = Number.isFinite(killsMax)
    ? `, until ${killsMax} have killed (the bounds of *p* are those of inverse binomial sampling then)`
    : ''
  return `# Bugs that were planted, and what found them

Written by \`${command}\`. Commit ${commit}, Node.js ${node}, ${cores} cores of ${cpu}, load ${loadAverage[0] ?? 0};
ideal signatures; seeds 1 to ${seeds} for each bug at most${end}.${isCut ? ' **Interrupted: bugs are missing.**' : ''}

A *kill* is a seed in which a property fired that the catalogue expects; what other properties find is luck, and counted
apart, as are crashes and time-outs. Seeds are independent, so *p* is the share that kills, with the exact 95 % interval
of Clopper and Pearson; where none did, what that bounds (one-sided). *Seeds* is the mean number to the first kill, 1/p;
*CPU s* the processor time that takes. *Faults* is how many faults the first kill by the swarm needs, of those that
had struck, by delta debugging (80 runs at most; \`≤\` where they did not suffice): how hard the bug is to come by. A run
ends with the first property that breaks.`
}

function sharesOf(results: readonly Simulated[]): string {
  if (results.length === 0) return ''
  const row = (tier: string | undefined): readonly string[] => {
    const of = results.filter(({ mutant }) => tier === undefined || mutant.tier === tier)
    const count = (fits: (verdict: Verdict) => boolean): number =>
      of.filter(({ simulation }) => fits(simulation.verdict)).length
    const within = (seedMax: number): number =>
      of.filter(({ simulation: { count } }) => (count.first?.seed ?? Number.NaN) <= seedMax).length
    const killed = within(Number.POSITIVE_INFINITY)
    return [
      ...[tier ?? 'all', String(of.length), String(killed)],
      ...[percent(killed, of.length), String(within(1)), String(within(20))],
      ...[String(count((verdict) => verdict === 'explained'))],
      String(count((verdict) => !isAsTold(verdict))),
    ]
  }
  const tiers = [...new Set(results.map(({ mutant }) => mutant.tier))].toSorted((a, b) =>
    a < b ? -1 : 1,
  )
  const columns = [
    'tier',
    'bugs',
    'killed',
    'share',
    'by seed 1',
    'by seed 20',
    'survive',
    'faults',
  ]
  const byFaults = difficultiesOf(results)
  const table = tableOf(columns, [...tiers.map(row), row(undefined)])
  return `## In short\n\n${table}${byFaults === '' ? '' : `\n\n${byFaults}`}`
}

/** Easy bugs would dominate otherwise. */
function difficultiesOf(results: readonly Simulated[]): string {
  const recipes = results.flatMap(({ simulation: { recipe, count } }) =>
    recipe === undefined ? [] : [{ faults: recipe.faults.length, count }],
  )
  const labels = ['0', '1', '2', '3 or more'] as const
  const rows = labels.map((label, least) => {
    const of = recipes.filter(({ faults }) => (least === 3 ? faults >= 3 : faults === least))
    const seeds = of.map(({ count }) => count.seedsToKill ?? Number.POSITIVE_INFINITY)
    const median = seeds.toSorted((a, b) => a - b)[seeds.length >> 1]
    return [label, String(of.length), median === undefined ? '–' : figure(median)]
  })
  if (recipes.length === 0) return ''
  return `Kills by the swarm, by the faults that they need:\n\n${tableOf(['faults needed', 'bugs', 'seeds (median)'], rows)}`
}

function bugsOf(results: readonly Simulated[]): string {
  const rows = results
    .filter(({ simulation }) => simulation.verdict !== 'explained')
    .map((result) => {
      const { mutant, simulation } = result
      const { trial, count, verdict, recipe } = simulation
      const fired = [...count.fired].map(([property, seeds]) => `\`${property}\` ${seeds}`)
      const needs =
        recipe === undefined ? '–' : `${recipe.isMinimal ? '' : '≤ '}${recipe.faults.length}`
      return [
        ...[mutant.id, mutant.name, mutant.bug, trial.scenario],
        ...[verdict === 'killed' ? (isFragile(result) ? 'killed, by one' : 'killed') : verdict],
        ...chanceCells(count),
        needs,
        fired.join(', ') || '–',
        String(count.luck),
        `${count.crashes} / ${count.timeOuts}`,
      ]
    })
  const columns = [
    ...[
      'id',
      'bug',
      'what it is',
      'hunted by',
      'verdict',
      'kills',
      'p',
      'seeds',
      'CPU s',
      'faults',
    ],
    ...['fired first, in so many seeds', 'luck', 'crashed / timed out'],
  ]
  if (rows.length === 0) return ''
  return `## Bug by bug\n\n*Killed, by one*: by a single property, and so fragile.\n\n${tableOf(columns, rows)}`
}

function chanceCells(count: Count): readonly string[] {
  const { seeds, kills, interval, seedsToKill, cpuSecondsToKill } = count
  const kept = `${kills} of ${seeds}`
  if (seedsToKill === undefined) return [kept, `< ${figure(noneIn(seeds))}`, '–', '–']
  const { low, high } = interval
  const p = `${figure(kills / seeds)} [${low.toFixed(3)}, ${high.toFixed(3)}]`
  return [kept, p, figure(seedsToKill), figure(cpuSecondsToKill ?? 0)]
}

function survivorsOf(results: readonly Simulated[]): string {
  const rows = results
    .filter(({ mutant }) => mutant.survives !== undefined)
    .map(({ mutant, simulation: { verdict, count, law } }) => [
      ...[mutant.id, mutant.name, mutant.bug],
      ...[`${count.seeds} of \`${simulationName(mutant)}\`: p < ${figure(noneIn(count.seeds))}`],
      ...[mutant.survives ?? '', law?.kind === 'failed' ? law.title : '–'],
      verdict === 'explained' ? '' : verdict,
    ])
  if (rows.length === 0) return ''
  const columns = ['id', 'bug', 'what it is', 'seeds that held', 'why', 'the law that notices', '']
  return `## Survivors\n\n${tableOf(columns, rows)}`
}

function simulationName({ scenario = 'swarm' }: MutantResult['mutant']): string {
  return scenario
}

function oraclesOf(results: readonly Simulated[]): string {
  const found = oracleRows(results)
  const rows = found.map(({ property, bugs, alone, seeds }) => [
    ...[`\`${property}\``, String(bugs), String(seeds)],
    alone.length === 0 ? 'none: others find all of it' : alone.join(', '),
  ])
  if (rows.length === 0) return ''
  const columns = ['property', 'bugs', 'seeds', 'found by it alone']
  const expected = new Set(results.flatMap(({ mutant }) => mutant.expected))
  const idle = [...expected].filter((property) => found.every((row) => row.property !== property))
  const others =
    idle.length === 0
      ? ''
      : `\n\nExpected of some bug, and the first to fire for none: ${idle.map((property) => `\`${property}\``).join(', ')}.`
  return `## Who finds what\n\nOf kills, by the property that fired first.\n\n${tableOf(columns, rows)}${others}`
}

function mixesOf(results: readonly MutantResult[]): string {
  const rows = results.flatMap(({ mutant, simulation, uniform }) => {
    if (uniform === undefined) return []
    const { count } = simulation ?? {}
    const swarm = count === undefined ? ['–', '–', '–'] : chanceCells(count).slice(0, 3)
    return [[mutant.name, ...swarm, ...chanceCells(uniform).slice(0, 3)]]
  })
  if (rows.length === 0) return ''
  const columns = ['bug', 'swarm', 'p', 'seeds', 'uniform', 'p', 'seeds']
  const both = results.flatMap(({ simulation, uniform }) =>
    uniform === undefined || simulation === undefined ? [] : [{ swarm: simulation.count, uniform }],
  )
  const wins = (isBetter: (a: Count, b: Count) => boolean): string => {
    const swarm = both.filter((pair) => isBetter(pair.swarm, pair.uniform)).length
    const even = both.filter((pair) => isBetter(pair.uniform, pair.swarm)).length
    return `by the swarm ${swarm} times, by uniform faults ${even} times`
  }
  const found = (of: (result: MutantResult) => Count | undefined): number =>
    results.filter((each) => each.uniform !== undefined && (of(each)?.kills ?? 0) > 0).length
  return `## Swarm against uniform faults

The same seeds with every kind of fault in every world, each half as often, instead of each kind in half of the
worlds.

Found at all: ${found(({ simulation }) => simulation?.count)} by the swarm, ${found(({ uniform }) => uniform)} by uniform faults. In a larger share of the seeds: ${wins(isOftener)}.
So much larger that the intervals do not meet: ${wins(isSurelyOftener)}.

${tableOf(columns, rows)}`
}

function isOftener(a: Count, b: Count): boolean {
  return a.kills * b.seeds > b.kills * a.seeds
}

function isSurelyOftener(a: Count, b: Count): boolean {
  return a.interval.low > b.interval.high
}

function unitsOf(results: readonly MutantResult[]): string {
  const rows = results.flatMap(({ mutant, simulation, units }) => {
    if (units === undefined) return []
    const by = units.kind === 'failed' ? units.title : units.kind
    const sim = simulation === undefined ? '–' : simulation.verdict
    return [
      [
        mutant.name,
        sim,
        String(units.files),
        units.kind === 'failed' ? 'killed' : by,
        units.kind === 'failed' ? by : '–',
      ],
    ]
  })
  if (rows.length === 0) return ''
  const killed = results.filter(({ units }) => units?.kind === 'failed').length
  return `## The tests of the parts alone

Files of \`test/unit\` and \`test/property\` that load what was changed, until the first test fails. They find ${killed} of ${rows.length}.

${tableOf(['bug', 'simulation', 'files', 'tests', 'the first that failed'], rows)}`
}

function alarmsOf({ clean }: CampaignResult): string {
  if (clean.length === 0) return ''
  const rows = clean.map(({ scenario, mix, seeds, alarms }) => [
    mix === undefined ? scenario : `${scenario}, ${mix}`,
    String(seeds),
    String(alarms.length),
    alarms.length === 0
      ? `< ${figure(noneIn(seeds))}`
      : `≤ ${figure(clopperPearson(alarms.length, seeds).high)}`,
  ])
  const seeds = clean.reduce((sum, each) => sum + each.seeds, 0)
  const alarms = clean.reduce((sum, each) => sum + each.alarms.length, 0)
  const bound = alarms === 0 ? noneIn(seeds) : clopperPearson(alarms, seeds).high
  return `## False alarms

The unchanged code, by all that hunted: ${alarms} violations in ${seeds} seeds, so a false alarm has a chance of less than ${figure(bound)}.

${tableOf(['scenario', 'seeds', 'violations', 'chance'], rows)}`
}

function surfaceOf(mistakes: readonly WithoutSurface[]): string {
  if (mistakes.length === 0) return ''
  const rows = mistakes.map(({ id, mistake, reason }) => [id, mistake, reason])
  return `## Mistakes of T1 that cannot be made here\n\n${tableOf(['id', 'mistake', 'why not'], rows)}`
}

function equivalentsOf(changes: readonly Equivalent[]): string {
  if (changes.length === 0) return ''
  const rows = changes.map(({ id, change, proof }) => [id, change, proof])
  return `## Changes that are no bugs\n\n${tableOf(['id', 'change', 'why nothing differs'], rows)}`
}

function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

/** Two digits that matter, and no exponent. */
function figure(value: number): string {
  if (value >= 100) return String(Math.round(value))
  return String(Number(value.toPrecision(2)))
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(0)} %`
}

/** Everything that the page says, seed by seed where it was run so. */
export function recordOf(result: CampaignResult, provenance: Provenance): string {
  const results = result.results.map(({ mutant, simulation, units, uniform }) => {
    const { id, tier, name } = mutant
    return {
      ...{ id, tier, name, bug: mutant.bug, expected: mutant.expected },
      simulation: simulation && {
        ...{ scenario: simulation.trial.scenario, verdict: simulation.verdict },
        ...countRecord(simulation.count),
        ...{ recipe: simulation.recipe, law: simulation.law, broken: simulation.trial.broken },
        seedsRun: simulation.trial.seeds.map((finding) => ({
          ...{ seed: finding.seed, kind: finding.kind, cpuMs: Math.round(finding.cpuMs) },
          ...(finding.kind === 'violated' ? { property: finding.property } : {}),
        })),
      },
      ...{ units, uniform: uniform && countRecord(uniform) },
    }
  })
  const { machine, command, seeds, killsMax, isCut } = provenance
  const limits = { seeds, killsMax: Number.isFinite(killsMax) ? killsMax : undefined }
  const told = { format: 'alys-mutants', machine, command, ...limits, isCut }
  return `${JSON.stringify({ ...told, results, clean: result.clean }, undefined, 1)}\n`
}

function countRecord(count: Count) {
  return { ...count, fired: Object.fromEntries(count.fired) }
}
