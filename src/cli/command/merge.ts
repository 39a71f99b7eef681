/** `alys merge`: results of several machines, or of shards, as one report. */
import { type Command, Option } from 'commander'
import { wholeNumber } from '../argument.ts'
import { type Reporter, reporters } from '../sim/reporter/reporter.ts'

interface Flags {
  readonly mixed?: true
  readonly minSeeds?: number
  readonly requireGoals?: true
  readonly reporter: Reporter
  readonly out?: string
}

export function register(program: Command): void {
  program
    .command('merge')
    .summary('Put the results of several machines together.')
    .description(
      'Put the results of several machines, or of shards, together into one report.\n\n' +
        'A run that is there twice counts once. If it came out in two ways the exit code is 3. If a shard is missing, or ' +
        'one did not come to its end, it is said, and the exit code is 2 unless something did not hold.',
    )
    .argument(
      '<path...>',
      'folders of "alys sim --out", folders of such folders, or files of "--reporter json"',
    )
    .option('--mixed', 'take results of different commits too, each a run of its own')
    .option('--min-seeds <k>', 'seeds of each scenario that must have run', wholeNumber(1, 1e9))
    .option('--require-goals', 'end with code 2 if there is a goal that no run reached')
    .addOption(
      new Option('--reporter <name>', 'what is written to standard output')
        .choices(reporters)
        .default('default'),
    )
    .option(
      '--out <folder>',
      'write report.json, report.html, junit.xml and the bundles that are there',
    )
    .addHelpText('after', examples)
    .action(act)
}

const examples = `
Examples:
  alys merge shards                        all results in the folders in there
  alys merge night-1 night-2 --out night   of two sweeps, with the reports in a folder
  alys merge *.ndjson --reporter junit     of files of "alys sim --reporter json"`

async function act(paths: readonly string[], flags: Flags): Promise<void> {
  const { merge } = await import('../merge/merge.ts')
  const { mixed, minSeeds, requireGoals, reporter, out } = flags
  process.exitCode = await merge(paths, {
    isMixed: mixed === true,
    seedsMin: minSeeds,
    mustReachGoals: requireGoals === true,
    reporter,
    out,
  })
}
