/** `alys node`: one real node in this process, until it is told to stop. */
import { type Command, Option } from 'commander'
import { UsageError } from '../exit.ts'
import type { PresetName } from '../node/presets.ts'

interface Flags {
  readonly config?: string
  readonly preset?: PresetName
  readonly data?: string
}

/** The names are stated here again, so that help does not load the network. */
const presets: readonly PresetName[] = ['dev', 'local', 'testnet', 'mainnet']

export function register(program: Command): void {
  program
    .command('node')
    .description('Run a node until it is interrupted. Log lines go to standard output.')
    .option('--config <file>', 'its configuration; "alys init" writes one')
    .addOption(new Option('--preset <name>', 'a ready-made configuration instead').choices(presets))
    .option('--data <dir>', 'the data folder, or with --preset the folder to keep everything in')
    .action(async (flags: Flags) => {
      // Loaded only now: the network and the database are large.
      const { runConfig, runPreset } = await import('../node/run-config.ts')
      const { config, preset, data } = flags
      if ((config === undefined) === (preset === undefined)) {
        throw new UsageError('expected either --config FILE or --preset NAME')
      }
      if (config !== undefined) process.exitCode = await runConfig(config, data)
      else if (preset !== undefined) process.exitCode = await runPreset(preset, data)
      // All is closed; but libp2p leaves timers behind, which would hold the process for a second.
      process.exit()
    })
}
