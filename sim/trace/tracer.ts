/**
 * Looks on at a run and writes down what happens, each with what it follows from. What is known of causes is known of
 * the timeline and of mailboxes: whatever is put on either while something happens is caused by that.
 *
 * It changes nothing: a run with a tracer has the digest of the run without. It remembers the newest records, as many
 * as it is told to; of the older ones it knows only how many they were.
 */
import { assert } from '../../src/base/assert.ts'
import type { AnyMessage } from '../../src/kernel/actor.ts'
import type { Marker } from '../../src/kernel/trace.ts'
import type { Onlooker, Timeline, TimelineEntry, TimelineEvent } from '../timeline.ts'
import { factsText } from './facts.ts'
import { ruleFault } from './fault-end.ts'
import {
  type MachineChange,
  type MessageWay,
  recordAt,
  type Trace,
  type TraceHeader,
  type TraceRecord,
} from './record.ts'

export interface TracerOptions {
  /** Records that are kept at most, and half as many at least: the oldest are forgotten. */
  readonly recordsMax?: number
}

/** A few hundred megabytes. */
const defaultRecordsMax = 2_000_000

/** What a message is and says. */
export interface Described {
  readonly what: string
  readonly facts: string
}

/** Tells what a message says; undefined if it cannot be told. */
export type Describe = (way: MessageWay, label: string, bytes: Uint8Array) => Described | undefined

/** Something that comes in, or does not. */
export interface Flown {
  readonly way: MessageWay
  /** Its topic or protocol, or what becomes of a connection. */
  readonly label: string
  readonly data: Uint8Array | undefined
  readonly bytes: number
}

/** What takes a message: see {@link TraceRecord}. A rule by its name. */
export type Taker = 'link' | 'queue' | 'gone' | { readonly rule: string }

/** What happens now on behalf of what, since when it was to come, and what held it up. */
interface Moment {
  readonly cause: number | undefined
  readonly putUs: number
  readonly fault: number | undefined
}

/** The mark of what follows from nothing. */
const rootMark = -1

type OwnFields = TraceRecord extends infer Each
  ? Each extends TraceRecord
    ? Omit<Each, 'id' | 'cause' | 'atUs' | 'node'>
    : never
  : never

const outside: Moment = { cause: undefined, putUs: 0, fault: undefined }

/** An event on the timeline, with what is known of how it came there. */
class Watched implements TimelineEvent<unknown> {
  readonly inner: TimelineEvent<unknown>
  readonly #begin: (moment: Moment) => void
  #moment: Moment

  constructor(inner: TimelineEvent<unknown>, moment: Moment, begin: (moment: Moment) => void) {
    this.inner = inner
    this.#moment = moment
    this.#begin = begin
  }

  /** This fault has changed when or how it happens. */
  blame(fault: number | undefined): void {
    this.#moment = { ...this.#moment, fault }
  }

  fire(value: unknown, entry: TimelineEntry): void {
    this.#begin(this.#moment)
    this.inner.fire(value, entry)
  }
}

