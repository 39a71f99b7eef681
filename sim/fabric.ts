/**
 * What lies between the hosts: links, made when first used, and the rules that judge each flight. It
 * carries events to their time; what they mean is the matter of those who send.
 */
import type { ConnectionEnd } from './connection.ts'
import type { Digest } from './digest.ts'
import type { Gate } from './gate.ts'
import type { LinkModel, LinkNumber, Links } from './link.ts'
import type { LinkChanges } from './link-changes.ts'
import { LinkTable } from './link-table.ts'
import type { SimRandom } from './random.ts'
import { type Cargo, type Fate, type MessageFate, pass, RuleList } from './rules.ts'
import { type Rumour, RumourBook } from './rumour.ts'
import type { Timeline, TimelineEntry, TimelineEvent } from './timeline.ts'
import type { Flown, Taker, Tracer } from './trace/tracer.ts'

/** What a fabric is made of. */
export interface FabricParts {
  readonly timeline: Timeline
  readonly random: SimRandom
  readonly digest: Digest
  /** What the link between two hosts is like, unless it is set by name. */
  readonly modelOf: (from: string, to: string) => LinkModel
  /** Is told of what is lost, and by what. */
  readonly tracer?: Tracer
}

/** How a flight did not set out. A lost one never arrives, and one that was reset breaks its connection. */
export type Failure = 'lost' | 'reset'

/** Counts of what happened to messages, for reports. */
export interface TrafficCounts {
  sent: number
  lost: number
  duplicated: number
  /** Messages that were too large to be sent at all. */
  oversize: number
}

/** What goes over: an event of the far end, which may be told that something befalls its message on the way. */
export interface Parcel<Value = undefined> extends TimelineEvent<Value> {
  befallen?(fate: MessageFate): void
}

/** When that arrives which has to wait for a gate: never, unless it is moved. */
const heldUs = 2 ** 52

/** The arrival of a rumour where it has been seen. */
const nothingNew: TimelineEvent<Rumour> = { fire: () => undefined }

export class Fabric {
  readonly timeline: Timeline
  readonly digest: Digest
  readonly rules: RuleList
  readonly rumours = new RumourBook()
  readonly counts: TrafficCounts = { sent: 0, lost: 0, duplicated: 0, oversize: 0 }
  readonly links: Links
  readonly linkChanges: LinkChanges
  readonly #table: LinkTable
  readonly #tracer: Tracer | undefined

  constructor(parts: FabricParts, onRulesChange: () => void) {
    this.timeline = parts.timeline
    this.digest = parts.digest
    this.rules = new RuleList('messages', onRulesChange)
    this.#table = new LinkTable(parts)
    this.#tracer = parts.tracer
    this.links = this.#table.rows
    this.linkChanges = this.#table.changes
  }

  /** The link of this direction. Its random stream depends on the two names alone. */
  link(from: string, to: string): LinkNumber {
    return this.#table.link(from, to)
  }

  setLink(link: LinkNumber, model: LinkModel): void {
    this.#table.setModel(link, model)
  }

  /** Lets `event` happen at the far end, in order behind what was sent before. Answers when it will. */
  send<Value = undefined>(
    link: LinkNumber,
    cargo: Cargo,
    event: Parcel<Value>,
    value?: Value,
  ): TimelineEntry | Failure {
    const { links } = this
    const fate = this.#fateOf(link, cargo)
    if (fate.kind === 'reset') return 'reset'
    if (fate.kind === 'drop') return this.#lose(link, cargo, 'rule')
    const isMessage = cargo.kind === 'request' || cargo.kind === 'answer'
    const isLost = isMessage && links.happens(link, links.model(link).lossPerMillion)
    const delayUs = fate.kind === 'delay' ? fate.us : 0
    const dueUs = links.orderedArrivalUs(link, this.timeline.nowUs, cargo.bytes, delayUs)
    if (dueUs === undefined) return this.#lose(link, cargo, 'queue')
    if (isLost) return this.#lose(link, cargo, 'link')
    this.counts.sent += 1
    if (fate.kind === 'change' || fate.kind === 'abort') event.befallen?.(fate)
    return this.#arriveAt(dueUs, fate, event, value as Value)
  }

