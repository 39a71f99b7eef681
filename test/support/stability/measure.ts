/**
 * How many of the runs that showed a bug still show it after an edit elsewhere. For each bug some failing runs are
 * stored; then each edit is planted beside the bug, and the runs are repeated from their seeds alone, and by what a
 * bundle has: world, faults and transfers.
 */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { plant, withCopy } from '../../../src/cli/mutants/plant.ts'
import type { Edit, Mutant } from '../../mutants/mutant.ts'
import type { Perturbation } from './edits.ts'
import {
  type FoundSeed,
  orderFile,
  type RunAgain,
  type StabilityOrder,
  type StoredRun,
} from './order.ts'

/** Runs of one bug that failed, and how many seeds it took to find them. */
export interface Stored {
  readonly bug: Mutant
  readonly runs: readonly StoredRun[]
  readonly seeds: number
}

/** What became of stored runs after an edit. */
export interface Kept {
  readonly runs: number
  /** That broke the same property, from the seed alone and by the bundle. */
  readonly bySeed: number
  readonly byBundle: number
  /** That were the same to the last event. */
  readonly sameBySeed: number
  readonly sameByBundle: number
}

export interface Search {
  /** Failing runs of each bug. */
  readonly wanted: number
  readonly seedsMax: number
  /** The first seed. */
  readonly from: number
}

/** Looks for failing runs of a bug, in sources with these edits besides. */
export async function store(
  bug: Mutant,
  besides: readonly Edit[],
  search: Search,
): Promise<Stored> {
  const { expected, scenario = 'swarm' } = bug
  const found = await ask<FoundSeed>([...bug.edits, ...besides], {
    ...{ kind: 'find', scenario, expected, ...search },
  })
  const runs = found.flatMap(({ stored }) => (stored === undefined ? [] : [stored]))
  return { bug, runs, seeds: found.length }
}

/** Repeats stored runs after an edit. */
export async function repeat(
  { bug, runs }: Stored,
  besides: readonly Edit[],
  { edits }: Perturbation,
): Promise<Kept> {
  const { scenario = 'swarm' } = bug
  const all = [...bug.edits, ...besides, ...edits]
  const again = await ask<RunAgain>(all, { kind: 'again', scenario, runs })
  const count = (holds: (run: RunAgain, before: StoredRun) => boolean): number =>
    again.filter((run, index) => holds(run, runs[index] as StoredRun)).length
  return {
    runs: again.length,
    bySeed: count((run, before) => run.bySeed.property === before.property),
    byBundle: count((run, before) => run.byBundle.property === before.property),
    sameBySeed: count((run, before) => run.bySeed.digest === before.digest),
    sameByBundle: count((run, before) => run.byBundle.digest === before.digest),
  }
}

const outputMax = 256 * 1_048_576

/** What the driver says in a copy of the sources with these edits. */
async function ask<Said>(edits: readonly Edit[], order: StabilityOrder): Promise<readonly Said[]> {
  return await withCopy(async (folder) => {
    plant(folder, { edits })
    // Plans are too long for a command line.
    writeFileSync(join(folder, orderFile), JSON.stringify(order))
    const driver = join(folder, 'test/support/stability/driver.ts')
    const options = { cwd: folder, maxBuffer: outputMax }
    const { stdout } = await promisify(execFile)(process.execPath, [driver], options)
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Said)
  })
}
