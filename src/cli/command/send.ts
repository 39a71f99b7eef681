/** `alys send`: a transfer from an account whose key file is at hand, by way of any node. */
import { type Command, InvalidArgumentError } from 'commander'
import { fromHex, toHex } from '../../base/bytes.ts'
import { wholeNumber } from '../argument.ts'
import { valueOrEnd } from '../node/setup-fault.ts'

interface Flags {
  readonly rpc: string
  readonly key: string
  readonly to: Uint8Array
  readonly amount: bigint
  readonly fee?: bigint
  readonly nonce?: number
}

export function register(program: Command): void {
  program
    .command('send')
    .summary('Send a transfer.')
    .description('Sign a transfer and hand it to a node. Prints its hash, which is no promise yet.')
    .requiredOption('--rpc <url>', 'where a node answers, such as http://127.0.0.1:30401')
    .requiredOption('--key <file>', 'the key file of the account that pays')
    .requiredOption('--to <address>', 'who receives: 20 bytes in hexadecimal', address)
    .requiredOption('--amount <n>', 'how much, in the smallest unit', amount)
    .option('--fee <n>', 'what the author of the block gets (default: 0)', amount)
    .option(
      '--nonce <n>',
      'how many transfers of the account go before; needed while others still wait',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .action(async ({ rpc, key, to, amount, fee = 0n, nonce }: Flags) => {
      const { readKeys } = await import('../../platform/keys.ts')
      const { sendTransfer } = await import('../node/transfer.ts')
      const keys = valueOrEnd(readKeys(key))
      const sent = valueOrEnd(await sendTransfer({ url: rpc, keys, to, amount, fee, nonce }))
      console.log(sent.hash)
      console.error(`from ${toHex(sent.from)}, its transaction number ${sent.nonce}`)
    })
}

function address(text: string): Uint8Array {
  const bytes = fromHex(text)
  if (bytes?.length === 20) return bytes
  throw new InvalidArgumentError('Expected 20 bytes in hexadecimal.')
}

function amount(text: string): bigint {
  const value = /^\d{1,20}$/.test(text) ? BigInt(text) : -1n
  if (value >= 0n && value < 2n ** 64n) return value
  throw new InvalidArgumentError('Expected a whole number from 0 to 2^64 − 1.')
}
