/** Options that commands share which run scenarios, and what their values mean. */
import { availableParallelism } from 'node:os'
import { InvalidArgumentError, Option } from 'commander'
import type { FaultName } from '../../../sim/cluster/fault/catalogue.ts'
import type { Scenario } from '../../../sim/cluster/scenario.ts'
import { reseedOf, seedNumber, wholeNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import { didYouMean } from '../nearest.ts'
import { currentRevision } from '../revision.ts'
import { chooseScenarios } from '../sim/plan.ts'
import { isScenarioFile, scenarioIn } from '../sim/scenario-file.ts'

const jobsMax = 256

export function jobsOption(): Option {
  return new Option('--jobs <n>', 'runs at a time, each in a process of its own')
    .argParser(wholeNumber(1, jobsMax))
    .default(Math.min(2, availableParallelism()))
}

export function cryptoOption(): Option {
  return new Option(
    '--crypto <kind>',
    'signatures: ideal ones are unforgeable by construction, and fast',
  )
    .choices(['ideal', 'real'])
    .default('ideal')
}

export function networkOption(): Option {
  return new Option(
    '--network <kind>',
    'what carries messages: a model of a network, or the real libp2p stack in virtual time',
  )
    .choices(['model', 'stack'])
    .default('model')
}

/** Later seeds, for the commands that repeat a run. */
export function reseedOption(): Option {
  return new Option(
    '--reseed <time:seed>',
    'let all chance go on as of another seed from a virtual time on, such as 12.4s:77; repeatable',
  ).argParser(reseedOf)
}

export function faultsOption(): Option {
  return new Option(
    '--faults <names>',
    'where faults are drawn, draw only these kinds, such as crash,partition (see sim --list-faults)',
  ).argParser(namesOf)
}

export function mixOption(): Option {
  return new Option(
    '--mix <kind>',
    'how kinds of fault are dealt: swarm, each to half of the worlds, or uniform, all to each',
  )
    .choices(['swarm', 'uniform'])
    .default('swarm')
}

/** A seed, or `commit` for one that follows from the commit of the sources. */
export function firstSeedOption(): Option {
  return new Option('--seed <n>', 'the first seed, or "commit" for one of the sources\' commit')
    .argParser((text) => (text === 'commit' ? text : seedNumber(text)))
    .default(1)
}

function namesOf(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => name !== '')) return names
  throw new InvalidArgumentError(
    'Expected names with commas between them, such as crash,partition.',
  )
}

/**
 * The scenarios that patterns mean; a usage error if one means none. One in a file is called by its path. The catalogue is
 * loaded only now.
 */
export async function scenariosFor(patterns: readonly string[]): Promise<readonly Scenario[]> {
  const files = patterns.filter(isScenarioFile)
  const inFiles = await Promise.all(
    files.map(async (file) => ({ ...(await scenarioIn(file)), name: file })),
  )
  const others = patterns.filter((pattern) => !files.includes(pattern))
  if (files.length > 0 && others.length === 0) return inFiles
  const { scenarios } = await import('../../../scenarios/catalogue.ts')
  const names = scenarios.map(({ name }) => name)
  const chosen = chooseScenarios(names, others)
  if (!chosen.ok) throw new UsageError(chosen.fault)
  return [...scenarios.filter(({ name }) => chosen.value.includes(name)), ...inFiles]
}

/** The kinds of fault that names, aliases or rows of the catalogue mean; a usage error if one means none. */
export async function faultsFor(
  names: readonly string[] | undefined,
): Promise<readonly FaultName[] | undefined> {
  if (names === undefined) return undefined
  const { faultCatalogue, faultsMeantBy } = await import('../../../sim/cluster/fault/catalogue.ts')
  const meant = names.flatMap((name) => {
    const found = faultsMeantBy(name)
    if (found.length > 0) return found
    const kinds = faultCatalogue.map(({ kind }) => kind)
    const others = faultCatalogue.flatMap(({ ids, aliases }) => [...ids, ...aliases])
    const hint = didYouMean(name, [...kinds, ...others])
    throw new UsageError(
      `--faults ${name}: there is no such kind of fault.${hint} There are: ${kinds.join(', ')}`,
    )
  })
  return faultCatalogue.map(({ kind }) => kind).filter((kind) => meant.includes(kind))
}

/** Hexadecimal digits of a commit's hash that make a seed: 48 bits, so that many seeds more are exact too. */
const commitDigits = 12

/** The seed that is meant; of a commit it says so on the standard error stream. */
export function firstSeedOf(seed: number | 'commit'): number {
  if (seed !== 'commit') return seed
  const revision = currentRevision()
  if (revision === undefined) {
    throw new UsageError('--seed commit: expected sources in a git repository; say a number here')
  }
  const first = Number.parseInt(revision.commit.slice(0, commitDigits), 16)
  const mark = revision.isDirty ? ', which the sources differ from' : ''
  process.stderr.write(`The first seed is ${first}, of commit ${revision.commit}${mark}.\n`)
  return first
}
