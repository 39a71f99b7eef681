/** `alys sim`: runs scenarios with many seeds, and says what held. */
import { type Command, Option } from 'commander'
import type { Scenario } from '../../../sim/cluster/scenario.ts'
import { positiveDuration, shardOf } from '../argument.ts'
import { formatTable } from '../table.ts'
import { addReportOptions, type ReportFlags, reportSettings } from './report-options.ts'
import { jobsOption, scenariosFor } from './sim-options.ts'
import { addSweepOptions, planFor, type SweepFlags } from './sweep-options.ts'

interface Flags extends SweepFlags, ReportFlags {
  readonly jobs: number
  readonly bail?: true
  readonly list?: true
  readonly listFaults?: true
}

export function register(program: Command): void {
  const command = program
    .command('sim')
    .summary('Run scenarios in the simulator, each with many seeds.')
    .description(
      'Run scenarios in the simulator, each with one seed after another, and say what held.\n\n' +
        'A pattern is the name of a scenario, a part of one, a name with * for any text, or a file with a scenario in it. ' +
        'The same seeds give the same results on any machine, with any number of jobs.',
    )
    .argument('[pattern...]', 'scenarios to run; all of them without a pattern')
  addSweepOptions(command)
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
  addReportOptions(command)
    .option(
      '--out <folder>',
      'write report.json, report.html, junit.xml, runs.ndjson, a bundle a failure, and pages of the first of them',
    )
    .option('--bail', 'begin no run after one that did not hold')
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
  const plan = await planFor(scenarios, flags)
  const { simulate } = await import('../sim/simulate.ts')
  process.exitCode = await simulate(plan, {
    ...reportSettings(flags),
    workersMax: flags.jobs,
    isBail: flags.bail === true,
    timeBudgetMs: flags.timeBudget,
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
