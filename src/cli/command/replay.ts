/** `alys replay`: repeats one run exactly, and shows what led to its end. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Reseed } from '../../../sim/simulation.ts'
import type { Millis } from '../../base/units.ts'
import { positiveDuration, seedNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import type { Bundle } from '../sim/bundle-schema.ts'
import { type Crypto, type FaultMix, type Job, jobOf, type NetworkKind } from '../sim/job.ts'
import {
  cryptoOption,
  faultsFor,
  faultsOption,
  mixOption,
  networkOption,
  reseedOption,
  scenariosFor,
} from './sim-options.ts'

interface Flags {
  readonly seed?: number
  readonly reseed?: readonly Reseed[]
  readonly until?: Millis
  readonly trace?: true
  readonly faults?: readonly string[]
  readonly mix: FaultMix
  readonly crypto: Crypto
  readonly network: NetworkKind
}

export function register(program: Command): void {
  program
    .command('replay')
    .summary('Repeat one run exactly, and show what led to its end.')
    .description(
      'Repeat one run exactly, in this process, and show the last events before its violation. ' +
        'A bundle says which run; the result is compared with it, and exit code 3 says it differs.',
    )
    .argument('<what>', 'a bundle that "alys sim --out" wrote, or the name of a scenario')
    .option('--seed <n>', 'the seed, with the name of a scenario', seedNumber)
    .addOption(reseedOption())
    .option('--until <time>', 'stop at this virtual time, such as 90s', positiveDuration)
    .option('--trace', 'show every event, one a line')
    .addOption(cryptoOption())
    .addOption(networkOption())
    .addOption(faultsOption())
    .addOption(mixOption())
    .addHelpText('after', examples)
    .action(act)
}

/** Flags that say which run is meant. */
const jobFlags = ['seed', 'reseed', 'crypto', 'network', 'faults', 'mix']

const examples = `
Examples:
  alys replay swarm --seed 123
  alys replay swarm --seed 123 --trace --until 45s
  alys replay swarm --seed 123 --network stack
  alys replay swarm --seed 123 --reseed 12.4s:77   # as before up to 12.4 s, then of another seed
  alys replay reports/sim/swarm-123.bundle.json`

async function act(what: string, flags: Flags, command: Command): Promise<void> {
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli'
  const bundle = what.endsWith('.json') ? await readBundle(what) : undefined
  const given = jobFlags.filter(isGiven).map((name) => `--${name}`)
  if (bundle !== undefined && given.length > 0) {
    throw new UsageError(`a bundle says itself which run it is: leave ${given.join(' and ')} out`)
  }
  const job = bundle === undefined ? await jobNamed(what, flags) : jobOf(bundle)
  const last = job.reseeds?.at(-1)
  if (flags.until !== undefined && last !== undefined && last.atMs > flags.until) {
    const late = `--until ${flags.until / 1_000}s comes before --reseed ${last.atMs / 1_000}s`
    throw new UsageError(`${late}: expected a time when all later seeds hold`)
  }
  const { replay } = await import('../sim/replay.ts')
  process.exitCode = await replay({
    job,
    untilMs: flags.until,
    isTrace: flags.trace === true,
    bundle,
    print: (line) => process.stdout.write(`${line}\n`),
  })
}

async function jobNamed(name: string, flags: Flags): Promise<Job> {
  const { seed, reseed: reseeds = [], faults: names, ...manner } = flags
  const found = await scenariosFor([name])
  const [scenario] = found
  if (scenario === undefined || found.length > 1) {
    const names = found.map((each) => each.name).join(', ')
    throw new UsageError(`"${name}" means several scenarios: ${names}`)
  }
  if (seed === undefined) throw new UsageError(`which seed of ${scenario.name}? Say --seed <n>`)
  const faults = await faultsFor(names)
  return jobOf({ ...manner, scenario: scenario.name, seed, reseeds, faults })
}

async function readBundle(file: string): Promise<Bundle> {
  const { parseBundle } = await import('../sim/bundle-schema.ts')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : ''}`)
  }
  const bundle = parseBundle(text)
  if (!bundle.ok) throw new UsageError(`${file} is not a bundle: ${bundle.fault}`)
  return bundle.value
}
