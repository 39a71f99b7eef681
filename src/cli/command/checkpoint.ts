/** `alys checkpoint`: what a node has kept to go on from, looked at or used while it is at rest. */
import { type Command, Option } from 'commander'
import type { VerificationLevel } from '../../protocol/checkpoint/checks.ts'
import { UsageError } from '../exit.ts'

interface DataFlags {
  readonly data?: string
}

const pathHelp = "a node's folder or configuration file"
const idHelp = 'the id, or as many of its first digits as tell it apart'
const levels: readonly VerificationLevel[] = ['checksum', 'certificate', 'full']

const footer = `
Levels of verification, each with what the one before asks:
  checksum     the bytes are those that were written, and of this chain
  certificate  its block is on the disk, and a genuine quorum committed it
  full         every block that it covers can be read and leads to it

Exit code 1 says that a checkpoint is not good. A running node answers the same by JSON-RPC:
alys_getCheckpoints, alys_createCheckpoint, alys_recoverFromCheckpoint.`

export function register(program: Command): void {
  const checkpoint = program
    .command('checkpoint')
    .summary('List, verify, export or recover from checkpoints.')
    .description(
      'Look at the checkpoints of a node, or use one. list, show, verify and export work on a copy, so ' +
        'the node may be running; create and recover need it to be stopped.',
    )
    .addHelpText('after', footer)
  registerLooking(checkpoint)
  registerVerify(checkpoint)
  registerChanging(checkpoint)
}

function onData(command: Command): Command {
  return command.option('--data <dir>', 'another data folder than that of the configuration')
}

function registerLooking(checkpoint: Command): void {
  onData(checkpoint.command('list'))
    .description('List them, the newest first.')
    .argument('<path>', pathHelp)
    .option('--json', 'one JSON array instead of a table')
    .action(async (path: string, flags: DataFlags & { json?: true }) => {
      const { listCheckpoints } = await import('../node/checkpoint/commands.ts')
      process.exitCode = await listCheckpoints({ path, data: flags.data }, flags.json === true)
    })
  onData(checkpoint.command('show'))
    .description('Show all that one says.')
    .argument('<path>', pathHelp)
    .argument('<id>', idHelp)
    .option('--json', 'one JSON object instead of text')
    .action(async (path: string, id: string, flags: DataFlags & { json?: true }) => {
      const { showCheckpoint } = await import('../node/checkpoint/commands.ts')
      process.exitCode = await showCheckpoint({ path, data: flags.data }, id, flags.json === true)
    })
  onData(checkpoint.command('export'))
    .description(
      'Write one into a file, which is written whole or not at all. It can be verified elsewhere, and ' +
        'tells a new node which block to trust.',
    )
    .argument('<path>', pathHelp)
    .argument('<id>', idHelp)
    .requiredOption('--out <file>', 'a file that does not exist yet')
    .option('--plain', 'not packed')
    .action(async (path: string, id: string, flags: ExportFlags) => {
      const { exportCheckpointTo } = await import('../node/checkpoint/commands.ts')
      const packing = flags.plain === true ? 'plain' : 'deflate'
      const out = { file: flags.out, packing } as const
      process.exitCode = await exportCheckpointTo({ path, data: flags.data }, id, out)
    })
}

interface ExportFlags extends DataFlags {
  readonly out: string
  readonly plain?: true
}

interface VerifyFlags extends DataFlags {
  readonly level: VerificationLevel
  readonly chain?: string
}

function registerVerify(checkpoint: Command): void {
  onData(checkpoint.command('verify'))
    .description('Look whether one of them, or each, is good; or whether an exported file is.')
    .argument('<path>', `${pathHelp}, or an exported file (.checkpoint)`)
    .argument('[id]', idHelp)
    .addOption(new Option('--level <level>', 'how closely to look').choices(levels).default('full'))
    .option('--chain <file>', 'the chain file, for an exported file; else the one beside it')
    .action(async (path: string, id: string | undefined, flags: VerifyFlags) => {
      const commands = await import('../node/checkpoint/commands.ts')
      if (!path.endsWith('.checkpoint')) {
        const where = { path, data: flags.data }
        process.exitCode = await commands.verifyCheckpoints(where, id, flags.level)
        return
      }
      const chain = flags.chain ?? commands.chainFileBeside(path)
      if (chain === undefined) throw new UsageError('expected --chain FILE with an exported file')
      process.exitCode = commands.verifyExported(path, chain)
    })
}

function registerChanging(checkpoint: Command): void {
  onData(checkpoint.command('create'))
    .description('Make one of the last committed block. The node must be stopped.')
    .argument('<path>', pathHelp)
    .action(async (path: string, { data }: DataFlags) => {
      const { createCheckpointIn } = await import('../node/checkpoint/commands.ts')
      process.exitCode = await createCheckpointIn({ path, data })
    })
  onData(checkpoint.command('recover'))
    .description(
      'Take a data folder back to a checkpoint that is wholly good, by dropping the committed blocks ' +
        'above it: for a disk that is damaged there, while other nodes still have them. The node must be ' +
        'stopped. A node that merely cannot read its newest blocks does without this: it falls back by ' +
        'itself.',
    )
    .argument('<path>', pathHelp)
    .argument('<id>', idHelp)
    .option('--yes', 'do it; without this it only says what it would do')
    .action(async (path: string, id: string, flags: DataFlags & { yes?: true }) => {
      const { recoverTo } = await import('../node/checkpoint/commands.ts')
      process.exitCode = await recoverTo({ path, data: flags.data }, id, flags.yes === true)
    })
}
