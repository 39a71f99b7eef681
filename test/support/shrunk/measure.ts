/**
 * How small failing runs get: of planted bugs that the swarm kills, the first seed that kills each is made small. What
 * comes of it is a page, with the medians at its head.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { thisMachine } from '../../../bench/machine.ts'
import { plant, withCopy } from '../../../src/cli/mutants/plant.ts'
import { projectRoot } from '../../../src/cli/project-root.ts'
import type { ShrinkResult } from '../../../src/cli/shrink/run.ts'
import type { Mutant } from '../../mutants/mutant.ts'
import { runAlys } from '../planted-tree.ts'

/** What became of one bug. */
export interface Measured {
  readonly mutant: Mutant
  /** Undefined if no seed killed it. */
  readonly result: ShrinkResult | undefined
  /** Whether the scenario that was written holds without the bug: else it is not the bug that it shows. */
  readonly isSound: boolean
}

/** Bugs that the swarm hunts for and that do not survive, so many, evenly from all of them. */
export function someOf(mutants: readonly Mutant[], count: number): readonly Mutant[] {
  const hunted = mutants.filter(({ scenario = 'swarm', survives }) => {
    return scenario === 'swarm' && survives === undefined
  })
  const step = Math.max(1, hunted.length / count)
  return hunted.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
}

/** Plants a bug in a copy of the sources, looks for a seed that kills it as expected, and makes that small. */
export function measure(mutant: Mutant, seedsMax: number): Promise<Measured> {
  return withCopy(async (folder) => {
    plant(folder, mutant)
    const seed = await killerOf(mutant, folder, seedsMax)
    if (seed === undefined) return { mutant, result: undefined, isSound: false }
    const { stdout } = await runAlys(['shrink', 'swarm', '--seed', `${seed}`, '--json'], folder)
    if (stdout === '') return { mutant, result: undefined, isSound: false }
    const result = JSON.parse(stdout) as ShrinkResult
    return { mutant, result, isSound: await holdsHere(join(folder, result.file)) }
  })
}

/** Whether a scenario that was written in a copy of the sources holds in the sources themselves. */
async function holdsHere(written: string): Promise<boolean> {
  const file = join(projectRoot, 'reports/found', `here-${basename(written)}`)
  mkdirSync(dirname(file), { recursive: true })
  copyFileSync(written, file)
  try {
    return (await runAlys(['sim', file])).code === 0
  } finally {
    rmSync(file)
  }
}

/** Of each sweep, so many seeds: a bug is found in one of the first or so, mostly. */
const seedsAtOnce = 10

async function killerOf(
  { pinnedSeed, expected }: Mutant,
  folder: string,
  seedsMax: number,
): Promise<number | undefined> {
  const killers = async (from: number, seeds: number): Promise<readonly number[]> => {
    const sweep = ['sim', 'swarm', '--seed', `${from}`, '--seeds', `${seeds}`]
    const { stdout } = await runAlys([...sweep, '--reporter', 'json'], folder)
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { readonly seed: number; readonly property?: string })
      .filter(({ property = '' }) => expected.includes(property))
      .map(({ seed }) => seed)
  }
  const [pinned] = pinnedSeed === undefined ? [] : await killers(pinnedSeed, 1)
  if (pinned !== undefined) return pinned
  for (let from = 1; from <= seedsMax; from += seedsAtOnce) {
    const [first] = await killers(from, Math.min(seedsAtOnce, seedsMax + 1 - from))
    if (first !== undefined) return first
  }
  return undefined
}

/** The middle one, or the lower of the two; 0 of none. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? 0
}

export function pageOf(measured: readonly Measured[], command: string): string {
  const { cpu, cores, node, commit = 'unknown', loadAverage } = thisMachine()
  const small = measured.flatMap(({ result }) => (result === undefined ? [] : [result]))
  const of = (value: (result: ShrinkResult) => number): number => median(small.map(value))
  const seconds = (ms = 0): string => (ms / 1_000).toFixed(1)
  const missed = measured.filter(({ result }) => result === undefined)
  const sound = measured.filter(({ isSound }) => isSound).length
  const rows = measured.flatMap(({ mutant, result, isSound }) => {
    if (result === undefined) return []
    const { property, seed, before, after, faults, runs, tookMs, cpuMs } = result
    const was = [before.nodes, before.faults, before.transfers, seconds(before.ms)]
    const is = [after.nodes, after.faults, after.transfers, seconds(after.ms)]
    const kinds = faults.length === 0 ? '–' : faults.join(', ')
    return [
      [
        mutant.name,
        property,
        seed,
        ...was,
        ...is,
        kinds,
        runs,
        seconds(tookMs),
        seconds(cpuMs),
        isSound ? 'yes' : 'no',
      ],
    ]
  })
  return `# Failing runs, made small

Written by \`${command}\`. Commit ${commit}, Node.js ${node}, ${cores} cores of ${cpu}, load ${loadAverage[0] ?? 0}
(above ${cores}, times are longer than they would be alone). Of ${measured.length} planted bugs that the swarm kills, the
first seed that kills each was given to \`alys shrink\`. A scenario that was written is *sound* if it holds without the bug:
${sound} of ${small.length} are.

| Median of ${small.length} | before | after |
|---|---:|---:|
| nodes | ${of(({ before }) => before.nodes)} | ${of(({ after }) => after.nodes)} |
| faults | ${of(({ before }) => before.faults)} | ${of(({ after }) => after.faults)} |
| transfers | ${of(({ before }) => before.transfers)} | ${of(({ after }) => after.transfers)} |
| virtual seconds | ${seconds(of(({ before }) => before.ms ?? 0))} | ${seconds(of(({ after }) => after.ms ?? 0))} |
| runs | | ${of(({ runs }) => runs)} |
| real seconds | | ${seconds(of(({ tookMs }) => tookMs))} |
| processor seconds | | ${seconds(of(({ cpuMs }) => cpuMs))} |

| Bug | property | seed | nodes | faults | transfers | s | nodes | faults | transfers | s | which faults | runs | real s | CPU s | sound |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|---|
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
${missed.length === 0 ? '' : `\nNo seed that was tried killed ${missed.map(({ mutant }) => mutant.name).join(', ')}.\n`}`
}
