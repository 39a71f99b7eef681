/**
 * A trace in the Trace Event Format of Chrome, which Perfetto (ui.perfetto.dev) opens: a process for each machine and one for the
 * world, a thread for each actor and one for the network, slices for turns and messages, arrows from what sent a message to its
 * arrival, instants for events, spans for faults. Times are microseconds.
 *
 * Turns take no virtual time. So that they can be seen and told apart, those of one actor within a microsecond are drawn one
 * behind another, some nanoseconds each.
 */
import { dueEndUs, mendsIn } from '../../../sim/trace/fault-end.ts'
import type { Trace, TraceRecord } from '../../../sim/trace/record.ts'
import { whatText } from './record-text.ts'

/** One entry of the file. */
export type ChromeEvent = Readonly<Record<string, unknown>>

/** How long a slice is drawn, in microseconds, and how many fit into one. */
const sliceUs = 0.01
const slicesPerUs = 99

const networkThread = 'network'

/** All entries, slices before what points to them. */
export function* chromeEvents(trace: Trace): Generator<ChromeEvent> {
  const board = new Board(trace)
  for (const record of trace.records) yield* board.draw(record)
  yield* board.names()
}

/** A slice that has been drawn, for arrows to begin at. */
interface Drawn {
  readonly pid: number
  readonly tid: number
  readonly ts: number
}

/** Who has which number, and what was drawn where. */
class Board {
  readonly #pids = new Map<string, number>()
  readonly #tids = new Map<string, number>()
  readonly #names: ChromeEvent[] = []
  /** Where the next slice of a thread may begin. */
  readonly #free = new Map<number, number>()
  readonly #drawn = new Map<number, Drawn>()
  /** When faults were mended. */
  readonly #mends: ReadonlyMap<number, number>
  readonly #endUs: number

  constructor({ header, records }: Trace) {
    this.#endUs = header.endUs
    this.#mends = mendsIn(records)
    this.#pid('')
    for (const node of header.nodes) this.#pid(node)
  }

  /** What the processes and threads are called. Known at the end. */
  names(): readonly ChromeEvent[] {
    return this.#names
  }

  *draw(record: TraceRecord): Generator<ChromeEvent> {
    switch (record.kind) {
      case 'turn':
        yield this.#slice(record, record.actor, record.message)
        return
      case 'arrival':
        yield this.#slice(record, networkThread, whatText(record))
        yield* this.#arrow(record)
        return
      case 'loss':
        yield this.#instant(record, networkThread, 't')
        return
      case 'event':
        yield this.#instant(record, record.actor, 't')
        return
      case 'fault':
        yield* this.#span(record)
        return
      case 'machine':
        yield this.#instant(record, networkThread, 'p')
        return
      case 'violation':
        yield this.#instant(record, networkThread, 'g')
        return
      case 'mend':
      case 'timer':
        return
      default:
        return record satisfies never
    }
  }

  #slice(record: TraceRecord, thread: string, name: string): ChromeEvent {
    const { pid, tid } = this.#place(record.node, thread)
    const free = this.#free.get(tid) ?? 0
    const lastUs = record.atUs + slicesPerUs * sliceUs
    const ts = Math.min(Math.max(record.atUs, free), lastUs)
    this.#free.set(tid, rounded(ts + sliceUs))
    this.#drawn.set(record.id, { pid, tid, ts })
    return { ph: 'X', name, cat: record.kind, pid, tid, ts, dur: sliceUs, args: argsOf(record) }
  }

  /** From the slice of what sent it to that of its arrival. */
  *#arrow({ id, cause, what }: Extract<TraceRecord, { kind: 'arrival' }>): Generator<ChromeEvent> {
    const from = cause === undefined ? undefined : this.#drawn.get(cause)
    const to = this.#drawn.get(id)
    if (from === undefined || to === undefined) return
    yield { ph: 's', id, name: what, cat: 'message', ...from }
    yield { ph: 'f', bp: 'e', id, name: what, cat: 'message', ...to }
  }

  /** `scope`: of a thread, a process, or all of it. */
  #instant(record: TraceRecord, thread: string, scope: 't' | 'p' | 'g'): ChromeEvent {
    const { pid, tid } = this.#place(record.node, thread)
    const ts = record.atUs
    const name = record.kind === 'event' ? record.event : whatText(record)
    return { ph: 'i', s: scope, name, cat: record.kind, pid, tid, ts, args: argsOf(record) }
  }

  /** From its beginning to when it was mended, or was to end. One of a moment is a microsecond long. */
  *#span(record: Extract<TraceRecord, { kind: 'fault' }>): Generator<ChromeEvent> {
    const { id, atUs, fault: name, node } = record
    const dueUs = Math.max(Math.min(dueEndUs(record), this.#endUs), atUs + 1)
    const endUs = this.#mends.get(id) ?? dueUs
    const span = { id, name, cat: 'fault', pid: this.#pid(node), tid: this.#pid(node) }
    yield { ph: 'b', ...span, ts: atUs, args: argsOf(record) }
    yield { ph: 'e', ...span, ts: endUs }
  }

  #place(node: string, thread: string): { readonly pid: number; readonly tid: number } {
    const pid = this.#pid(node)
    const key = `${pid} ${thread}`
    let tid = this.#tids.get(key)
    if (tid === undefined) {
      tid = threadsFrom + this.#tids.size
      this.#tids.set(key, tid)
      this.#names.push({ ph: 'M', name: 'thread_name', pid, tid, args: { name: thread } })
    }
    return { pid, tid }
  }

  #pid(node: string): number {
    const known = this.#pids.get(node)
    if (known !== undefined) return known
    const pid = this.#pids.size + 1
    this.#pids.set(node, pid)
    const args = { name: node === '' ? 'the world' : node }
    this.#names.push({ ph: 'M', name: 'process_name', pid, args })
    this.#names.push({ ph: 'M', name: 'process_sort_index', pid, args: { sort_index: pid } })
    return pid
  }
}

/** Threads are numbered beyond any process. */
const threadsFrom = 1_000_000

/** To the nanosecond. */
function rounded(us: number): number {
  return Math.round(us * 1_000) / 1_000
}

/** What is shown of a record that is looked at closely. */
function argsOf(record: TraceRecord): Readonly<Record<string, unknown>> {
  const { kind: _, atUs: __, node: ___, id, ...rest } = record
  return { record: id, ...rest }
}
