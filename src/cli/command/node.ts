/** `alys node`: one real node in this process, until it is told to stop. */
import { type Command, Option } from 'commander'
import type { TrustedPlace } from '../../protocol/chain.ts'
import { placeOf } from '../argument.ts'
import { UsageError } from '../exit.ts'
import type { PresetName } from '../node/presets.ts'

interface Flags {
  readonly config?: string
  readonly preset?: PresetName
  readonly data?: string
  readonly trustedCheckpoint?: TrustedPlace
}

const presets: readonly PresetName[] = ['dev', 'local', 'testnet', 'mainnet']

const examples = `
Presets:
  dev      a chain of one member that is gone when the node ends
  local    a chain of one member that continues from its folder
  testnet  what a node of a test network needs is listed, until it is there
  mainnet  the same for the main network

Examples:
  alys node --preset dev
  alys node --config .devnet/federation/node0/config.toml`

export function register(program: Command): void {
  program
    .command('node')
    .summary('Run a node until it is interrupted.')
    .description(
      'Run a node until it is interrupted. Log lines go to standard output, one JSON object each. ' +
        'A second interrupt ends it at once. Exit code 1 says that the node gave up by itself.',
    )
    .option('--config <file>', 'its configuration; "alys init" writes one')
    .addOption(new Option('--preset <name>', 'a ready-made configuration instead').choices(presets))
    .option('--data <dir>', 'the data folder, or with --preset the folder to keep everything in')
    .option(
      '--trusted-checkpoint <height:hash>',
      'a block from a source that you trust: any history without it is refused',
      placeOf,
    )
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      // Loaded only now: the network and the database are large.
      const { runConfig, runPreset } = await import('../node/run-config.ts')
      const { config, preset, data, trustedCheckpoint } = flags
      if ((config === undefined) === (preset === undefined)) {
        throw new UsageError('expected either --config FILE or --preset NAME')
      }
      if (preset !== undefined && trustedCheckpoint !== undefined) {
        throw new UsageError('expected --trusted-checkpoint with --config, as a preset has its own')
      }
      if (config !== undefined) {
        process.exitCode = await runConfig(config, data, trustedCheckpoint)
      } else if (preset !== undefined) process.exitCode = await runPreset(preset, data)
      // All is closed; but libp2p leaves timers behind, which would hold the process for a second.
      process.exit()
    })
}
