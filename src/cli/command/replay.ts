/** `alys replay`: repeats one run exactly, and shows what led to its end. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Millis } from '../../base/units.ts'
import { positiveDuration, seedNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import type { Bundle } from '../sim/bundle.ts'
import type { Crypto, Job, NetworkKind } from '../sim/plan.ts'
import { cryptoOption, networkOption, scenariosFor } from './sim.ts'

interface Flags {
  readonly seed?: number
  readonly until?: Millis
  readonly trace?: true
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
    .option('--until <time>', 'stop at this virtual time, such as 90s', positiveDuration)
    .option('--trace', 'show every event, one a line')
    .addOption(cryptoOption())
    .addOption(networkOption())
    .addHelpText('after', examples)
    .action(act)
}

const examples = `
Examples:
  alys replay swarm --seed 123
  alys replay swarm --seed 123 --trace --until 45s
  alys replay swarm --seed 123 --network stack
  alys replay reports/sim/swarm-123.bundle.json`

async function act(what: string, flags: Flags, command: Command): Promise<void> {
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli'
  const bundle = what.endsWith('.json') ? await readBundle(what) : undefined
  if (bundle !== undefined && ['seed', 'crypto', 'network'].some(isGiven)) {
    throw new UsageError(
      'a bundle says its seed, signatures and network itself: leave --seed, --crypto and --network out',
    )
  }
  const job = bundle ?? (await jobOf(what, flags))
  const { replay } = await import('../sim/replay.ts')
  const { scenario, seed, crypto, network } = job
  process.exitCode = await replay({
    job: { scenario, seed, crypto, network },
    untilMs: flags.until,
    isTrace: flags.trace === true,
    bundle,
    print: (line) => process.stdout.write(`${line}\n`),
  })
}

async function jobOf(name: string, { seed, crypto, network }: Flags): Promise<Job> {
  const found = await scenariosFor([name])
  const [scenario] = found
  if (scenario === undefined || found.length > 1) {
    const names = found.map((each) => each.name).join(', ')
    throw new UsageError(`"${name}" means several scenarios: ${names}`)
  }
  if (seed === undefined) throw new UsageError(`which seed of ${scenario.name}? Say --seed <n>`)
  return { scenario: scenario.name, seed, crypto, network }
}

async function readBundle(file: string): Promise<Bundle> {
  const { parseBundle } = await import('../sim/bundle.ts')
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
