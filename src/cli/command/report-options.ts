/** Options of the commands that make one report of many runs, and what they ask for. */
import { type Command, Option } from 'commander'
import { wholeNumber } from '../argument.ts'
import { type Reporter, type ReportSettings, reporters } from '../sim/report-settings.ts'

export interface ReportFlags {
  readonly minSeeds?: number
  readonly requireGoals?: true
  readonly reporter: Reporter
  /** Each command says itself what is written there. */
  readonly out?: string
}

/** Adds the options of these flags, but for `--out`. */
export function addReportOptions(command: Command): Command {
  return command
    .option('--min-seeds <k>', 'seeds of each scenario that must have run', wholeNumber(1, 1e9))
    .option('--require-goals', 'end with code 2 if there is a goal that no run reached')
    .addOption(
      new Option('--reporter <name>', 'what is written to standard output')
        .choices(reporters)
        .default('default'),
    )
}

export function reportSettings(flags: ReportFlags): ReportSettings {
  const { minSeeds: seedsMin, requireGoals, reporter, out } = flags
  return { seedsMin, mustReachGoals: requireGoals === true, reporter, out }
}
