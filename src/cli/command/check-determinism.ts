/** `alys check-determinism`: runs each seed in two processes, and finds where they part. */
import type { Command } from 'commander'
import type { Reseed } from '../../../sim/simulation.ts'
import { seedNumber, wholeNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import type { Crypto, FaultMix, NetworkKind } from '../sim/job.ts'
import { jobsOf, planSweep } from '../sim/plan.ts'
import {
  cryptoOption,
  faultsFor,
  faultsOption,
  jobsOption,
  mixOption,
  networkOption,
  reseedOption,
  scenariosFor,
} from './sim-options.ts'

interface Flags {
  readonly seed: number
  readonly seeds: number
  readonly jobs: number
  readonly reseed?: readonly Reseed[]
  readonly faults?: readonly string[]
  readonly mix: FaultMix
  readonly crypto: Crypto
  readonly network: NetworkKind
}

const seedsMax = 100_000

export function register(program: Command): void {
  program
    .command('check-determinism')
    .summary('Run each seed in two processes, and find where they part.')
    .description(
      'Run each seed twice, in two processes that differ in hash seed, garbage collection, time zone, ' +
        'language and order of runs, and compare them. Where two differ, the first event that does is ' +
        'named; where code was caught calling what differs from run to run, its file and line.',
    )
    .argument('[pattern...]', 'scenarios to run; all of them without a pattern')
    .option('--seed <n>', 'the first seed', seedNumber, 1)
    .option('--seeds <k>', 'seeds of each scenario', wholeNumber(1, seedsMax), 5)
    .addOption(reseedOption())
    .addOption(jobsOption())
    .addOption(cryptoOption())
    .addOption(networkOption())
    .addOption(faultsOption())
    .addOption(mixOption())
    .action(act)
}

async function act(patterns: readonly string[], flags: Flags): Promise<void> {
  const asked = await scenariosFor(patterns)
  const { jobs: workersMax, reseed: reseeds = [], ...which } = flags
  const faults = await faultsFor(flags.faults)
  const plan = planSweep(asked, { ...which, faults, reseeds, shard: { index: 1, count: 1 } })
  if (!plan.ok) throw new UsageError(plan.fault)
  const { scenarios } = plan.value
  const { checkDeterminism } = await import('../sim/check-determinism.ts')
  const jobs = [...jobsOf(plan.value)]
  const print = (line: string): void => console.log(line)
  process.exitCode = await checkDeterminism({ scenarios, jobs, workersMax, print })
}
