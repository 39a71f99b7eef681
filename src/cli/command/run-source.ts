/** Where a command gets the trace of a run from: a file that has it, or the run itself, told again. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { Trace } from '../../../sim/trace/record.ts'
import type { Millis } from '../../base/units.ts'
import { UsageError } from '../exit.ts'
import type { Job } from '../sim/job.ts'
import { isFile, type RunFlags, refuseRunFlags, runOf, type Saying } from './run-of.ts'

/** How help names what {@link traceOf} understands. */
export const runArgument =
  'a bundle that "alys sim --out" wrote, a file that "alys trace" wrote, or a scenario: its name, or a file'

/** A trace, and what it is of. */
export interface Source {
  readonly trace: Trace
  /** What was run; undefined if the trace is of a file. */
  readonly job: Job | undefined
  /** Whether nothing but the job says what the run is: a bundle has more of it. */
  readonly isByJob: boolean
}

/** The trace that is meant. Says on the standard error stream if it is not the run of its bundle. */
export async function traceOf(
  what: string,
  flags: RunFlags,
  command: Saying,
  untilMs?: Millis,
): Promise<Source> {
  if (isTrace(what)) {
    refuseRunFlags(command, 'a trace says itself which run it is of')
    return { trace: await traceIn(what), job: undefined, isByJob: false }
  }
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

/** The trace in a file; a usage error if it is damaged. */
async function traceIn(file: string): Promise<Trace> {
  const { decodeTrace } = await import('../../../sim/trace/file.ts')
  const trace = decodeTrace(readFileSync(file, 'utf8'))
  if (!trace.ok) throw new UsageError(`${file} is not a trace: ${trace.fault}`)
  return trace.value
}
