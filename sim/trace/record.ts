/**
 * What happened in a run, and what each of it followed from: one record a happening, as plain data. The causes make
 * a forest: whoever follows them from any record comes to a root, which is a fault, an act of the story, or the beginning.
 *
 * A cause is what the simulator and the kernel know: what put the message into the mailbox, what set the timer, what
 * sent the bytes. That an actor had learned something before, in another turn, is no cause; `slice.ts` looks for that.
 */

/** What each record has. */
interface Place {
  /** Ascends by one from record to record; the first of a run is 0. */
  readonly id: number
  /** The record that this one follows from, always an earlier one. Undefined for a root. */
  readonly cause: number | undefined
  /** Virtual time, whole microseconds. */
  readonly atUs: number
  /** The machine where it happened; empty for what concerns the world. */
  readonly node: string
}

/** An actor takes a message. */
export interface TurnRecord extends Place {
  readonly kind: 'turn'
  /** The actor's path in its system. */
  readonly actor: string
  /** The message's kind: `start` as a life begins, `continue` for what the actor asked for itself. */
  readonly message: string
}

/** An actor emits an event. */
export interface EventRecord extends Place {
  readonly kind: 'event'
  readonly actor: string
  readonly event: string
  /** `name=value` pairs, shortened for people. */
  readonly facts: string
}

/** What goes over the network. */
export const messageWays = ['gossip', 'request', 'answer', 'connection'] as const

export type MessageWay = (typeof messageWays)[number]

/** A message comes in. Its cause is what sent it, at another machine. */
export interface ArrivalRecord extends Place {
  readonly kind: 'arrival'
  readonly way: MessageWay
  readonly from: string
  readonly sentUs: number
  /** Its topic or protocol, or what it is if that is known; of a connection, what becomes of it. */
  readonly what: string
  /** What it says, as far as that is known, as `name=value` pairs. */
  readonly facts: string
  readonly bytes: number
  /** The record of the fault that held it up on its way, changed it, or sent it once more, if one did. */
  readonly fault: number | undefined
}

/**
 * What takes a message: a rule of the network, that is a fault; the nature of the link; its full queue; or that the
 * connection was gone when it came to its end, which is when it is told.
 */
export const takers = ['rule', 'link', 'queue', 'gone'] as const

/** A message does not come in. The node is its sender. */
export interface LossRecord extends Place {
  readonly kind: 'loss'
  readonly way: MessageWay
  readonly to: string
  readonly what: string
  readonly facts: string
  readonly bytes: number
  readonly by: (typeof takers)[number]
  /** The record of the fault, if it was one that took it. */
  readonly fault: number | undefined
}

/** A timer of a machine's process is due. Its cause is what set it. */
export interface TimerRecord extends Place {
  readonly kind: 'timer'
  readonly setUs: number
}

/** A fault strikes. The node is the one it befalls, if that is one. */
export interface FaultRecord extends Place {
  readonly kind: 'fault'
  readonly fault: string
  readonly facts: string
  /** How long it is to last, in microseconds; undefined for one of a moment, or without an end. */
  readonly forUs: number | undefined
}

/** A fault ends. */
export interface MendRecord extends Place {
  readonly kind: 'mend'
  /** The record of the fault. */
  readonly fault: number
}

/** What becomes of a machine, or of the process on it. */
export const machineChanges = [
  ...(['booted', 'crashed', 'stopped'] as const),
  ...(['paused', 'resumed', 'stalled', 'unstalled'] as const),
]

export type MachineChange = (typeof machineChanges)[number]

/** A machine, or the process on it, changes its state. */
export interface MachineRecord extends Place {
  readonly kind: 'machine'
  readonly change: MachineChange
}

/** A property is found broken. Its cause is what showed that, if anything did by itself. */
export interface ViolationRecord extends Place {
  readonly kind: 'violation'
  readonly property: string
  readonly detail: string
}

/** Something that happened in a run. */
export type TraceRecord =
  | TurnRecord
  | EventRecord
  | ArrivalRecord
  | LossRecord
  | TimerRecord
  | FaultRecord
  | MendRecord
  | MachineRecord
  | ViolationRecord

export type RecordKind = TraceRecord['kind']

/** Which run a trace is of, and what came of it. */
export interface TraceHeader {
  /** Empty if the run has no name. */
  readonly scenario: string
  readonly seed: number
  /** Repeats the run; empty if nothing does. */
  readonly command: string
  /** Of the sources; empty if it is not known. */
  readonly commit: string
  /** Machines, in the order in which they were added. */
  readonly nodes: readonly string[]
  readonly outcome: string
  readonly digest: string
  /** Virtual time at the end of the run, whole microseconds. */
  readonly endUs: number
  /** How many records there were in the whole run: more than the trace has, if it is a part. */
  readonly recordsInAll: number
}

/** A run, or a part of one without gaps. */
export interface Trace {
  readonly header: TraceHeader
  /** Their ids ascend by one from that of the first. */
  readonly records: readonly TraceRecord[]
}

/** Where in a run, or a part of one, the record with this id stands; it need not reach there. */
export function placeOf(records: readonly TraceRecord[], id: number): number {
  return id - (records[0]?.id ?? 0)
}

/** The record with this id; undefined if the trace does not reach there. */
export function recordAt({ records }: Pick<Trace, 'records'>, id: number): TraceRecord | undefined {
  return records[placeOf(records, id)]
}

/** The violation that a trace tells of. If there is more than one, the first is the one that counts. */
export function violationIn({ records }: Pick<Trace, 'records'>): ViolationRecord | undefined {
  return records.find((record) => record.kind === 'violation')
}
