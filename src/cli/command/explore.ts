/** `alys explore`: looks for runs that show what no run has shown. */
import { type Command, Option } from 'commander'
import type { Millis } from '../../base/units.ts'
import { positiveDuration, wholeNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import type { Crypto, NetworkKind } from '../sim/job.ts'
import { planSweep } from '../sim/plan.ts'
import {
  cryptoOption,
  faultsFor,
  faultsOption,
  firstSeedOf,
  firstSeedOption,
  jobsOption,
  networkOption,
  scenariosFor,
} from './sim-options.ts'

type Strategy = 'random' | 'swarm' | 'twins' | 'guided'

interface Flags {
  readonly strategy: Strategy
  readonly seed: number | 'commit'
  readonly runs?: number
  readonly timeBudget?: Millis
  readonly untilStable?: number
  readonly jobs: number
  readonly crypto: Crypto
  readonly network: NetworkKind
  readonly faults?: readonly string[]
  readonly out?: string
}

const runsMax = 1_000_000_000
/** Runs where nothing says when to end. */
const runsUsual = 200

const strategies: readonly Strategy[] = ['random', 'swarm', 'twins', 'guided']

export function register(program: Command): void {
  program
    .command('explore')
    .summary('Look for runs that show what no run has shown.')
    .description(
      'Look for runs that show what no run has shown, and report how much was seen, what did not hold, and ' +
        'how likely more runs are to show more. Strategies:\n\n' +
        '  guided  repeats an earlier run until something rare has just happened, and goes on from there as of ' +
        'another seed\n' +
        '  swarm   fresh seeds, each kind of fault in half of the worlds\n' +
        '  random  fresh seeds, all kinds of fault in every world\n' +
        '  twins   fresh seeds of the scenarios in which a member runs twice\n\n' +
        'The same seed explores the same runs, with any number of jobs; a time budget cuts them off somewhere.',
    )
    .argument(
      '[scenario...]',
      'scenarios to explore, by name or pattern (default: swarm, or twins*)',
    )
    .addOption(
      new Option('--strategy <name>', 'how runs are chosen').choices(strategies).default('guided'),
    )
    .option(
      '--runs <k>',
      `end after so many, to the next multiple of 16 (default: ${runsUsual}, if nothing else ends it)`,
      wholeNumber(1, runsMax),
    )
    .option('--time-budget <time>', 'end then', positiveDuration)
    .option(
      '--until-stable <n>',
      'end after so many runs in a row that have shown nothing new',
      wholeNumber(1, runsMax),
    )
    .addOption(firstSeedOption())
    .addOption(jobsOption())
    .addOption(cryptoOption())
    .addOption(networkOption())
    .addOption(faultsOption())
    .option('--out <folder>', 'write explore.json, and a bundle for each kind of violation')
    .addHelpText('after', examples)
    .action(act)
}

const examples = `
Examples:
  alys explore                             two hundred runs of the swarm, guided
  alys explore --time-budget 60s --until-stable 500
  alys explore swarm --strategy swarm --runs 200 --seed commit
  alys explore partition-then-heal leader-isolated --out reports/sim`

async function act(patterns: readonly string[], flags: Flags): Promise<void> {
  const { strategy, runs, timeBudget, untilStable, crypto, network } = flags
  const faults = await faultsFor(flags.faults)
  const seed = firstSeedOf(flags.seed)
  const manner = {
    crypto,
    network,
    faults,
    mix: strategy === 'random' ? 'uniform' : 'swarm',
  } as const
  const scenarios = await worldsFor(patterns, { ...flags, seed })
  const [{ Explorer }, { explore }] = await Promise.all([
    import('../../../sim/explore/explorer.ts'),
    import('../sim/explore.ts'),
  ])
  const isEndless = timeBudget === undefined && untilStable === undefined
  process.exitCode = await explore({
    explorer: new Explorer({ seed, worlds: scenarios, isGuided: strategy === 'guided' }),
    ...{ strategy, seed, scenarios, manner },
    workersMax: flags.jobs,
    runsMax: runs ?? (isEndless ? runsUsual : undefined),
    timeBudgetMs: timeBudget,
    quietMax: untilStable,
    out: flags.out,
  })
}

/** Names of the scenarios that are meant and can be told; a usage error if that leaves none. */
async function worldsFor(
  patterns: readonly string[],
  { strategy, seed, crypto, network }: Flags & { readonly seed: number },
): Promise<readonly string[]> {
  const usual = strategy === 'twins' ? 'twins*' : 'swarm'
  const asked = await scenariosFor(patterns.length === 0 ? [usual] : patterns)
  const other = asked.find(({ name }) => strategy === 'twins' && !name.startsWith('twins'))
  if (other !== undefined) {
    throw new UsageError(
      `--strategy twins: expected scenarios of twins (twins*), not ${other.name}`,
    )
  }
  const plan = planSweep(asked, { seed, shard: { index: 1, count: 1 }, crypto, network })
  if (!plan.ok) throw new UsageError(plan.fault)
  const { scenarios, skipped } = plan.value
  if (scenarios.length > 0) return scenarios
  const [first] = skipped
  throw new UsageError(`--network ${network}: ${first?.scenario} needs the model: ${first?.reason}`)
}
