/** `alys init`: the files of a federation on this machine. */
import type { Command } from 'commander'
import { addFederationOptions, type FederationFlags } from '../node/federation-options.ts'

export function register(program: Command): void {
  const command = program
    .command('init')
    .summary('Write the files of a local federation.')
    .description(
      'Write the files of a federation on this machine: the chain file, and for each member a ' +
        'configuration and keys. Nothing is overwritten.',
    )
    .requiredOption('--dir <dir>', 'a folder that is empty or does not exist')
  addFederationOptions(command).action(async (flags: FederationFlags & { dir: string }) => {
    const { makeFederation } = await import('../node/devnet-files.ts')
    const { chainFile, configFiles, accountFile } = await makeFederation(flags.dir, flags)
    console.log(`chain     ${chainFile}`)
    for (const file of configFiles) console.log(`node      alys node --config ${file}`)
    console.log(`account   ${accountFile} holds the whole supply`)
    console.log(`together  alys devnet --dir ${flags.dir}`)
  })
}