  /**
   * Lets a rumour come in at the far end of `end`: perhaps, perhaps twice, and in any order. It is urgent: large
   * answers on the same link do not hold it up.
   */
  sendLoose(end: ConnectionEnd, sent: Rumour): 'sent' | Failure {
    const { link, farListener } = end
    const { links } = this
    const model = links.model(link)
    const fate = this.#fateOf(link, sent.cargo)
    if (fate.kind === 'reset') return 'reset'
    if (fate.kind === 'drop') return this.#lose(link, sent.cargo, 'rule', sent.data)
    const rumour =
      fate.kind === 'change' ? this.rumours.find(sent.topic, fate.change(sent.data)) : sent
    // Whoever has seen it stays so: its arrival is an event like others, but need not touch the far end.
    const arrival = rumour.wasSeenBy(farListener) ? nothingNew : end.far
    const dueUs = links.urgentArrivalUs(link, this.timeline.nowUs, rumour.cargo.bytes)
    if (dueUs === undefined) return this.#lose(link, rumour.cargo, 'queue', rumour.data)
    if (links.happens(link, model.lossPerMillion)) {
      return this.#lose(link, rumour.cargo, 'link', rumour.data)
    }
    this.counts.sent += 1
    const isLate = links.happens(link, model.reorderPerMillion)
    const lateUs = isLate ? links.drawUs(link, model.reorderDelay) : 0
    const delayUs = fate.kind === 'delay' ? fate.us : 0
    this.#arriveAt(dueUs + delayUs + lateUs, fate, arrival, rumour)
    if (links.happens(link, model.duplicatePerMillion)) {
      this.counts.duplicated += 1
      const againUs = links.urgentArrivalUs(link, this.timeline.nowUs, rumour.cargo.bytes) ?? dueUs
      this.#arriveAt(againUs + delayUs, fate, arrival, rumour)
    }
    if (fate.kind === 'replay') this.#replay(end, rumour, dueUs + fate.us, fate.memoryUs)
    return 'sent'
  }

  /** Lets a rumour come in once more. What was forgotten is decided then: perhaps another copy came shortly before. */
  #replay({ far }: ConnectionEnd, sent: Rumour, dueUs: number, memoryUs: number): void {
    const { timeline } = this
    this.counts.duplicated += 1
    sent.keepTimes(timeline.nowUs)
    const arrival: TimelineEvent<Rumour> = {
      fire: (rumour) => {
        rumour.forget(timeline.nowUs - memoryUs)
        far.fire(rumour)
      },
    }
    const again = timeline.at(dueUs, arrival, sent)
    this.#tracer?.befallen(again, this.rules.decided)
  }

  /** What the rules would do to this, now. */
  judge(link: LinkNumber, cargo: Cargo): Fate {
    const { from, to } = this.links.ends(link)
    return this.rules.judge({ ...cargo, from, to, atUs: this.timeline.nowUs })
  }

  /** As {@link judge}. Most of the time there is no rule. */
  #fateOf(link: LinkNumber, cargo: Cargo): Fate {
    return this.rules.size === 0 ? pass : this.judge(link, cargo)
  }

  #arriveAt<Value>(
    dueUs: number,
    fate: Fate,
    event: TimelineEvent<Value>,
    value: Value,
  ): TimelineEntry {
    const isHeld = fate.kind === 'hold'
    const entry = isHeld
      ? this.#arriveThrough(fate.gate, event, value)
      : this.timeline.at(dueUs, event, value)
    // What is replayed comes as it would have, the first time.
    if (fate.kind !== 'pass' && fate.kind !== 'replay') {
      this.#tracer?.befallen(entry, this.rules.decided)
    }
    return entry
  }

  /** Apart from where it is called, which would otherwise make room for a closure each time. */
  #arriveThrough<Value>(gate: Gate, event: TimelineEvent<Value>, value: Value): TimelineEntry {
    const { timeline } = this
    const entry = timeline.at(heldUs, event, value)
    gate.queue(() => {
      if (entry.isPending) timeline.move(entry, timeline.nowUs)
    })
    return entry
  }

  /** What was on its way on this link has come to where it is not expected any more. Only for who looks on. */
  miss(link: LinkNumber, cargo: Cargo, data?: Uint8Array): void {
    this.#tell(link, cargo, 'gone', data)
  }

  #lose(link: LinkNumber, cargo: Cargo, by: 'rule' | 'link' | 'queue', data?: Uint8Array): 'lost' {
    this.counts.lost += 1
    this.#tell(link, cargo, by === 'rule' ? { rule: this.rules.decided } : by, data)
    return 'lost'
  }

  #tell(link: LinkNumber, cargo: Cargo, by: Taker, data: Uint8Array | undefined): void {
    if (this.#tracer === undefined) return
    const { from, to } = this.links.ends(link)
    this.#tracer.loss(from, to, flownOf(cargo, data), by)
  }
}

/** What keeps a connection as such has no label: there it says what was to become of it. */
function flownOf({ kind, label, bytes }: Cargo, data: Uint8Array | undefined): Flown {
  if (kind === 'gossip' || kind === 'request' || kind === 'answer') {
    return { way: kind, label, data, bytes }
  }
  return { way: 'connection', label: kind, data, bytes }
}
