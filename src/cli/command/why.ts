/** `alys why`: what led to a violation, or to anything else that happened in a run. */
import type { Command } from 'commander'
import { wholeNumber } from '../argument.ts'
import { exitOfOutcome } from '../sim/report.ts'
import { addRunOptions, type RunFlags } from './run-of.ts'
import { runArgument, traceOf } from './run-source.ts'

interface Flags extends RunFlags {
  readonly event?: number
  readonly depth: number
  readonly json?: true
}

const defaultDepth = 30
const depthMax = 100_000

export function register(program: Command): void {
  const command = program
    .command('why')
    .summary('Show what led to a violation: its causes, and what was known.')
    .description(
      'Run once more, and show why a property was violated: the causes, one of another, back to the first; what the ' +
        'machines concerned came to know before of the same slots, heights and blocks, and what of it did not reach ' +
        'them; and the faults that were in force. A cause is what put a message into a mailbox, set a timer, or sent ' +
        'bytes. What an actor remembered, or was told in words that name none of these things, is not shown.',
    )
    .argument('<what>', runArgument)
  addRunOptions(command)
    .option('--event <id>', 'ask about this record instead of the violation', recordId)
    .option('--depth <n>', 'lines of causes that are shown at most', linesCount, defaultDepth)
    .option('--json', 'one JSON object instead of text, with every cause')
    .addHelpText('after', examples)
    .action(act)
}

const recordId = wholeNumber(0, Number.MAX_SAFE_INTEGER)
const linesCount = wholeNumber(2, depthMax)

const examples = `
Examples:
  alys why swarm --seed 123
  alys why swarm --seed 123 --event 4711   # one of the records that were shown
  alys why reports/sim/swarm-123.bundle.json --depth 100`

async function act(what: string, flags: Flags, command: Command): Promise<void> {
  const { event, depth: causesMax, json } = flags
  const { trace } = await traceOf(what, flags, command)
  const { why } = await import('../trace/why.ts')
  const print = (line: string): void => void process.stdout.write(`${line}\n`)
  why({ trace, event, causesMax, isJson: json === true, print })
  process.exitCode = exitOfOutcome(trace.header.outcome)
}
