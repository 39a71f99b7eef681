/** `alys sim`: runs scenarios with many seeds, and says what held. */
import { availableParallelism } from 'node:os'
import { type Command, Option } from 'commander'
import type { Scenario } from '../../../sim/cluster/scenario.ts'
import { positiveDuration, reseedOf, seedNumber, shardOf, wholeNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import { chooseScenarios, type PlanFlags, planSweep } from '../sim/plan.ts'
import type { Reporter } from '../sim/simulate.ts'

interface Flags extends PlanFlags {
  readonly jobs: number
  readonly reporter: Reporter
  readonly out?: string
  readonly bail?: true
  readonly list?: true
}

const seedsMax = 1_000_000_000
const jobsMax = 256
const reporters: readonly Reporter[] = ['default', 'json', 'junit', 'github', 'html']

export function register(program: Command): void {
  program
    .command('sim')
    .summary('Run scenarios in the simulator, each with many seeds.')
    .description(
      'Run scenarios in the simulator, each with one seed after another, and say what held.\n\n' +
        'A pattern is the name of a scenario, a part of one, or a name with * for any text. ' +
        'The same seeds give the same results on any machine, with any number of jobs.',
    )
    .argument('[pattern...]', 'scenarios to run; all of them without a pattern')
    .option('--seed <n>', 'the first seed', seedNumber, 1)
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
    .addOption(
      new Option('--reporter <name>', 'what is written to standard output')
        .choices(reporters)
        .default('default'),
    )
    .option('--out <folder>', 'write report.json, report.html, junit.xml and a bundle a failure')
    .option('--bail', 'begin no run after one that did not hold')
    .option('--list', 'name the scenarios, and run none')
    .addHelpText('after', examples)
    .action(act)
}

const examples = `
Examples:
  alys sim                                 every scenario once
  alys sim swarm --seeds 200               two hundred seeds of one
  alys sim --seeds 100 --shard 2/4         a quarter of the work, for one of four machines
  alys sim --network stack                 on the real libp2p and gossipsub
  alys sim --time-budget 10m --min-seeds 20 --out reports/nightly`

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

/** The scenarios that patterns mean; a usage error if one means none. The catalogue is loaded only now. */
export async function scenariosFor(patterns: readonly string[]): Promise<readonly Scenario[]> {
  const { scenarios } = await import('../../../scenarios/catalogue.ts')
  const names = scenarios.map(({ name }) => name)
  const chosen = chooseScenarios(names, patterns)
  if (!chosen.ok) throw new UsageError(chosen.fault)
  return scenarios.filter(({ name }) => chosen.value.includes(name))
}

async function act(patterns: readonly string[], flags: Flags): Promise<void> {
  const scenarios = await scenariosFor(patterns)
  if (flags.list === true) return list(scenarios)
  const plan = planSweep(scenarios, flags)
  if (!plan.ok) throw new UsageError(plan.fault)
  const { simulate } = await import('../sim/simulate.ts')
  const { jobs, minSeeds, bail, timeBudget, reporter, out } = flags
  process.exitCode = await simulate(plan.value, {
    workersMax: jobs,
    seedsMin: minSeeds,
    isBail: bail === true,
    timeBudgetMs: timeBudget,
    reporter,
    out,
  })
}

function list(scenarios: readonly Scenario[]): void {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  for (const { name, title } of scenarios) console.log(`${name.padEnd(width)}  ${title}`)
}
