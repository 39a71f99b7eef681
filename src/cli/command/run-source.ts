/** Where a command gets the trace of a run from: a file that has it, or the run itself, told again. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { Command } from 'commander'
import type { Trace } from '../../../sim/trace/record.ts'
import type { Millis } from '../../base/units.ts'
import { seedNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import type { Job } from '../sim/job.ts'
import { type RunFlags, runOf, type Saying, saidFlags } from './run-of.ts'
import {
  cryptoOption,
  faultsOption,
  mixOption,
  networkOption,
  reseedOption,
} from './sim-options.ts'

/** How help names what {@link traceOf} understands. */
export const runArgument =
  'a bundle that "alys sim --out" wrote, a file that "alys trace" wrote, or a scenario: its name, or a file'

/** Adds the options that go with a scenario. */
export function addRunOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'the seed, with the name of a scenario', seedNumber)
    .addOption(reseedOption())
    .addOption(cryptoOption())
    .addOption(networkOption())
    .addOption(faultsOption())
    .addOption(mixOption())
}

/** A trace, and what it is of. */
export interface Source {
  readonly trace: Trace
  /** What was run; undefined if the trace is of a file. */
  readonly job: Job | undefined
  /** Whether nothing but the job says what the run is: a bundle has more of it. */
  readonly isByJob: boolean
}

/** Whether a bundle or a trace is meant, and not a scenario. */
export function isFile(what: string): boolean {
  return what.endsWith('.json')
}

/** The trace that is meant. Says on the standard error stream if it is not the run of its bundle. */
export async function traceOf(
  what: string,
  flags: RunFlags,
  command: Saying,
  untilMs?: Millis,
): Promise<Source> {
  if (isTrace(what))
    return { trace: await traceIn(what, saidFlags(command)), job: undefined, isByJob: false }
  const { job, bundle } = await runOf(what, flags, command)
  const { runTraced } = await import('../trace/traced-run.ts')
  const { toldByBundle } = await import('../sim/told.ts')
  const { trace } = await runTraced({ job, untilMs, told: toldByBundle(bundle) })
  const { digest } = trace.header
  if (bundle !== undefined && untilMs === undefined && digest !== bundle.digest) {
    process.stderr.write(
      `This is not the run of the bundle: its digest is ${digest}, and was ${bundle.digest}. ` +
        '"alys replay" says more.\n',
    )
  }
  return { trace, job, isByJob: bundle === undefined }
}

/** Bytes in which a file has said what it is. */
const formatWithin = 200

/** Whether a file says that it is a trace. One that cannot be read says nothing. */
function isTrace(what: string): boolean {
  if (!isFile(what)) return false
  const head = Buffer.alloc(formatWithin)
  try {
    const file = openSync(what, 'r')
    try {
      readSync(file, head)
    } finally {
      closeSync(file)
    }
  } catch {
    return false
  }
  return head.toString('latin1').includes('"alys-trace"')
}

/** The trace in a file; a usage error if it is damaged, or if flags are said besides. */
async function traceIn(file: string, said: readonly string[]): Promise<Trace> {
  if (said.length > 0) {
    const names = said.map((name) => `--${name}`).join(' and ')
    throw new UsageError(`a trace says itself which run it is of: leave ${names} out`)
  }
  const { decodeTrace } = await import('../../../sim/trace/file.ts')
  const trace = decodeTrace(readFileSync(file, 'utf8'))
  if (!trace.ok) throw new UsageError(`${file} is not a trace: ${trace.fault}`)
  return trace.value
}
