/** `alys shrink`: makes a failing run as small as can be, and writes it as a scenario. */
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import type { Millis } from '../../base/units.ts'
import { positiveDuration, wholeNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import { requirePlaceFor } from '../place.ts'
import { addRunOptions, isFile, type RunFlags, runOf } from './run-of.ts'
import { jobsOption } from './sim-options.ts'

interface Flags extends RunFlags {
  readonly keep?: string
  readonly jobs: number
  readonly budget?: Millis
  readonly runsMax: number
  readonly out?: string
  readonly json?: true
}

const runsMaxUsual = 1_000
const runsMaxMax = 1_000_000
/** Where what was found is written, if it is of no bundle. */
const foundFolder = 'reports/found'

export function register(program: Command): void {
  const command = program
    .command('shrink')
    .summary('Make a failing run as small as can be, and write it as a scenario.')
    .description(
      'Make a failing run as small as can be, so that the same property is broken: less time, fewer faults, ' +
        'transfers and nodes, simpler times and facts, a plainer world. What is left is written as a scenario in ' +
        'TypeScript, and run from there. The result is the same with any number of jobs; a time budget, or Ctrl-C, ' +
        'leaves what was found by then. Exit code 1 says that it still breaks.',
    )
    .argument('<what>', 'a bundle that "alys sim --out" wrote, or a scenario: its name, or a file')
  addRunOptions(command)
    .option('--keep <property>', 'what must break; what the run breaks, if it is not said')
    .addOption(jobsOption())
    .option('--budget <time>', 'end then, with the smallest by then, such as 60s', positiveDuration)
    .option('--runs-max <n>', 'runs to try', wholeNumber(1, runsMaxMax), runsMaxUsual)
    .option(
      '--out <file>',
      `where the scenario is written (default: beside the bundle, or in ${foundFolder}, and printed)`,
    )
    .option('--json', 'write what it came to as one line of JSON, and all else to standard error')
    .addHelpText('after', examples)
    .action(act)
}

const examples = `
Examples:
  alys shrink swarm --seed 123
  alys shrink reports/sim/swarm-123.bundle.json --budget 60s
  alys shrink swarm --seed 123 --out scenarios/found/votes-after-crash.ts
  alys replay scenarios/found/votes-after-crash.ts --trace`

async function act(what: string, flags: Flags, command: Command): Promise<void> {
  const { out, keep, jobs, budget, runsMax, json } = flags
  if (out !== undefined && !/(^|\/)[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(out)) {
    throw new UsageError(`--out ${out}: expected a file such as found/votes-after-crash.ts`)
  }
  const { job, plan } = await runOf(what, flags, command)
  const folder = isFile(what) ? dirname(what) : foundFolder
  requirePlaceFor(out ?? join(folder, 'found.ts'))
  const { runShrink } = await import('../shrink/run.ts')
  process.exitCode = await runShrink({
    job,
    plan,
    keep,
    workersMax: jobs,
    runsMax,
    budgetMs: budget,
    out: out === undefined ? { folder } : { file: out },
    command: `alys ${process.argv.slice(2).join(' ')}`,
    print: (line) => (json === true ? process.stderr : process.stdout).write(`${line}\n`),
    ...(json === true ? { onResult: (result) => console.log(JSON.stringify(result)) } : {}),
  })
}
