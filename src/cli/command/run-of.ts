/**
 * Which run a command is about: that of a bundle, or a seed of a scenario with the flags that say more of it. Does not run
 * it; `run-source.ts` does, or reads what was written of it, where its trace is wanted.
 */
import type { Command } from 'commander'
import type { Fault } from '../../../sim/cluster/fault/catalogue.ts'
import type { Reseed } from '../../../sim/simulation.ts'
import { seedNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import type { Bundle } from '../sim/bundle-schema.ts'
import { type Crypto, type FaultMix, type Job, jobOf, type NetworkKind } from '../sim/job.ts'
import { readBundle } from './bundle-file.ts'
import {
  cryptoOption,
  faultsFor,
  faultsOption,
  mixOption,
  networkOption,
  reseedOption,
  scenariosFor,
} from './sim-options.ts'

/** Flags that say which run is meant, beside a name. */
export interface RunFlags {
  readonly seed?: number
  readonly reseed?: readonly Reseed[]
  readonly faults?: readonly string[]
  readonly mix: FaultMix
  readonly crypto: Crypto
  readonly network: NetworkKind
}

const runFlags: readonly (keyof RunFlags)[] = [
  'seed',
  'reseed',
  'crypto',
  'network',
  'faults',
  'mix',
]

/** Adds the options of these flags, which go with a scenario. */
export function addRunOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'the seed, with the name of a scenario', seedNumber)
    .addOption(reseedOption())
    .addOption(cryptoOption())
    .addOption(networkOption())
    .addOption(faultsOption())
    .addOption(mixOption())
}

export interface AskedRun {
  readonly job: Job
  /** What the run came to before. */
  readonly bundle: Bundle | undefined
  /** The faults that a bundle says have struck. */
  readonly plan: readonly Fault[] | undefined
}

/** What knows which flags were said. */
export type Saying = Pick<Command, 'getOptionValueSource'>

/** A usage error if one of {@link RunFlags} was said, which `why` leaves no room for. */
export function refuseRunFlags(command: Saying, why: string): void {
  const said = runFlags.filter((name) => command.getOptionValueSource(name) === 'cli')
  if (said.length === 0) return
  throw new UsageError(`${why}: leave ${said.map((name) => `--${name}`).join(' and ')} out`)
}

/** Whether a bundle or a trace is meant, and not a scenario. */
export function isFile(what: string): boolean {
  return what.endsWith('.json')
}

/** The run that is meant by a bundle or a name. A usage error if there is none, or several. */
export async function runOf(what: string, flags: RunFlags, command: Saying): Promise<AskedRun> {
  if (!isFile(what)) {
    return { job: await jobNamed(what, flags), bundle: undefined, plan: undefined }
  }
  const bundle = await readBundle(what)
  refuseRunFlags(command, 'a bundle says itself which run it is')
  // Earlier versions kept faults for people to read, and did not check them.
  const plan = bundle.version === 3 ? bundle.plan : undefined
  return { job: jobOf(bundle), bundle, plan }
}

async function jobNamed(name: string, flags: RunFlags): Promise<Job> {
  const { reseed: reseeds = [], faults: kinds, mix, crypto, network } = flags
  const found = await scenariosFor([name])
  const [scenario] = found
  if (scenario === undefined || found.length > 1) {
    const names = found.map((each) => each.name).join(', ')
    throw new UsageError(`"${name}" means several scenarios: ${names}`)
  }
  // What was found once is the same with every seed.
  const { seed = scenario.drawsAs === undefined ? undefined : 1 } = flags
  if (seed === undefined) throw new UsageError(`which seed of ${scenario.name}? Say --seed <n>`)
  const faults = await faultsFor(kinds)
  return jobOf({ mix, crypto, network, scenario: scenario.name, seed, reseeds, faults })
}
