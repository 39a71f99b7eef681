/**
 * Writes what was found as a scenario, and has it run from its file. Where every chance is bad enough, it is written
 * without saying whose; else it goes by that of the run in which it was found.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Crew } from '../sim/crew.ts'
import type { FoundRun } from '../sim/find-again.ts'
import { type Job, replayCommand } from '../sim/job.ts'
import type { Failure } from '../sim/report.ts'
import { isDeath } from '../sim/worker-process.ts'
import type { Case } from './case.ts'
import { isBroken } from './found.ts'
import { recipeLines, sizeOf, sizeText } from './words.ts'
import { laidOut } from './write/layout.ts'
import { type Origin, originOf } from './write/origin.ts'
import { sourceOf } from './write/source.ts'

export interface PublishOptions {
  readonly job: Job
  /** Where the scenario is written: a file, or a folder for one whose name follows from what is broken. */
  readonly out: { readonly file: string } | { readonly folder: string }
  /** As it was typed. */
  readonly command: string
  /** Takes a line. */
  readonly print: (line: string) => void
}

export interface Published {
  readonly file: string
  /** Whether it breaks by itself what it should. */
  readonly isBroken: boolean
}

/** So many chances of its own have to be bad enough. */
const chances = 5

export async function publish(
  best: Case,
  found: FoundRun,
  options: PublishOptions,
): Promise<Published> {
  const { job, out, print } = options
  const { file, name } = placeFor(found.failure, options)
  const origin = await originOf(job.scenario)
  const writing = { best, name, file, origin, options }
  const { story, world } = best.recipe
  const isPlain = story !== 'own' && world.own.length === 0
  const { failure, isOfAnyChance } = (isPlain ? await tryAnyChance(writing, found) : undefined) ?? {
    failure: await tryOwnChance(writing, found),
    isOfAnyChance: false,
  }
  if (failure === undefined) {
    print(`${file} was written, and does not break ${found.failure.property} when it is run`)
    return { file, isBroken: false }
  }
  print('')
  for (const line of recipeLines(best.recipe, failure, isOfAnyChance)) print(`  ${line}`)
  print('')
  if ('folder' in out) print(readFileSync(file, 'utf8'))
  const { crypto, network } = best
  const again = replayCommand({ scenario: file, seed: 1, crypto, network })
  print(`${file} breaks ${failure.property} by itself: ${again}`)
  if (!isPlain) print(caution)
  return { file, isBroken: true }
}

const caution =
  'Its story demands things of its own, which faults that were left out may be the reason for: see that it still means what it did.'

interface Writing {
  readonly best: Case
  readonly name: string
  readonly file: string
  readonly origin: Origin | undefined
  readonly options: PublishOptions
}

/** What is broken, if it is with every seed. */
async function tryAnyChance(
  writing: Writing,
  found: FoundRun,
): Promise<{ readonly failure: Failure; readonly isOfAnyChance: true } | undefined> {
  write(writing, found.failure, true)
  const failures = await failuresOf(writing, found, chances)
  const [failure] = failures
  if (failure === undefined || failures.length < chances) return undefined
  write(writing, failure, true)
  return { failure, isOfAnyChance: true }
}

async function tryOwnChance(writing: Writing, found: FoundRun): Promise<Failure | undefined> {
  write(writing, found.failure, false)
  const [failure] = await failuresOf(writing, found, 1)
  if (failure !== undefined) write(writing, failure, false)
  return failure
}

/** What the scenario breaks when it is run from its file, with so many seeds, as long as it does. */
async function failuresOf(
  { file, best }: Writing,
  found: FoundRun,
  seeds: number,
): Promise<readonly Failure[]> {
  // A process that has not yet loaded the file.
  const crew = new Crew(1)
  const failures: Failure[] = []
  try {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const { crypto, network } = best
      const said = await crew.ask({ job: { scenario: file, seed, crypto, network } })
      if (isDeath(said) || !isBroken(said.report, found)) return failures
      if (said.report.failure !== undefined) failures.push(said.report.failure)
    }
    return failures
  } finally {
    crew.close()
  }
}

function write(
  { best, name, file, origin, options }: Writing,
  failure: Failure,
  isOfAnyChance: boolean,
): void {
  const { command, job } = options
  const size = sizeText(sizeOf(best.recipe))
  const source = sourceOf(best, {
    name,
    title: `${failure.property} holds where it was broken once, in ${job.scenario} seed ${job.seed}: ${size}`,
    failure,
    file: resolve(file),
    command,
    origin,
    isOfAnyChance,
  })
  mkdirSync(dirname(resolve(file)), { recursive: true })
  writeFileSync(file, laidOut(source, file))
}

function placeFor(
  { property }: Failure,
  { out, job }: PublishOptions,
): { readonly file: string; readonly name: string } {
  if ('file' in out) return { file: out.file, name: basename(out.file, '.ts') }
  const scenario = basename(job.scenario).replace(/\.[cm]?[jt]s$/, '')
  const words = `${property}-${scenario}-${job.seed}`.toLowerCase().match(/[a-z0-9]+/g) ?? []
  const name = words.join('-')
  return { file: join(out.folder, `${name}.ts`), name }
}
