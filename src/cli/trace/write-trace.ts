/** Writes the trace of a run into a file, or a part of it that is not too long, and says what was left out. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { encodeTrace } from '../../../sim/trace/file.ts'
import { partOf } from '../../../sim/trace/part.ts'
import { type Trace, violationIn } from '../../../sim/trace/record.ts'
import type { Millis } from '../../base/units.ts'
import { UsageError } from '../exit.ts'
import { formatCount } from '../table.ts'
import { chromeEvents } from './chrome.ts'
import { secondsText } from './record-text.ts'

export interface WriteOptions {
  readonly trace: Trace
  readonly file: string
  /** The format of Chrome, and not this program's own. */
  readonly isChrome: boolean
  readonly fromMs: Millis
  readonly recordsMax: number
  /** Takes a line. */
  readonly print: (line: string) => void
}

/** Writes it; a usage error if there is nothing to write, or if it cannot be written. */
export function writeTrace(options: WriteOptions): void {
  const { trace, file, isChrome, fromMs, recordsMax, print } = options
  const part = partOf(trace, { fromUs: Math.floor(fromMs * 1_000), recordsMax })
  const [first] = part.records
  const last = part.records.at(-1)
  if (first === undefined || last === undefined) {
    const end = secondsText(trace.header.endUs)
    throw new UsageError(`nothing happened from ${fromMs / 1_000} s on: the run ended at ${end} s`)
  }
  write(file, isChrome ? chromeText(part) : [encodeTrace(part)])
  const count = formatCount(part.records.length)
  const span = `${secondsText(first.atUs)} s to ${secondsText(last.atUs)} s`
  print(`${file}: ${count} records, ${span}, of a run that ${ended(trace)}`)
  const left = trace.records.at(-1)?.id ?? last.id
  if (left > last.id) {
    print(
      `${formatCount(left - last.id)} later records are left out: --from ${secondsText(last.atUs)}s has those, ` +
        'and a larger --events-max more of them at once.',
    )
  }
  const forgotten = trace.records[0]?.id ?? 0
  if (forgotten > 0) {
    const begin = secondsText(trace.records[0]?.atUs ?? 0)
    print(`The trace begins at ${begin} s: ${formatCount(forgotten)} records before are not kept.`)
  }
}

function ended(trace: Trace): string {
  const { header } = trace
  const violation = violationIn(trace)
  if (violation === undefined) return `ended as "${header.outcome}"`
  return `ended as "${header.outcome}" (${violation.property}) at ${secondsText(violation.atUs)} s`
}

/** As lines, so that no text of the whole has to be made. */
function* chromeText(trace: Trace): Generator<string> {
  const { scenario, seed, command, commit, outcome, digest } = trace.header
  const about = { scenario, seed, command, commit, outcome, digest }
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify(about)},"traceEvents":[\n`
  let separator = ''
  for (const event of chromeEvents(trace)) {
    yield `${separator}${JSON.stringify(event)}`
    separator = ',\n'
  }
  yield '\n]}\n'
}

/** Characters that are written in one go, about. */
const chunkMin = 1_048_576

function write(path: string, pieces: Iterable<string>): void {
  let chunk = ''
  try {
    const file = openSync(path, 'w')
    try {
      for (const piece of pieces) {
        chunk += piece
        if (chunk.length < chunkMin) continue
        writeSync(file, chunk)
        chunk = ''
      }
      writeSync(file, chunk)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw new UsageError(`--out ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
