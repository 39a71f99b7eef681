/** `alys trace`: writes down all that happens in a run, and what follows from what. */
import type { Command } from 'commander'
import type { Millis } from '../../base/units.ts'
import { positiveDuration, wholeNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import { exitOfOutcome } from '../sim/report.ts'
import { addRunOptions, type RunFlags } from './run-of.ts'
import { runArgument, traceOf } from './run-source.ts'

interface Flags extends RunFlags {
  readonly out: string
  readonly chrome?: true
  readonly from?: Millis
  readonly until?: Millis
  readonly eventsMax: number
}

const defaultEventsMax = 1_000_000

export function register(program: Command): void {
  const command = program
    .command('trace')
    .summary('Write down all that happens in a run, and what follows from what.')
    .description(
      'Run once more, and write a record of each turn of an actor, each event, message, loss, timer and fault, each with ' +
        'the record that it follows from. With --network stack a cause is what virtual time knows: of what promises ' +
        'do among themselves, the event of the simulator in which they did it.',
    )
    .argument('<what>', runArgument)
    .requiredOption('--out <file>', 'where to; by custom <name>.trace.json')
  addRunOptions(command)
    .option('--chrome', 'in the format of Chrome, for ui.perfetto.dev')
    .option('--from <time>', 'leave out what was before this virtual time', positiveDuration)
    .option('--until <time>', 'end the run at this virtual time', positiveDuration)
    .option('--events-max <n>', 'records that are written at most', recordsCount, defaultEventsMax)
    .addHelpText('after', examples)
    .action(act)
}

const recordsCount = wholeNumber(1, 100_000_000)

const examples = `
Examples:
  alys trace swarm --seed 123 --out swarm.trace.json
  alys trace swarm --seed 123 --chrome --from 40s --until 50s --out swarm.json
  alys trace swarm.trace.json --chrome --out swarm.json   # what was written, in the other format`

async function act(what: string, flags: Flags, command: Command): Promise<void> {
  const { from: fromMs = 0, until, out: file, chrome, eventsMax: recordsMax } = flags
  if (until !== undefined && fromMs >= until) {
    throw new UsageError(`--from ${fromMs / 1_000}s is not before --until ${until / 1_000}s`)
  }
  const { trace, job } = await traceOf(what, flags, command, until)
  if (until !== undefined && job === undefined) {
    throw new UsageError(`--until ends a run, and ${what} is of one that is over: leave it out`)
  }
  const { writeTrace } = await import('../trace/write-trace.ts')
  const print = (line: string): void => void process.stdout.write(`${line}\n`)
  writeTrace({ trace, file, isChrome: chrome === true, fromMs, recordsMax, print })
  process.exitCode = exitOfOutcome(trace.header.outcome)
}
