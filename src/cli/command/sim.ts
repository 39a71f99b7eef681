/** `alys sim`: runs scenarios with many seeds, and says what held. */
import { type Command, Option } from 'commander'
import type { Scenario } from '../../../sim/cluster/scenario.ts'
import { positiveDuration, shardOf, wholeNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import { type PlanFlags, planSweep } from '../sim/plan.ts'
import { type Reporter, reporters } from '../sim/reporter/reporter.ts'
import { formatTable } from '../table.ts'
import {
  cryptoOption,
  faultsFor,
  faultsOption,
  firstSeedOf,
  firstSeedOption,
  jobsOption,
  mixOption,
  networkOption,
  scenariosFor,
} from './sim-options.ts'

interface Flags extends Omit<PlanFlags, 'seed' | 'faults' | 'reseeds'> {
  readonly seed: number | 'commit'
  readonly faults?: readonly string[]
  readonly jobs: number
  readonly reporter: Reporter
  readonly out?: string
  readonly bail?: true
  readonly requireGoals?: true
  readonly list?: true
  readonly listFaults?: true
}

const seedsMax = 1_000_000_000

export function register(program: Command): void {
  program
    .command('sim')
    .summary('Run scenarios in the simulator, each with many seeds.')
    .description(
      'Run scenarios in the simulator, each with one seed after another, and say what held.\n\n' +
        'A pattern is the name of a scenario, a part of one, a name with * for any text, or a file with a scenario in it. ' +
        'The same seeds give the same results on any machine, with any number of jobs.',
    )
    .argument('[pattern...]', 'scenarios to run; all of them without a pattern')
    .addOption(firstSeedOption())
    .option('--seeds <k>', 'seeds of each scenario (default: 1)', wholeNumber(1, seedsMax))
    .addOption(jobsOption())
    .addOption(
      new Option('--shard <i/n>', 'run the i-th of n parts of the work')
        .argParser(shardOf)
        .default({ index: 1, count: 1 }, '1/1'),
    )
    .option(
      '--time-budget <time>',
      'stop then; without --seeds, go on until then',
      positiveDuration,
    )
    .option('--min-seeds <k>', 'seeds of each scenario that must run', wholeNumber(1, seedsMax))
    .addOption(cryptoOption())
    .addOption(networkOption())
    .addOption(faultsOption())
    .addOption(mixOption())
    .addOption(
      new Option('--reporter <name>', 'what is written to standard output')
        .choices(reporters)
        .default('default'),
    )
    .option(
      '--out <folder>',
      'write report.json, report.html, junit.xml, runs.ndjson, a bundle a failure, and pages of the first of them',
    )
    .option('--bail', 'begin no run after one that did not hold')
    .option('--require-goals', 'end with code 2 if there is a goal that no run reached')
    .option('--list', 'name the scenarios, and run none')
    .option('--list-faults', 'name the kinds of fault, and run nothing')
    .addHelpText('after', examples)
    .action(act)
}

const examples = `
Examples:
  alys sim                                 every scenario once
  alys sim swarm --seeds 200               two hundred seeds of one
  alys sim ./my/scenario.ts                one that no catalogue lists
  alys sim --seeds 100 --shard 2/4         a quarter of the work, for one of four machines
  alys sim swarm --seeds 50 --faults crash,torn-crash
                                           with faults of two kinds only
  alys sim swarm --seeds 100 --seed commit other seeds for each commit, which are printed
  alys sim --network stack                 on the real libp2p and gossipsub
  alys sim --time-budget 10m --min-seeds 20 --out reports/nightly`

async function act(patterns: readonly string[], flags: Flags): Promise<void> {
  const scenarios = await scenariosFor(patterns)
  if (flags.list === true) return list(scenarios)
  if (flags.listFaults === true) return await listFaults()
  const faults = await faultsFor(flags.faults)
  const plan = planSweep(scenarios, { ...flags, faults, seed: firstSeedOf(flags.seed) })
  if (!plan.ok) throw new UsageError(plan.fault)
  const { simulate } = await import('../sim/simulate.ts')
  const { jobs, minSeeds, bail, requireGoals, timeBudget, reporter, out } = flags
  process.exitCode = await simulate(plan.value, {
    workersMax: jobs,
    seedsMin: minSeeds,
    isBail: bail === true,
    mustReachGoals: requireGoals === true,
    timeBudgetMs: timeBudget,
    reporter,
    out,
  })
}

function list(scenarios: readonly Scenario[]): void {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  for (const { name, title } of scenarios) console.log(`${name.padEnd(width)}  ${title}`)
}

async function listFaults(): Promise<void> {
  const { faultCatalogue } = await import('../../../sim/cluster/fault/catalogue.ts')
  const rows = faultCatalogue.map(({ kind, ids, what }) => [kind, ids.join(' '), what])
  console.log(formatTable(rows, ['start', 'start', 'start']))
}
