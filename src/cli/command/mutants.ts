/** `alys mutants`: plants known bugs, and says how often each is found. */
import { type Command, Option } from 'commander'
import type { Mutant, Tier } from '../../../test/mutants/mutant.ts'
import { wholeNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import type { Arm } from '../mutants/campaign.ts'
import { jobsOption } from './sim-options.ts'

interface Flags {
  readonly tier?: Tier
  readonly seeds: number
  readonly kills?: number
  readonly first?: true
  readonly jobs: number
  readonly arms: string
  readonly list?: true
  readonly out?: string
  readonly report?: true
}

const seedsMax = 1_000_000

export function register(program: Command): void {
  program
    .command('mutants')
    .summary('Plant known bugs, one at a time, and say how often each is found.')
    .description(
      'Plant known bugs, one at a time, in a copy of the sources, and let the simulator hunt for each with ' +
        'many seeds. Says which property found it in how many of them, and what that costs.',
    )
    .argument('[name...]', 'names or ids of bugs; all of them without any')
    .addOption(new Option('--tier <tier>', 'bugs of one tier').choices(['T1', 'T2']))
    .option('--seeds <k>', 'seeds for each bug', wholeNumber(1, seedsMax), 200)
    .addOption(
      new Option('--kills <k>', 'go on to the next bug after so many kills (default: none)')
        .argParser(wholeNumber(1, seedsMax))
        .conflicts('first'),
    )
    .option(
      '--first',
      'one kill is enough, and what has a reason to survive is left out unless named',
    )
    .addOption(jobsOption())
    .option('--arms <list>', 'who hunts: simulation, units, uniform', 'simulation')
    .option('--out <file>', 'write the findings to this file, .json, and as a page beside it, .md')
    .option('--report', 'as --out reports/mutants.json')
    .option('--list', 'name the bugs, and plant none')
    .addHelpText('after', examples)
    .action(act)
}

const examples = `
Examples:
  alys mutants quorum-one-short --seeds 50      one bug: how many of fifty seeds find it
  alys mutants --first                          all that are to be found, until each is found once
  alys mutants --kills 20 --arms simulation,units,uniform --report   everything, in about an hour`

async function act(names: readonly string[], flags: Flags): Promise<void> {
  const { mutants } = await import('../../../test/mutants/catalogue.ts')
  const { chooseMutants } = await import('../mutants/choose.ts')
  const chosen = chooseMutants(mutants, names, flags.tier)
  if (!chosen.ok) throw new UsageError(chosen.fault)
  if (flags.list === true) return list(chosen.value)
  const isHunted = ({ survives }: Mutant): boolean =>
    names.length > 0 || flags.first === undefined || survives === undefined
  const hunted = chosen.value.filter(isHunted)
  const { arms } = await import('../mutants/campaign.ts')
  const { seeds, kills: killsMax = Number.POSITIVE_INFINITY, first, jobs } = flags
  const hunters = armsOf(flags.arms, arms)
  const { runMutants } = await import('../mutants/run.ts')
  const out = outOf(flags)
  const command = `npx alys ${process.argv.slice(2).join(' ')}`
  const isFirst = first === true
  const options = { seeds, killsMax, isFirst, jobs, arms: hunters, out, command }
  process.exitCode = await runMutants(hunted, options)
}

function outOf({ out, report }: Flags): string | undefined {
  if (out === undefined) return report === true ? 'reports/mutants.json' : undefined
  if (out.endsWith('.json')) return out
  throw new UsageError(`--out names a file that ends with .json, not ${out}`)
}

function armsOf(list: string, known: readonly Arm[]): readonly Arm[] {
  return list.split(',').map((name) => {
    const arm = known.find((each) => each === name)
    if (arm !== undefined) return arm
    throw new UsageError(`there is no arm "${name}". There are: ${known.join(', ')}`)
  })
}

function list(mutants: readonly Mutant[]): void {
  for (const { id, tier, name, bug, scenario = 'swarm' } of mutants) {
    console.log(`${tier} ${id.padEnd(6)} ${name.padEnd(34)} ${scenario.padEnd(24)} ${bug}`)
  }
}
