/** `alys diff`: where two runs part, and how each came to it. */
import type { Command } from 'commander'
import { wholeNumber } from '../argument.ts'
import { exitCode, UsageError } from '../exit.ts'
import { keyOf } from '../sim/job.ts'
import { addRunOptions, isFile, type RunFlags, refuseRunFlags, type Saying } from './run-of.ts'
import { runArgument, type Source, traceOf } from './run-source.ts'

interface Flags extends RunFlags {
  readonly depth: number
  readonly json?: true
}

const defaultDepth = 12

export function register(program: Command): void {
  const command = program
    .command('diff')
    .summary('Show where two runs part, and how each came to it.')
    .description(
      'Show where two runs part: the last record that they have in common, what each did then, and the causes of both, ' +
        'back to the first. Exit code 1 says that they differ, 3 that they do although they are the same run.',
    )
    .argument('<a>', `${runArgument}, or scenario:seed`)
    .argument(
      '[b]',
      'the same; if it is left out, the first once more, with --reseed if that is said',
    )
  addRunOptions(command)
    .option('--depth <n>', 'lines of causes that are shown at most, of each', lines, defaultDepth)
    .option('--json', 'one JSON object instead of text, with every cause')
    .addHelpText('after', examples)
    .action(act)
}

const lines = wholeNumber(2, 100_000)

const examples = `
Examples:
  alys diff swarm:5 swarm:6
  alys diff swarm:5 --reseed 12.4s:77        # what becomes of it if chance goes on as of another seed
  alys diff swarm:5 old/swarm-5.bundle.json  # --reseed and --seed are about the scenario
  alys diff before.trace.json after.trace.json`

async function act(
  a: string,
  b: string | undefined,
  flags: Flags,
  command: Command,
): Promise<void> {
  if (isFile(a) && (b === undefined || isFile(b))) {
    refuseRunFlags(command, 'files say themselves which runs they are of')
  }
  const { reseed: _, ...plain } = flags
  const first = await sourceOf(a, b === undefined || !isFile(b) ? plain : flags)
  const second = await sourceOf(b ?? a, flags)
  const { diff } = await import('../trace/diff.ts')
  const isDifferent = diff({
    ...{ first: first.trace, second: second.trace, causesMax: flags.depth },
    ...{ isJson: flags.json === true, print: (line) => void process.stdout.write(`${line}\n`) },
  })
  if (!isDifferent) process.exitCode = exitCode.held
  else process.exitCode = areOneRun(first, second) ? exitCode.nondeterministic : exitCode.violated
}

/** That flags were said is no fault: they are about the other side. */
const silent: Saying = { getOptionValueSource: () => undefined }

/** The trace of a file, or of a scenario, whose seed may be said with its name. */
async function sourceOf(what: string, flags: RunFlags): Promise<Source> {
  if (isFile(what) || !what.includes(':')) return await traceOf(what, flags, silent)
  const [, name = '', digits = ''] = /^([^:]+):(\d{1,16})$/.exec(what) ?? []
  const seed = Number(digits)
  if (digits === '' || !Number.isSafeInteger(seed)) {
    throw new UsageError(`"${what}": expected a scenario and a seed, such as swarm:5`)
  }
  return await traceOf(name, { ...flags, seed }, silent)
}

/** Both were run now, from the same, and from nothing else. */
function areOneRun(first: Source, second: Source): boolean {
  if (!first.isByJob || !second.isByJob) return false
  return (
    first.job !== undefined && second.job !== undefined && keyOf(first.job) === keyOf(second.job)
  )
}