export class Tracer implements Onlooker, Marker {
  readonly #recordsMax: number
  readonly #records: TraceRecord[] = []
  readonly #nodes: string[] = []
  #count = 0
  #isClosed = false
  #timeline: Pick<Timeline, 'nowUs'> = { nowUs: 0 }
  #describe: Describe = () => undefined
  #moment = outside
  readonly #begin = (moment: Moment): void => {
    this.#moment = moment
  }
  /** The fault whose work a rule of the network is, by the rule's name. */
  readonly #rules = new Map<string, number>()
  /** Rules that are faults of their own. */
  readonly #ownRules = new Set<string>()
  /** What became of each machine last. */
  readonly #machines = new Map<string, number>()

  constructor({ recordsMax = defaultRecordsMax }: TracerOptions = {}) {
    assert(recordsMax >= 2, 'room for records')
    this.#recordsMax = recordsMax
  }

  /** The records that are kept, oldest first. They are the tracer's own, and grow. */
  get records(): readonly TraceRecord[] {
    return this.#records
  }

  /** The trace of a run, of which this is known besides. */
  traceOf(run: Omit<TraceHeader, 'nodes' | 'recordsInAll'>): Trace {
    const header = { ...run, nodes: this.#nodes, recordsInAll: this.#count }
    return { header, records: this.#records }
  }

  /** The world has a further machine. */
  addNode(name: string): void {
    this.#nodes.push(name)
  }

  /** From now on it tells the time by this timeline. */
  begin(timeline: Timeline): void {
    this.#timeline = timeline
  }

  /** From now on messages are described by this. */
  describeBy(describe: Describe): void {
    this.#describe = describe
  }

  /** From now on nothing is written down: the run is over. */
  close(): void {
    this.#isClosed = true
  }

  // ----- what follows from what -----

  watched(event: TimelineEvent<unknown>): TimelineEvent<unknown> {
    const { cause } = this.#moment
    const moment = { cause, putUs: this.#timeline.nowUs, fault: undefined }
    return new Watched(event, moment, this.#begin)
  }

  carry(run: () => void): () => void {
    const moment = this.#moment
    return () => this.#during(moment, run)
  }

  /** Whatever happens next is nobody's doing in the world. */
  rest(): void {
    this.#moment = outside
  }

  mark(): number {
    return this.#moment.cause ?? rootMark
  }

  resume(mark: number): void {
    this.#moment = { ...this.#moment, cause: mark === rootMark ? undefined : mark }
  }

  // ----- what happens on machines -----

  /** An actor begins its turn: what follows, until it is resumed from something else, is its doing. */
  turn(node: string, actor: string, message: string): void {
    const id = this.#add(node, { kind: 'turn', actor, message })
    this.#moment = { ...this.#moment, cause: id }
  }

  event(node: string, actor: string, event: unknown): void {
    const { kind, ...facts } = event as AnyMessage
    this.#add(node, { kind: 'event', actor, event: kind, facts: factsText(facts) })
  }

  arrival(node: string, from: string, flown: Flown, run: () => void): void {
    const { putUs: sentUs, fault } = this.#moment
    const { way, bytes } = flown
    const id = this.#add(node, {
      ...{ kind: 'arrival', way, from, sentUs, ...this.#described(flown), bytes, fault },
    })
    this.#under(id, run)
  }

  timer(node: string, run: () => void): void {
    const { putUs: setUs } = this.#moment
    this.#under(this.#add(node, { kind: 'timer', setUs }), run)
  }

  machine(node: string, change: MachineChange, run: () => void): void {
    const cause = this.#causeOfChange(node)
    const id = this.#add(node, { kind: 'machine', change }, cause)
    this.#machines.set(node, id)
    this.#under(id, run)
  }

  // ----- what befalls them -----

  /** A fault strikes; `run` is what it does. Answers by which number its end is told of. */
  fault(node: string, fault: string, facts: object, run: () => void): number {
    const { forMs, ...others } = facts as { readonly forMs?: number }
    const forUs = forMs === undefined ? undefined : Math.ceil(forMs * 1_000)
    const id = this.#add(node, { kind: 'fault', fault, facts: factsText(others), forUs })
    this.#under(id, run)
    return id
  }

  /** A fault ends; `run` is what ends it. */
  mend(fault: number, run: () => void): void {
    const id = this.#add('', { kind: 'mend', fault })
    this.#under(id, run)
  }

  /** A rule of the network begins: by a fault that is told of already, or else as one of its own. */
  ruleAdded(name: string): void {
    const { cause } = this.#moment
    const byFault = cause !== undefined && recordAt(this, cause)?.kind === 'fault'
    if (byFault) this.#rules.set(name, cause)
    else {
      const facts = factsText({ name })
      const id = this.#add('', { kind: 'fault', fault: ruleFault, facts, forUs: undefined })
      this.#rules.set(name, id)
      this.#ownRules.add(name)
    }
  }

  ruleRemoved(name: string): void {
    const fault = this.#rules.get(name)
    this.#rules.delete(name)
    if (fault !== undefined && this.#ownRules.delete(name)) this.mend(fault, () => undefined)
  }

  /** A rule has changed when or how this arrives. */
  befallen(entry: TimelineEntry, rule: string): void {
    const { event } = entry
    if (event instanceof Watched) event.blame(this.#rules.get(rule))
  }

  /** A message is lost on its way; by a rule, if one is named. */
  loss(from: string, to: string, flown: Flown, by: Taker): void {
    const { way, bytes } = flown
    const taker = typeof by === 'string' ? by : 'rule'
    const fault = typeof by === 'string' ? undefined : this.#rules.get(by.rule)
    this.#add(from, {
      ...{ kind: 'loss', way, to, ...this.#described(flown), bytes, by: taker, fault },
    })
  }

  /** A property is found broken: by what happened just now, or by nothing in the world, which merely looked. */
  violation(property: string, detail: string): void {
    const { cause } = this.#moment
    if (cause === undefined) {
      this.#add('', { kind: 'violation', property, detail })
      return
    }
    const last = this.#records.at(-1)
    const isOfNow = last?.atUs === this.#timeline.nowUs && last.kind !== 'loss'
    const shown = isOfNow ? last : recordAt(this, cause)
    this.#add(shown?.node ?? '', { kind: 'violation', property, detail }, shown?.id ?? cause)
  }

  // ----- inside -----

  /**
   * A machine is booted because it crashed, if both are of one fault; and what nobody in the world has brought about
   * follows from how the machine came to be what it is.
   */
  #causeOfChange(node: string): number | undefined {
    const { cause } = this.#moment
    const before = this.#machines.get(node)
    if (cause === undefined || before === undefined) return cause ?? before
    return recordAt(this, before)?.cause === cause ? before : cause
  }

  #described({ way, label, data }: Flown): Described {
    const described = data === undefined ? undefined : this.#describe(way, label, data)
    return described ?? { what: label, facts: '' }
  }

  #add(node: string, fields: OwnFields, cause = this.#moment.cause): number {
    const id = this.#count
    if (this.#isClosed) return id
    this.#count += 1
    if (this.#records.length >= this.#recordsMax) this.#records.splice(0, this.#recordsMax >> 1)
    const place = { id, cause, atUs: this.#timeline.nowUs, node }
    this.#records.push({ ...place, ...fields } as TraceRecord)
    return id
  }

  /** Runs what this record brings about. */
  #under(id: number, run: () => void): void {
    this.#during({ ...this.#moment, cause: id }, run)
  }

  #during(moment: Moment, run: () => void): void {
    const before = this.#moment
    this.#moment = moment
    try {
      run()
    } finally {
      this.#moment = before
    }
  }
}
