/** `alys devnet`: a federation of real processes on this machine. */
import type { Command } from 'commander'
import { addFederationOptions, type FederationFlags } from '../node/federation-options.ts'

interface Flags extends FederationFlags {
  readonly dir: string
  readonly fresh?: true
}

/** Often enough to see each block, and no more than a few times a second. */
const pollMsMin = 200

export function register(program: Command): void {
  const command = program
    .command('devnet')
    .summary('Run a local federation until it is interrupted.')
    .description(
      'Run a local federation, one process a member, until it is interrupted. Says how far each has ' +
        'come whenever that changes. A member that ends is not started again.',
    )
    .option('--dir <dir>', 'where its files are; it continues from them', '.devnet/federation')
    .option('--fresh', 'delete what is there, and begin a new chain')
  addFederationOptions(command).action(async (flags: Flags) => {
    const files = await import('../node/devnet-files.ts')
    const { runDevnet } = await import('../node/devnet.ts')
    const { dir } = flags
    if (flags.fresh === true) files.removeDevnet(dir)
    const { nodes, slotMs, accountFile } = await files.findOrMakeDevnet(dir, flags)
    const say = (line: string): void => console.log(line)
    const [first] = nodes
    say(`${nodes.length} nodes in ${dir}; an account with funds: ${accountFile}`)
    if (first !== undefined) {
      say(`try: alys send --rpc ${first.rpcUrl} --key ${accountFile} --to ADDRESS --amount 1`)
    }
    const pollMs = Math.max(pollMsMin, slotMs / 4)
    process.exitCode = await runDevnet({ nodes, pollMs, say })
  })
}
