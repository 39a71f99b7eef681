/** `alys keys`: makes key files, and shows what of them is public. */
import type { Command } from 'commander'
import { toHex } from '../../base/bytes.ts'
import { valueOrEnd } from '../node/setup-fault.ts'

export function register(program: Command): void {
  const keys = program.command('keys').description('Make a key file, or show its public parts.')
  keys
    .command('new')
    .description('Write fresh keys into a new file that only its owner may read.')
    .requiredOption('--out <file>', 'a file that does not exist yet')
    .action(async ({ out }: { readonly out: string }) => {
      const { generateKeys, writeKeys } = await import('../../platform/keys.ts')
      valueOrEnd(writeKeys(out, generateKeys()))
      await show(out)
    })
  keys
    .command('show')
    .description('Show the public parts of a key file; secrets are never shown.')
    .argument('<file>')
    .action(show)
}

/** As TOML: the last three lines are the member's entry in a chain file. */
async function show(file: string): Promise<void> {
  const { readKeys } = await import('../../platform/keys.ts')
  const { publicIdentity } = await import('../node/identity.ts')
  const identity = await publicIdentity(valueOrEnd(readKeys(file)))
  console.log(`peer_id = "${identity.peerId}"`)
  console.log(`address = "${toHex(identity.address)}"`)
  console.log(`author_key = "${toHex(identity.authorKey)}"`)
  console.log(`vote_key = "${toHex(identity.voteKey)}"`)
  console.log(`possession = "${toHex(identity.possession)}"`)
}
