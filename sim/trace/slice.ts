/**
 * Why something happened: of a whole run the few records that led to one of them.
 *
 * The line of its causes, back to a root, is what the simulator knows. It is not enough: a certificate is made of votes
 * that came in several turns, and only the last of them is a cause. So what the machines concerned came to know before
 * of the same things is added: their events and the messages that came to them, or did not, which name a thing that
 * the record in question names; and what became of these machines meanwhile. What an actor knew without saying so, and what
 * it would have known by something that names none of these things, is not found.
 */
import { assert } from '../../src/base/assert.ts'
import { dueEndUs, mendsIn } from './fault-end.ts'
import { type FaultRecord, placeOf, recordAt, type Trace, type TraceRecord } from './record.ts'

/** Which things a text names: facts of a record, or the detail of a violation. */
export type NamesOf = (text: string) => readonly string[]

/** A fault that was in force, or made itself felt. */
export interface FaultSpan {
  readonly fault: FaultRecord
  /** When it ended; undefined if it had not, or if there was nothing to end. */
  readonly endUs: number | undefined
  /** Whether it was one of a moment. */
  readonly isMoment: boolean
  /** Whether a record of the slice follows from it, was held up or lost by it, or is a machine that it changed. */
  readonly isFelt: boolean
}

export interface Slice {
  readonly target: TraceRecord
  /** The causes, oldest first; the last is the target. */
  readonly line: readonly TraceRecord[]
  /** What is named, and where. */
  readonly names: readonly string[]
  readonly nodes: readonly string[]
  /** What the machines concerned knew of it before, oldest first. None of these is in the line. */
  readonly known: readonly TraceRecord[]
  /** Faults, oldest first. */
  readonly faults: readonly FaultSpan[]
}

/** The slice of the record with this id, which must be in the trace. */
export function sliceOf(trace: Trace, id: number, namesOf: NamesOf): Slice {
  const target = recordAt(trace, id)
  assert(target !== undefined, `record ${id} is in the trace`)
  const line = causesOf(trace, target).toReversed()
  const named = new Names(namesOf)
  const about = subjectOf(line)
  const names = [...new Set(about.flatMap((record) => named.in(record)))]
  const nodes = nodesOf(trace, target, about)
  const concern = { target, names: new Set(names), nodes: new Set(nodes), kinds: kindsOf(about) }
  const before = trace.records.slice(0, placeOf(trace.records, id))
  const isLate = target.kind === 'violation' && target.cause === undefined
  const deeds = new Set(isLate ? lastDeeds(before, nodes) : [])
  const isKnown = knownTo(concern, named)
  const inLine = new Set(line)
  const known = before.filter(
    (record) => !inLine.has(record) && (isKnown(record) || deeds.has(record)),
  )
  const others = withChanges(trace, concern, known)
  const faults = faultsFor(trace, line, others, concern)
  return { target, line, names, nodes, known: others, faults }
}

/** A record and its causes, newest first. What is not kept any more ends the line. */
export function causesOf(trace: Trace, from: TraceRecord): readonly TraceRecord[] {
  const causes: TraceRecord[] = []
  let at: TraceRecord | undefined = from
  while (at !== undefined) {
    causes.push(at)
    at = at.cause === undefined ? undefined : recordAt(trace, at.cause)
  }
  return causes
}

/** What is asked about. */
interface Concern {
  readonly target: TraceRecord
  readonly names: ReadonlySet<string>
  readonly nodes: ReadonlySet<string>
  /** Kinds of event that show what is asked about. */
  readonly kinds: ReadonlySet<string>
}

/** Which things records name, each text looked at once. */
class Names {
  readonly #namesOf: NamesOf
  readonly #known = new Map<string, readonly string[]>()

  constructor(namesOf: NamesOf) {
    this.#namesOf = namesOf
  }

  in(record: TraceRecord): readonly string[] {
    const text = record.kind === 'violation' ? record.detail : 'facts' in record ? record.facts : ''
    if (text === '') return []
    let names = this.#known.get(text)
    if (names === undefined) {
      names = this.#namesOf(text)
      this.#known.set(text, names)
    }
    return names
  }
}

/** The end of the line as far as it says what it is about: the target, and back to the first that has facts. */
function subjectOf(line: readonly TraceRecord[]): readonly TraceRecord[] {
  const target = line.at(-1)
  const telling = line.findLast(
    (record) => record.kind === 'event' || record.kind === 'arrival' || record.kind === 'loss',
  )
  return [target, telling].filter((record) => record !== undefined)
}

function kindsOf(about: readonly TraceRecord[]): ReadonlySet<string> {
  return new Set(about.flatMap((record) => (record.kind === 'event' ? [record.event] : [])))
}

