/** `alys likelihood`: says when a failing run was bound to fail. */
import { type Command, Option } from 'commander'
import { seedNumber, wholeNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import { requirePlaceFor } from '../place.ts'
import { type RunFlags, runOf } from './run-of.ts'
import { cryptoOption, jobsOption, mixOption, networkOption, reseedOption } from './sim-options.ts'

interface Flags extends Omit<RunFlags, 'faults'> {
  readonly points: number
  readonly tries: number
  readonly faults: 'fresh' | 'same'
  readonly jobs: number
  readonly json?: true
  readonly out?: string
}

const pointsMax = 1_000
const triesMax = 100_000

export function register(program: Command): void {
  program
    .command('likelihood')
    .summary('Say when a failing run was bound to fail.')
    .description(
      'Say when a failing run was bound to fail. It is repeated up to a point in virtual time, and goes on from there ' +
        'by another chance, again and again; the share that breaks the same property is held against the point. ' +
        'Where the share rises most, more points are looked at. Ctrl-C shows what there is by then.\n\n' +
        'With --faults fresh, the faults that come after a point are drawn anew, as all chance is: how likely is it that ' +
        'anything goes wrong from here? With --faults same they are those of the run, and there are none after its end: ' +
        'how likely is it, given these faults? A bundle whose seed alone does not fail any more has them the same.',
    )
    .argument('<what>', 'a bundle that "alys sim --out" wrote, or a scenario: its name, or a file')
    .option('--seed <n>', 'the seed, with a scenario', seedNumber)
    .addOption(reseedOption())
    .addOption(cryptoOption())
    .addOption(networkOption())
    .addOption(mixOption())
    .option(
      '--points <n>',
      'points in time, evenly, both ends included',
      wholeNumber(2, pointsMax),
      20,
    )
    .option('--tries <n>', 'runs from each point', wholeNumber(1, triesMax), 30)
    .addOption(
      new Option('--faults <which>', 'faults after a point: drawn anew, or those of the run')
        .choices(['fresh', 'same'])
        .default('fresh'),
    )
    .addOption(jobsOption())
    .option('--json', 'one JSON object instead of text')
    .option('--out <file>', 'write it to this file as well: a page, .md, or an object, .json')
    .addHelpText('after', examples)
    .action(act)
}

const examples = `
Examples:
  alys likelihood swarm --seed 123
  alys likelihood swarm --seed 123 --faults same --tries 100
  alys likelihood reports/sim/swarm-123.bundle.json --out reports/likelihood.md`

async function act(what: string, flags: Flags, command: Command): Promise<void> {
  const { points, tries, faults, jobs, json, out, ...named } = flags
  if (out !== undefined && !/\.(md|json)$/.test(out)) {
    throw new UsageError(`--out ${out}: expected a file that ends in .md or .json`)
  }
  // The flag of that name says something else here.
  const getOptionValueSource = (name: string): string | undefined =>
    name === 'faults' ? undefined : command.getOptionValueSource(name)
  const { job, plan } = await runOf(what, named, { getOptionValueSource })
  if (out !== undefined) requirePlaceFor(out)
  const { runLikelihood } = await import('../likelihood/run.ts')
  process.exitCode = await runLikelihood({
    ...{ job, plan, points, tries, faults, out },
    workersMax: jobs,
    isJson: json === true,
    command: `alys ${process.argv.slice(2).join(' ')}`,
    print: (line) => process.stdout.write(`${line}\n`),
  })
}
