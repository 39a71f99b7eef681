/** `alys replay`: repeats one run exactly, and shows what led to its end. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Reseed } from '../../../sim/simulation.ts'
import { type Place, placeInRun, seedNumber } from '../argument.ts'
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
  readonly until?: Place
  readonly break?: Place | true
  readonly trace?: true
  readonly states?: true
  readonly json?: true
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
        'A bundle says which run, and which faults strike; the result is compared with it. If the sources have changed ' +
        'since, it may be another, and where it parted is shown; if they are the same, exit code 3 says that it is.',
    )
    .argument('<what>', 'a bundle that "alys sim --out" wrote, or the name of a scenario')
    .option('--seed <n>', 'the seed, with the name of a scenario', seedNumber)
    .addOption(reseedOption())
    .option('--until <place>', 'stop at a virtual time, or before an event, as #1234', placeInRun)
    .option('--trace', 'show every event, one a line')
    .option('--states', 'show the nodes at the end, whatever it is, and not only at a violation')
    .option(
      '--break [place]',
      'under a debugger, stop before each event; from a virtual time or an event on, if it is said',
      placeInRun,
    )
    .option('--json', 'one JSON object instead of text')
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
  alys replay swarm --seed 123 --until '#4711' --states   # the nodes before one of its events
  alys replay swarm --seed 123 --network stack
  alys replay swarm --seed 123 --reseed 12.4s:77   # as before up to 12.4 s, then of another seed
  alys replay reports/sim/swarm-123.bundle.json
  node --inspect-brk src/cli/alys.mjs replay swarm --seed 123 --break 12.4s`

async function act(what: string, flags: Flags, command: Command): Promise<void> {
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli'
  const bundle = what.endsWith('.json') ? await readBundle(what) : undefined
  const given = jobFlags.filter(isGiven).map((name) => `--${name}`)
  if (bundle !== undefined && given.length > 0) {
    throw new UsageError(`a bundle says itself which run it is: leave ${given.join(' and ')} out`)
  }
  const job = bundle === undefined ? await jobNamed(what, flags) : jobOf(bundle)
  const last = job.reseeds?.at(-1)
  const { until } = flags
  if (until !== undefined && 'ms' in until && last !== undefined && last.atMs > until.ms) {
    const late = `--until ${until.ms / 1_000}s comes before --reseed ${last.atMs / 1_000}s`
    throw new UsageError(`${late}: expected a time when all later seeds hold`)
  }
  if (flags.break !== undefined) {
    const { awaitDebugger } = await import('../sim/stepper.ts')
    awaitDebugger()
  }
  const { replay } = await import('../sim/replay.ts')
  process.exitCode = await replay({
    job,
    until,
    breakFrom: flags.break === true ? { event: 0 } : flags.break,
    isTrace: flags.trace === true,
    hasStates: flags.states === true,
    isJson: flags.json === true,
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