/** Where it happened, and whom the detail names; everybody, if that is nobody. */
function nodesOf(
  { header }: Trace,
  target: TraceRecord,
  about: readonly TraceRecord[],
): readonly string[] {
  const detail = target.kind === 'violation' ? target.detail : ''
  const words = new Set(detail.split(/[^\w-]+/))
  const places = new Set(about.map(({ node }) => node))
  const named = header.nodes.filter((node) => places.has(node) || words.has(node))
  return named.length > 0 ? named : header.nodes
}

function knownTo(concern: Concern, named: Names): (record: TraceRecord) => boolean {
  const { nodes, names, kinds } = concern
  const isNamed = (record: TraceRecord): boolean => named.in(record).some((name) => names.has(name))
  return (record) => {
    switch (record.kind) {
      case 'event':
        if (nodes.has(record.node)) return isNamed(record)
        // Elsewhere, what does not agree with it: the same kind of thing, of which only a part has the same name.
        if (!kinds.has(record.event) || !isNamed(record)) return false
        return !named.in(record).every((name) => names.has(name))
      case 'arrival':
        return nodes.has(record.node) && isNamed(record)
      case 'loss':
        return nodes.has(record.to) && isNamed(record)
      default:
        return false
    }
  }
}

/** Events of each machine, and losses on the way to it, that are taken where nothing has shown a violation. */
const lastDeedsMax = 6
const lastLossesMax = 30

/** Of a violation that nothing has shown, such as that nothing happened: what the machines did last, and did not get. */
function lastDeeds(
  before: readonly TraceRecord[],
  nodes: readonly string[],
): readonly TraceRecord[] {
  const deeds = new Map(nodes.map((node) => [node, lastDeedsMax]))
  const losses = new Map(nodes.map((node) => [node, lastLossesMax]))
  const takes = (left: Map<string, number>, node: string): boolean => {
    const count = left.get(node) ?? 0
    left.set(node, count - 1)
    return count > 0
  }
  return before.toReversed().filter((record) => {
    if (record.kind === 'loss') return takes(losses, record.to)
    return record.kind === 'event' && takes(deeds, record.node)
  })
}

/** Adds what became of the machines concerned since the first of what they knew. */
function withChanges(
  { records }: Trace,
  { target, nodes }: Concern,
  known: readonly TraceRecord[],
): readonly TraceRecord[] {
  const first = known[0]?.id ?? target.id
  const isMeanwhile = ({ id }: TraceRecord): boolean => id > first && id < target.id
  const changes = records.filter(
    (record) => record.kind === 'machine' && nodes.has(record.node) && isMeanwhile(record),
  )
  return [...known, ...changes].toSorted((a, b) => a.id - b.id)
}

/** Faults that are felt in these records, and those in force while the machines learned what they knew. */
function faultsFor(
  trace: Trace,
  line: readonly TraceRecord[],
  known: readonly TraceRecord[],
  { target, nodes }: Concern,
): readonly FaultSpan[] {
  const { records } = trace
  const felt = new Set([...line, ...known].flatMap((record) => faultsIn(trace, record)))
  const fromUs = known[0]?.atUs ?? target.atUs
  const ends = mendsIn(records)
  const isThere = ({ node }: FaultRecord): boolean => node === '' || nodes.has(node)
  return records.flatMap((fault) => {
    if (fault.kind !== 'fault' || fault.id >= target.id) return []
    const untilUs = ends.get(fault.id) ?? dueEndUs(fault)
    const isFelt = felt.has(fault.id)
    const isInForce = isThere(fault) && untilUs >= fromUs
    if (!isFelt && !isInForce) return []
    const isMoment = untilUs === fault.atUs && !ends.has(fault.id)
    return [{ fault, endUs: endOf(fault, ends, target), isMoment, isFelt }]
  })
}

/** When it had ended, if it had by then. */
function endOf(
  { id, atUs, forUs }: FaultRecord,
  ends: ReadonlyMap<number, number>,
  target: TraceRecord,
): number | undefined {
  const endUs = ends.get(id) ?? (forUs === undefined ? undefined : atUs + forUs)
  return endUs !== undefined && endUs < target.atUs ? endUs : undefined
}

/** The faults that a record is about: it is one, was held up or taken by one, or is a machine that one has changed. */
function faultsIn(trace: Trace, record: TraceRecord): readonly number[] {
  switch (record.kind) {
    case 'fault':
      return [record.id]
    case 'mend':
      return [record.fault]
    case 'arrival':
    case 'loss':
      return record.fault === undefined ? [] : [record.fault]
    case 'machine': {
      const cause = record.cause === undefined ? undefined : recordAt(trace, record.cause)
      return cause === undefined ? [] : faultsIn(trace, cause)
    }
    default:
      return []
  }
}
