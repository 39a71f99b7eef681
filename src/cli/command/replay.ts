/** `alys replay`: repeats one run exactly, and shows what led to its end. */
import type { Command } from 'commander'
import { type Place, placeInRun } from '../argument.ts'
import { UsageError } from '../exit.ts'
import { addRunOptions, type RunFlags, runOf } from './run-of.ts'

interface Flags extends RunFlags {
  readonly until?: Place
  readonly break?: Place | true
  readonly trace?: true
  readonly states?: true
  readonly json?: true
}

export function register(program: Command): void {
  const command = program
    .command('replay')
    .summary('Repeat one run exactly, and show what led to its end.')
    .description(
      'Repeat one run exactly, in this process, and show the last events before its violation. ' +
        'A bundle says which run, and which faults strike; the result is compared with it. If the sources have changed ' +
        'since, it may be another, and where it parted is shown; if they are the same, exit code 3 says that it is.',
    )
    .argument('<what>', 'a bundle that "alys sim --out" wrote, or a scenario: its name, or a file')
  addRunOptions(command)
    .option('--until <place>', 'stop at a virtual time, or before an event, as #1234', placeInRun)
    .option('--trace', 'show every event, one a line')
    .option('--states', 'show the nodes at the end, whatever it is, and not only at a violation')
    .option(
      '--break [place]',
      'under a debugger, stop before each event; from a virtual time or an event on, if it is said',
      placeInRun,
    )
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', examples)
    .action(act)
}

const examples = `
Examples:
  alys replay swarm --seed 123
  alys replay swarm --seed 123 --trace --until 45s
  alys replay swarm --seed 123 --until '#4711' --states   # the nodes before one of its events
  alys replay swarm --seed 123 --network stack
  alys replay swarm --seed 123 --reseed 12.4s:77   # as before up to 12.4 s, then of another seed
  alys replay reports/sim/swarm-123.bundle.json
  node --inspect-brk src/cli/alys.mjs replay swarm --seed 123 --break 12.4s`

async function act(what: string, flags: Flags, command: Command): Promise<void> {
  const { job, bundle } = await runOf(what, flags, command)
  const last = job.reseeds?.at(-1)
  const { until } = flags
  if (until !== undefined && 'ms' in until && last !== undefined && last.atMs > until.ms) {
    const late = `--until ${until.ms / 1_000}s comes before --reseed ${last.atMs / 1_000}s`
    throw new UsageError(`${late}: expected a time when all later seeds hold`)
  }
  if (flags.break !== undefined) {
    const { awaitDebugger } = await import('../sim/stepper.ts')
    awaitDebugger()
  }
  const { replay } = await import('../sim/replay.ts')
  process.exitCode = await replay({
    job,
    until,
    breakFrom: flags.break === true ? { event: 0 } : flags.break,
    isTrace: flags.trace === true,
    hasStates: flags.states === true,
    isJson: flags.json === true,
    bundle,
    print: (line) => process.stdout.write(`${line}\n`),
  })
}
