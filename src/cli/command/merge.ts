/** `alys merge`: results of several machines, or of shards, as one report. */
import type { Command } from 'commander'
import { addReportOptions, type ReportFlags, reportSettings } from './report-options.ts'

interface Flags extends ReportFlags {
  readonly mixed?: true
}

export function register(program: Command): void {
  const command = program
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
  addReportOptions(command)
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
  process.exitCode = await merge(paths, {
    ...reportSettings(flags),
    isMixed: flags.mixed === true,
  })
}
