/** The page that says how stable recorded runs are under edits. */
import { loadavg } from 'node:os'
import type { Machine } from '../../../bench/machine.ts'
import type { Perturbation } from './edits.ts'
import type { Kept, Stored } from './measure.ts'

/** One edit, with the runs of all bugs together. */
export interface Row {
  readonly edit: Perturbation
  readonly byName: Kept
  readonly oneStream: Kept
}

export interface Findings {
  readonly byName: readonly Stored[]
  readonly oneStream: readonly Stored[]
  readonly rows: readonly Row[]
}

export interface Provenance {
  readonly machine: Machine
  readonly command: string
}

const nothingKept: Kept = { runs: 0, bySeed: 0, byBundle: 0, sameBySeed: 0, sameByBundle: 0 }

export function sumOf(all: readonly Kept[]): Kept {
  return all.reduce(
    (sum, each) => ({
      runs: sum.runs + each.runs,
      bySeed: sum.bySeed + each.bySeed,
      byBundle: sum.byBundle + each.byBundle,
      sameBySeed: sum.sameBySeed + each.sameBySeed,
      sameByBundle: sum.sameByBundle + each.sameByBundle,
    }),
    nothingKept,
  )
}

export function pageOf(
  { byName, oneStream, rows }: Findings,
  { machine, command }: Provenance,
): string {
  const { commit = 'unknown', node, cores, cpu } = machine
  const all = sumOf(rows.map((row) => row.byName))
  const allOne = sumOf(rows.map((row) => row.oneStream))
  return `${[
    '# Do recorded failures outlive edits?',
    '',
    `Written by \`${command}\`. Commit ${commit}, Node.js ${node}, ${cores} cores of ${cpu.trim()}, load ${loadavg()[0]?.toFixed(1)}. Nothing here is timed.`,
    '',
    ...introduction,
    '## By edit',
    '',
    '| one more word is drawn by | runs | by name: seed | by name: bundle | one stream: runs | seed | bundle |',
    '|---|---|---|---|---|---|---|',
    ...rows.map(({ edit, byName: kept, oneStream: one }) =>
      rowOf(`${edit.what} (\`${edit.name}\`)`, kept, one),
    ),
    rowOf('all of them', all, allOne),
    '',
    '*In italics*: of these so many were the same run to the last event.',
    '',
    '## The runs',
    '',
    'What was stored, and how many seeds that took. A run that has become another breaks the property again with the chance',
    'that any seed has, or a larger one where its world or its faults are those of a run that did: shares are to be read',
    'against these.',
    '',
    '| bug | by name: stored / seeds | one stream: stored / seeds |',
    '|---|---|---|',
    ...byName.map(
      (stored, index) => `| ${stored.bug.name} | ${ratio(stored)} | ${ratio(oneStream[index])} |`,
    ),
    `| all | ${ratio(sumOfStored(byName))} | ${ratio(sumOfStored(oneStream))} |`,
    '',
  ].join('\n')}`
}

const introduction = [
  'A failing seed is a recipe for a failure as long as the sources are what they were: an edit that draws one random number',
  'more shifts all that are drawn after it from the same generator. Here random streams have names, and what a stream gives',
  'follows from its name alone; and a bundle has the world, the faults that struck and what users sent, which are given back.',
  '',
  'Measured: bugs are planted that the swarm finds, and for each the first runs are stored that break an expected property.',
  'Then an edit is planted beside the bug that has nothing to do with it and draws one word more somewhere. How many of the',
  'stored runs still break *the same property*, from the seed alone, and by the bundle? For comparison the same with sources',
  'in which everything draws from one generator, as it comes.',
  '',
]

function rowOf(title: string, kept: Kept, one: Kept): string {
  const cells = [
    title,
    String(kept.runs),
    share(kept.bySeed, kept.sameBySeed, kept.runs),
    share(kept.byBundle, kept.sameByBundle, kept.runs),
    String(one.runs),
    share(one.bySeed, one.sameBySeed, one.runs),
    share(one.byBundle, one.sameByBundle, one.runs),
  ]
  return `| ${cells.join(' | ')} |`
}

function share(count: number, same: number, runs: number): string {
  if (runs === 0) return '–'
  const percent = `${Math.round((100 * count) / runs)} %`
  return same === 0 ? percent : `${percent} *(${same})*`
}

interface Ratio {
  readonly runs: readonly unknown[]
  readonly seeds: number
}

function sumOfStored(all: readonly Stored[]): Ratio {
  return {
    runs: all.flatMap(({ runs }) => runs),
    seeds: all.reduce((sum, { seeds }) => sum + seeds, 0),
  }
}

function ratio(stored: Ratio | undefined): string {
  return stored === undefined ? '–' : `${stored.runs.length} / ${stored.seeds}`
}
