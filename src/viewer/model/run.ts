/**
 * A run as the page holds it: one typed column for each thing that is asked of every record, so that a million of them
 * are some tens of megabytes and can be walked in milliseconds. What is rarely asked stays in the columns of the file.
 *
 * Records are named by their place here, from 0; in the file their numbers may begin later.
 */

import { fieldsOf, kinds } from '../../../sim/trace/columns.ts'
import type { TraceParts } from '../../../sim/trace/file.ts'
import type { RecordKind, TraceHeader } from '../../../sim/trace/record.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import { type Fact, factsOf } from './facts.ts'
import { groupNumber } from './groups.ts'
import type { Placed } from './lanes.ts'

export interface Run extends Placed {
  readonly header: TraceHeader
  /** The number of the first record. */
  readonly firstId: number
  readonly texts: readonly string[]
  readonly columns: Readonly<Record<string, readonly number[]>>
  /** One name a lane: the nodes, and last the world, whose name is empty. */
  readonly laneNames: readonly string[]
  /** Index of `kinds`. */
  readonly kind: Uint8Array
  /** Index of `groups`. */
  readonly group: Uint8Array
  /** Which of its kind each record is. */
  readonly nth: Uint32Array
  /** The record that each follows from; −1 for a root, and for what the file does not reach back to. */
  readonly cause: Int32Array
  /** The text that names what happened; −1 if the kind says it all. */
  readonly name: Int32Array
}

/** The field of each kind that names what happened. */
const naming: Readonly<Record<string, string>> = {
  turn: 'message',
  event: 'event',
  arrival: 'what',
  loss: 'what',
  fault: 'fault',
  machine: 'change',
  violation: 'property',
}

/** The run that a file tells of. Its columns have been checked; what is wrong with the run itself is the fault. */
export function runOf({ header, firstId, columns: parts }: TraceParts): Result<Run, string> {
  const { texts, numbers: columns } = parts
  const count = columns.kind?.length ?? 0
  if (count === 0) return failed('there is no record in it')
  const lanes = lanesOf(header.nodes, texts, columns.node ?? [])
  const run = {
    header,
    firstId,
    texts,
    columns,
    count,
    endUs: header.endUs,
    laneNames: lanes.names,
    laneCount: lanes.names.length,
    kind: Uint8Array.from(columns.kind ?? []),
    group: new Uint8Array(count),
    nth: new Uint32Array(count),
    cause: new Int32Array(count),
    name: new Int32Array(count).fill(-1),
    lane: new Uint16Array(count),
    atUs: new Float64Array(count),
  }
  fillPlaces(run, lanes.laneOfText)
  fillNames(run)
  const lastUs = run.atUs[count - 1] ?? 0
  return ok({ ...run, endUs: Math.max(header.endUs, lastUs, 1) })
}

interface Lanes {
  readonly names: readonly string[]
  readonly laneOfText: ReadonlyMap<number, number>
}

function lanesOf(
  nodes: readonly string[],
  texts: readonly string[],
  column: readonly number[],
): Lanes {
  const used = new Set(column)
  const extra = [...used].map((text) => texts[text] ?? '').filter((name) => !nodes.includes(name))
  const names = [...nodes, ...extra.filter((name) => name !== ''), '']
  const laneOfText = new Map<number, number>()
  for (const text of used) laneOfText.set(text, names.lastIndexOf(texts[text] ?? ''))
  return { names, laneOfText }
}

type Draft = { -readonly [Name in keyof Run]: Run[Name] }

/** Time, lane, cause and the place among those of its kind. */
function fillPlaces(run: Draft, laneOfText: ReadonlyMap<number, number>): void {
  const { columns, count, kind, nth, cause, lane, atUs } = run
  const { later = [], node = [], back = [] } = columns
  const seen = new Uint32Array(kinds.length)
  let us = 0
  for (let i = 0; i < count; i += 1) {
    us += later[i] ?? 0
    atUs[i] = us
    lane[i] = laneOfText.get(node[i] ?? -1) ?? run.laneCount - 1
    const causedBack = back[i] ?? 0
    cause[i] = causedBack > 0 && causedBack <= i ? i - causedBack : -1
    const of = kind[i] ?? 0
    nth[i] = seen[of] ?? 0
    seen[of] = (seen[of] ?? 0) + 1
  }
}

