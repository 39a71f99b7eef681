/** Where two runs part: the last that they have in common, what each did then, and how each came to it. */
import { placeOf, type Trace, type TraceRecord, violationIn } from '../../../sim/trace/record.ts'
import { causesOf } from '../../../sim/trace/slice.ts'
import { type Divergence, describeDivergence, firstApart } from '../sim/divergence.ts'
import type { Note } from '../sim/watch.ts'
import { formatCount } from '../table.ts'
import { secondsText, whatText } from './record-text.ts'
import { causeLines, sliceTable } from './slice-lines.ts'

export interface DiffOptions {
  readonly first: Trace
  readonly second: Trace
  /** Lines of causes that are shown at most, of each. */
  readonly causesMax: number
  readonly isJson: boolean
  /** Takes a line. */
  readonly print: (line: string) => void
}

/** Prints where two runs part. False if they do not. */
export function diff(options: DiffOptions): boolean {
  const { first, second, isJson, print } = options
  const [a, b] = startTogether(first, second)
  const divergence = firstApart(a, b, areSame)
  if (isJson) print(JSON.stringify(jsonOf(options, divergence)))
  else for (const line of textOf(options, divergence)) print(line)
  return divergence !== undefined
}

/** What both have: of a part of a run nothing can be said of what was before. */
function startTogether(
  { records: first }: Trace,
  { records: second }: Trace,
): readonly [readonly TraceRecord[], readonly TraceRecord[]] {
  const from = Math.max(first[0]?.id ?? 0, second[0]?.id ?? 0)
  const since = (records: readonly TraceRecord[]): readonly TraceRecord[] =>
    records.slice(Math.max(0, placeOf(records, from)))
  return [since(first), since(second)]
}

function areSame(a: TraceRecord, b: TraceRecord): boolean {
  const [one, other] = [Object.entries(a), b as unknown as Readonly<Record<string, unknown>>]
  return a.kind === b.kind && one.every(([name, value]) => other[name] === value)
}

function textOf(
  { first, second, causesMax }: DiffOptions,
  divergence: Divergence<TraceRecord> | undefined,
): readonly string[] {
  const ends = [endText('first', first), endText('second', second)]
  if (divergence === undefined) return ['The two runs are the same, record by record.', ...ends]
  const { common, first: a, second: b } = divergence
  const shared = common === undefined ? 'Nothing is' : `Records up to #${common.id} are`
  return [
    ...ends,
    `${shared} the same in both.`,
    ...describeDivergence({ common: noteOf(common), first: noteOf(a), second: noteOf(b) }),
    ...stackLines('first', first, a, causesMax),
    ...stackLines('second', second, b, causesMax),
  ]
}

function endText(side: string, trace: Trace): string {
  const { scenario, seed, outcome, digest, endUs } = trace.header
  const violation = violationIn(trace)
  const what = violation === undefined ? '' : ` (${violation.property})`
  const count = formatCount(trace.records.length)
  return (
    `${side.padEnd(6)}  ${scenario}, seed ${seed}: ${outcome}${what} at ${secondsText(endUs)} s, ` +
    `${count} records, digest ${digest === '' ? 'unknown' : digest}`
  )
}

function stackLines(
  side: string,
  trace: Trace,
  record: TraceRecord | undefined,
  causesMax: number,
): readonly string[] {
  if (record === undefined) return ['', `The ${side} has ended.`]
  const lines = causeLines(causesOf(trace, record).toReversed(), causesMax)
  return ['', `How the ${side} came to it:`, ...sliceTable(lines)]
}

/** With the numbers of records in the place of those of events: content is in what is said of it. */
function noteOf(record: TraceRecord | undefined): Note | undefined {
  if (record === undefined) return undefined
  const { id, atUs, node } = record
  return { event: id, atMs: atUs / 1_000, node, what: whatText(record), digest: '' }
}

function jsonOf({ first, second }: DiffOptions, divergence: Divergence<TraceRecord> | undefined) {
  const side = (trace: Trace, record: TraceRecord | undefined) => ({
    ...trace.header,
    record,
    causes: record === undefined ? [] : causesOf(trace, record).slice(1),
  })
  return {
    isSame: divergence === undefined,
    common: divergence?.common,
    first: side(first, divergence?.first),
    second: side(second, divergence?.second),
  }
}
