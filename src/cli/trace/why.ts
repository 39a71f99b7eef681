/**
 * Tells why something happened in a run: its causes, what the machines concerned knew, and the faults that were in
 * force. What is a cause and what is known is decided in `sim/trace/slice.ts`.
 */
import { chainNames } from '../../../sim/cluster/chain-names.ts'
import { recordAt, type Trace, type TraceRecord, violationIn } from '../../../sim/trace/record.ts'
import { type FaultSpan, type Slice, sliceOf } from '../../../sim/trace/slice.ts'
import { UsageError } from '../exit.ts'
import { formatCount, formatTable } from '../table.ts'
import { secondsText, whatText } from './record-text.ts'
import { linesOf, sliceTable } from './slice-lines.ts'

export interface WhyOptions {
  readonly trace: Trace
  /** Which record is asked about; the violation, if it is absent. */
  readonly event: number | undefined
  /** Lines of causes that are shown at most. */
  readonly causesMax: number
  readonly isJson: boolean
  /** Takes a line. */
  readonly print: (line: string) => void
}

/** Prints the slice of a record; a usage error if there is no such record, or nothing to ask about. */
export function why({ trace, event, causesMax, isJson, print }: WhyOptions): void {
  const target = targetIn(trace, event)
  if (target === undefined) {
    const { outcome, recordsInAll } = trace.header
    const most = formatCount(recordsInAll)
    print(`${outcome}: nothing was violated. --event asks about another of its ${most} records.`)
    return
  }
  const slice = sliceOf(trace, target.id, chainNames)
  if (isJson) return print(JSON.stringify(slice))
  for (const line of headLines(trace, slice)) print(line)
  for (const line of sliceTable(linesOf(slice, causesMax))) print(line)
  for (const line of faultLines(slice)) print(line)
}

function targetIn(trace: Trace, event: number | undefined): TraceRecord | undefined {
  if (event === undefined) return violationIn(trace)
  const { records } = trace
  const found = recordAt(trace, event)
  if (found !== undefined) return found
  const [first, last] = [records[0]?.id, records.at(-1)?.id]
  const there = first === undefined ? 'there are none' : `they are numbered ${first} to ${last}`
  throw new UsageError(`--event ${event}: there is no such record: ${there}`)
}

function headLines(trace: Trace, { target, names, nodes, line }: Slice): readonly string[] {
  const at = `at ${secondsText(target.atUs)} s`
  const title =
    target.kind === 'violation'
      ? [
          `${trace.header.outcome.toUpperCase()} ${at}: ${target.property}`,
          ...target.detail.split('\n').map((each) => `  ${each}`),
        ]
      : [`Record #${target.id} ${at}: ${[target.node, whatText(target)].join(' ').trim()}`]
  const where = nodes.join(', ')
  const others =
    names.length === 0
      ? `what ${where} did last, and what did not reach there.`
      : `what ${where} knew of ${names.join(', ')}, or what of it did not reach there.`
  const root = line[0]
  const cut = root?.cause === undefined ? [] : ['The trace does not reach back to the first cause.']
  return [
    ...title,
    'Lines with > are its causes, one of another. The others are',
    others,
    ...cut,
    '',
  ]
}

function faultLines({ faults, target }: Slice): readonly string[] {
  if (faults.length === 0) return ['', 'No fault was in force.']
  const rows = faults.map(({ fault, endUs, isMoment, isFelt }: FaultSpan) => {
    const end = endUs === undefined ? 'in force' : `to ${secondsText(endUs)}`
    const state = isMoment ? 'at once' : end
    return [
      isFelt ? '>' : ' ',
      secondsText(fault.atUs),
      state,
      fault.node,
      whatText(fault),
      `#${fault.id}`,
    ]
  })
  const table = formatTable(rows, ['start', 'end', 'start', 'start', 'start', 'start'])
  const from = `Faults until ${secondsText(target.atUs)} s`
  return ['', `${from}, those that are felt above with >:`, ...table.split('\n')]
}