/** Names and groups, kind by kind: each loop has two columns at hand and nothing else. */
function fillNames({ columns, count, kind, nth, name, group, texts }: Draft): void {
  const names = kinds.map((of) => columns[`${of}.${naming[of] ?? ''}`])
  const groupOfKind = kinds.map((of) => groupNumber(of === 'mend' ? 'fault' : of))
  const arrivals = kinds.indexOf('arrival')
  const ways = columns['arrival.way'] ?? []
  const groupOfWay = new Map([...new Set(ways)].map((way) => [way, groupNumber(texts[way] ?? '')]))
  for (let i = 0; i < count; i += 1) {
    const of = kind[i] ?? 0
    const place = nth[i] ?? 0
    name[i] = names[of]?.[place] ?? -1
    group[i] =
      (of === arrivals ? groupOfWay.get(ways[place] ?? 0) : groupOfKind[of]) ?? groupOfKind[of] ?? 0
  }
}

/** A record's own column, as a number. */
export function numberOf(run: Run, record: number, field: string): number {
  const { kind, nth, columns } = run
  const of = kinds[kind[record] ?? 0] ?? 'event'
  return columns[`${of}.${field}`]?.[nth[record] ?? 0] ?? 0
}

/** A record's own column, as a text. */
export function textOf(run: Run, record: number, field: string): string {
  return run.texts[numberOf(run, record, field)] ?? ''
}

export function kindOf(run: Run, record: number): RecordKind {
  return kinds[run.kind[record] ?? 0] ?? 'event'
}

/** The node where it happened; empty for what concerns the world. */
export function laneNameOf(run: Run, record: number): string {
  return run.laneNames[run.lane[record] ?? 0] ?? ''
}

/** What happened, in a word or two. */
export function nameOf(run: Run, record: number): string {
  const name = run.texts[run.name[record] ?? -1]
  switch (kindOf(run, record)) {
    case 'timer':
      return 'timer'
    case 'mend':
      return `${textOf(run, faultMended(run, record), 'fault')} ends`
    default:
      return name ?? ''
  }
}

/** The fault whose end a record tells; the record itself if that is out of reach. */
function faultMended(run: Run, record: number): number {
  return Math.max(0, record - numberOf(run, record, 'fault'))
}

/** Everything that a record says beside its time, its lane and its name. */
export function factsAbout(run: Run, record: number): readonly Fact[] {
  const of = kindOf(run, record)
  const fields = fieldsOf(of).filter(([name]) => name !== naming[of] && name !== 'facts')
  const own = fields.map(([name, form]): Fact => {
    const value = numberOf(run, record, name)
    if (form === 'text' || typeof form === 'object') return { name, value: run.texts[value] ?? '' }
    if (form === 'ago') return { name: name.replace(/Us$/, ''), value: `${value} µs before` }
    if (form === 'back' || form === 'back-if-any') {
      return { name, value: value === 0 ? '' : `#${run.firstId + record - value}` }
    }
    if (form === 'optional') return { name: name.replace(/Us$/, ''), value: `${value - 1} µs` }
    return { name, value: String(value) }
  })
  const facts = fieldsOf(of).some(([name]) => name === 'facts') ? textOf(run, record, 'facts') : ''
  return [...own.filter(({ value }) => value !== '' && value !== '-1 µs'), ...factsOf(facts)]
}

/** Its facts as they stand in the file, on one line. */
export function lineOf(run: Run, record: number): string {
  const of = kindOf(run, record)
  if (of === 'violation') return textOf(run, record, 'detail')
  if (of === 'arrival') return `from ${textOf(run, record, 'from')} ${textOf(run, record, 'facts')}`
  if (of === 'loss') {
    const [to, by] = [textOf(run, record, 'to'), textOf(run, record, 'by')]
    return `to ${to}, lost by the ${by} ${textOf(run, record, 'facts')}`
  }
  if (of === 'turn') return textOf(run, record, 'actor')
  return of === 'event' || of === 'fault' ? textOf(run, record, 'facts') : ''
}
