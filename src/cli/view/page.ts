/** A page of the viewer with a run in it: the built page, and the trace in the place that it has for one. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chainNames } from '../../../sim/cluster/chain-names.ts'
import { encodeTrace } from '../../../sim/trace/file.ts'
import { type Trace, violationIn } from '../../../sim/trace/record.ts'
import { sliceOf } from '../../../sim/trace/slice.ts'

const place = '<script type="application/octet-stream" id="run-data"></script>'

/** The page of a trace. It needs nothing else, and asks for nothing. */
export function pageOf(trace: Trace): string {
  // A level higher is a tenth smaller, and takes three times as long.
  const packed = gzipSync(encodeTrace(trace), { level: 5 }).toString('base64')
  const filled = place.replace('><', ` data-known="${knownIn(trace).join(' ')}">${packed}<`)
  return emptyPage().replace(place, () => filled)
}

/** The built page, without a run. */
export function emptyPage(): string {
  return readFileSync(join(import.meta.dirname, 'viewer.html'), 'utf8')
}

/** As much as one looks through. */
const knownMax = 200

/** What the machines concerned knew before the violation, or what did not reach them, as `alys why` has it: ids. */
function knownIn(trace: Trace): readonly number[] {
  const violation = violationIn(trace)
  if (violation === undefined) return []
  const { known } = sliceOf(trace, violation.id, chainNames)
  return known.map(({ id }) => id).slice(-knownMax)
}
