/** `alys sim`: runs scenarios with many seeds, and says what held. */
import { availableParallelism } from 'node:os'
import { type Command, Option } from 'commander'
import { scenarios } from '../../../scenarios/catalogue.ts'
import type { Millis } from '../../base/units.ts'
import { positiveDuration, type Shard, seedNumber, shardOf, wholeNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import { type Crypto, chooseScenarios, runsOf, type SweepPlan } from '../sim/plan.ts'
import { type Reporter, reporters, simulate } from '../sim/simulate.ts'

export interface SimOptions {
  readonly seed: number
  readonly seeds?: number
  readonly jobs: number
  readonly shard: Shard
  readonly timeBudget?: Millis
  readonly minSeeds?: number
  readonly crypto: Crypto
  readonly reporter: Reporter
  readonly out?: string
  readonly bail: boolean
  readonly list: boolean
}

const seedsMax = 1_000_000_000
const jobsMax = 256

export function register(program: Command): void {
  program
    .command('sim')
    .summary('run scenarios in the simulator, each with many seeds')
    .description(
      'Runs scenarios in the simulator, each with one seed after another, and says what held.\n' +
        'A pattern is the name of a scenario, a part of one, or a name with * for any text.\n' +
        'The same seeds give the same results on any machine, with any number of jobs.',
    )
    .argument('[pattern...]', 'scenarios to run; all of them without a pattern')
    .option('--seed <n>', 'the first seed', seedNumber, 1)
    .option('--seeds <k>', 'seeds of each scenario (default: 1)', wholeNumber(1, seedsMax))
    .addOption(jobsOption())
    .option('--shard <i/n>', 'run the i-th of n parts of the work', shardOf, { index: 1, count: 1 })
    .option(
      '--time-budget <duration>',
      'stop then; without --seeds, go on until then',
      positiveDuration,
    )
    .option(
      '--min-seeds <k>',
      'seeds of each scenario that must have run',
      wholeNumber(1, seedsMax),
    )
    .addOption(cryptoOption())
    .addOption(
      new Option('--reporter <name>', 'what is written to standard output')
        .choices(reporters)
        .default('default'),
    )
    .option('--out <folder>', 'write report.json, report.html, junit.xml and a bundle a failure')
    .option('--bail', 'begin no run after one that did not hold', false)
    .option('--list', 'name the scenarios, and run none', false)
    .addHelpText('after', examples)
    .action(async (patterns: readonly string[], options: SimOptions) => {
      if (options.list) return list(patterns)
      const {
        jobs: workersMax,
        minSeeds: seedsMin,
        bail: isBail,
        timeBudget,
        reporter,
        out,
      } = options
      const settings = { workersMax, seedsMin, isBail, timeBudgetMs: timeBudget, reporter, out }
      process.exitCode = await simulate(planOf(patterns, options), settings)
    })
}

const examples = `
Examples:
  alys sim                                every scenario once
  alys sim swarm --seeds 200              two hundred seeds of one
  alys sim --time-budget 10m --min-seeds 20 --out reports/nightly
  alys sim --seeds 100 --shard 2/4        a quarter of the work, on one of four machines`

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

/** The scenarios that the patterns mean; a usage error if one means none. */
export function chosen(patterns: readonly string[]): readonly string[] {
  const names = chooseScenarios(
    scenarios.map(({ name }) => name),
    patterns,
  )
  if (!names.ok) throw new UsageError(names.fault)
  return names.value
}

function list(patterns: readonly string[]): void {
  const names = chosen(patterns)
  const rows = scenarios.filter(({ name }) => names.includes(name))
  const width = Math.max(...rows.map(({ name }) => name.length))
  for (const { name, title } of rows) console.log(`${name.padEnd(width)}  ${title}`)
}

/** The sweep that the options ask for; a usage error if they contradict one another. */
export function planOf(patterns: readonly string[], options: SimOptions): SweepPlan {
  const { seed: firstSeed, timeBudget, minSeeds = 0, shard, crypto } = options
  const seeds = options.seeds ?? (timeBudget === undefined ? 1 : undefined)
  const plan = { scenarios: chosen(patterns), firstSeed, seeds, shard, crypto }
  if (firstSeed + (seeds ?? 1) - 1 > Number.MAX_SAFE_INTEGER) {
    throw new UsageError(`--seed ${firstSeed} with --seeds ${seeds} goes beyond 2^53 - 1`)
  }
  for (const scenario of plan.scenarios) {
    const runs = runsOf(plan, scenario)
    if (runs !== undefined && runs < minSeeds) {
      throw new UsageError(
        `--min-seeds ${minSeeds} cannot be reached: ${scenario} has ${runs} here`,
      )
    }
  }
  return plan
}
