/** `alys bisect`: which commit first broke what a bundle broke. */
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { wholeNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import { readBundle } from './bundle-file.ts'
import { jobsOption } from './sim-options.ts'

interface Flags {
  readonly good: string
  readonly bad?: string
  readonly seeds: number
  readonly confidence: number
  readonly runs: number
  readonly jobs: number
}

const seedsMax = 100_000

export function register(program: Command): void {
  program
    .command('bisect')
    .summary('Find the commit that first broke what a bundle broke.')
    .description(
      'Find the commit that first broke what a bundle broke, between a good one and a bad one. Each is tried by ' +
        'the bundle and by fresh seeds, in a copy of its files. As seeds fail with some rate only, ' +
        'none is called good or bad for certain: it is over when one commit is the first bad one with enough ' +
        'probability. Commits that cannot be run are skipped. Exit code 2 says that it stayed undecided.',
    )
    .argument('<bundle>', 'a bundle that "alys sim --out" wrote')
    .requiredOption('--good <revision>', 'a commit that does not have the bug')
    .option('--bad <revision>', 'one that has it (default: that of the bundle, or else HEAD)')
    .option(
      '--seeds <k>',
      'fresh seeds a trial; 0 for the bundle alone',
      wholeNumber(0, seedsMax),
      20,
    )
    .option('--confidence <p>', 'how likely is sure enough', confidenceOf, 0.95)
    .option('--runs <n>', 'give up after so many runs', wholeNumber(1, 1_000_000), 2_000)
    .addOption(jobsOption())
    .addHelpText('after', examples)
    .action(act)
}

const examples = `
Examples:
  alys bisect reports/sim/swarm-5.bundle.json --good HEAD~40
  alys bisect swarm-5.bundle.json --good v1 --bad v2 --seeds 100 --confidence 0.99`

function confidenceOf(text: string): number {
  const value = /^0\.\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= 0.5 && value < 1) return value
  throw new InvalidArgumentError('Expected a number from 0.5 to less than 1, such as 0.95.')
}

async function act(file: string, flags: Flags): Promise<void> {
  const { mannerFlags } = await import('../sim/job.ts')
  const bundle = await readBundle(file)
  const { violation, scenario, seed } = bundle
  if (violation === undefined) throw new UsageError(`${file}: nothing was broken in it`)
  const { History } = await import('../bisect/history.ts')
  const { bisect } = await import('../bisect/bisect.ts')
  const { watchStops } = await import('../sim/stops.ts')
  const { good, seeds, confidence, runs: runsMax, jobs } = flags
  const history = new History(process.cwd())
  const known = bundle.isDirty === true ? undefined : bundle.commit
  const bad = flags.bad ?? known ?? 'HEAD'
  const stops = watchStops(undefined)
  process.exitCode = await bisect({
    ...{ history, commits: history.between(good, bad), bundle: resolve(file) },
    ...{ scenario, property: violation.property, seeds, confidence, runsMax, jobs },
    // Later seeds are of one run only.
    flags: mannerFlags({ ...bundle, reseeds: [] }),
    firstSeed: freshAfter(seed, runsMax + seeds),
    signal: stops.signal,
    print: (line) => console.log(line),
  })
  stops.release()
}

/** So many seeds that are not that of the bundle, from here on. */
function freshAfter(seed: number, count: number): number {
  return seed > Number.MAX_SAFE_INTEGER - 2 * count ? 1 : seed + 1
}
