/** `alys view`: a run as one page to look at, in any browser, without a server. */
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Trace, ViolationRecord } from '../../../sim/trace/record.ts'
import type { Millis } from '../../base/units.ts'
import { positiveDuration } from '../argument.ts'
import { exitCode, UsageError } from '../exit.ts'
import { addRunOptions, isFile, type RunFlags } from './run-of.ts'
import { runArgument, traceOf } from './run-source.ts'

interface Flags extends RunFlags {
  readonly until?: Millis
  readonly out?: string
}

export function register(program: Command): void {
  const command = program
    .command('view')
    .summary('Write one run as a page to look at.')
    .description(
      'Write one run as a page: what happened on each node and why, messages, faults, blocks, heights. ' +
        'The page is one file that needs nothing else: no server, no network, any current browser.',
    )
    .argument('<what>', runArgument)
  addRunOptions(command)
    .option('--until <time>', 'end the run at this virtual time, such as 90s', positiveDuration)
    .option('--out <file>', 'where to write the page (default: named after the run)')
    .addHelpText('after', examples)
    .action(act)
}

const examples = `
Examples:
  alys view swarm --seed 123
  alys view swarm --seed 123 --until 45s --out swarm.html
  alys view reports/sim/swarm-123.bundle.json
  alys view swarm.trace.json

In the page, press ? for what keys do.`

async function act(what: string, flags: Flags, command: Command): Promise<void> {
  const { trace, job } = await traceOf(what, flags, command, flags.until)
  if (flags.until !== undefined && job === undefined) {
    throw new UsageError(`--until ends a run, and ${what} is of one that is over: leave it out`)
  }
  const { pageOf } = await import('../view/page.ts')
  const { violationIn } = await import('../../../sim/trace/record.ts')
  const file = flags.out ?? fileFor(what, trace)
  try {
    writeFileSync(file, pageOf(trace))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--out ${file} cannot be written: ${why}`)
  }
  for (const line of linesOf(trace, violationIn(trace))) process.stdout.write(`${line}\n`)
  process.stdout.write(`Its page is ${file}: open it in a browser.\n`)
  process.exitCode = exitCode.held
}

/** Beside a file, or in this folder. */
function fileFor(what: string, { header }: Trace): string {
  if (isFile(what)) return what.replace(/(?:\.bundle|\.trace)?\.json$/, '.view.html')
  return `${header.scenario}-${header.seed}.view.html`.replace(/[^\w.-]+/g, '-')
}

/** What came of the run, and what of it is not in the page. */
function linesOf(
  { header, records }: Trace,
  violation: ViolationRecord | undefined,
): readonly string[] {
  const { scenario, seed, outcome, recordsInAll } = header
  const where =
    violation === undefined ? '' : ` at ${violation.atUs / 1e6} s: ${violation.property}`
  const left = recordsInAll - records.length
  return [
    `${scenario} seed ${seed}: ${outcome}${where}`,
    ...(left === 0 ? [] : [`Too much happened for one page: ${left} records are left out.`]),
  ]
}
