/** What `alys init` and `alys devnet` both understand. Light: help loads it. */
import { type Command, InvalidArgumentError } from 'commander'
import { wholeNumber } from '../argument.ts'

export interface FederationFlags {
  readonly nodes: number
  readonly slotMs: number
  readonly basePort: number
}

const nodesMax = 64
/** A member takes two ports. */
const basePortMax = 65_536 - 2 * nodesMax
const slotMsMax = 3_600_000

/** Adds the options, and gives the command back. */
export function addFederationOptions(command: Command): Command {
  return command
    .option('--nodes <n>', 'how many members', wholeNumber(1, nodesMax), 3)
    .option('--slot-ms <ms>', 'length of a slot, a multiple of 4', slotLength, 2_000)
    .option(
      '--base-port <port>',
      'the first port; each member takes two',
      wholeNumber(1_024, basePortMax),
      30_400,
    )
}

function slotLength(text: string): number {
  const value = wholeNumber(100, slotMsMax)(text)
  if (value % 4 === 0) return value
  throw new InvalidArgumentError('Expected a multiple of 4: deadlines are quarters of a slot.')
}
