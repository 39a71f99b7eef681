/**
 * What lies between the hosts: links, made when first used, and the rules that judge each flight. It
 * carries events to their time; what they mean is the matter of those who send.
 */
import type { ConnectionEnd } from './connection.ts'
import type { Digest } from './digest.ts'
import { type LinkModel, type LinkNumber, Links } from './link.ts'
import type { SimRandom } from './random.ts'
import { type Cargo, type Fate, RuleList } from './rules.ts'
import { type Rumour, RumourBook } from './rumour.ts'
import type { Timeline, TimelineEntry, TimelineEvent } from './timeline.ts'

/** What a fabric is made of. */
export interface FabricParts {
  readonly timeline: Timeline
  readonly random: SimRandom
  readonly digest: Digest
  /** What the link between two hosts is like, unless it is set by name. */
  readonly modelOf: (from: string, to: string) => LinkModel
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

/** The arrival of a rumour where it has been seen. */
const nothingNew: TimelineEvent<Rumour> = { fire: () => undefined }

export class Fabric {
  readonly timeline: Timeline
  readonly digest: Digest
  readonly rules: RuleList
  readonly rumours = new RumourBook()
  readonly counts: TrafficCounts = { sent: 0, lost: 0, duplicated: 0, oversize: 0 }
  readonly #modelOf: (from: string, to: string) => LinkModel
  readonly links: Links
  readonly #linkOf = new Map<string, LinkNumber>()

  constructor(parts: FabricParts, onRulesChange: () => void) {
    this.timeline = parts.timeline
    this.digest = parts.digest
    this.rules = new RuleList(onRulesChange)
    this.links = new Links(parts.random)
    this.#modelOf = parts.modelOf
  }

  /** The link of this direction. Its random stream depends on the two names alone. */
  link(from: string, to: string): LinkNumber {
    const name = `${from}>${to}`
    const known = this.#linkOf.get(name)
    if (known !== undefined) return known
    const link = this.links.add(from, to, this.#modelOf(from, to))
    this.#linkOf.set(name, link)
    return link
  }

  setLink(link: LinkNumber, model: LinkModel): void {
    this.links.setModel(link, model)
  }

  /** Lets `event` happen at the far end, in order behind what was sent before. Answers when it will. */
  send<Value = undefined>(
    link: LinkNumber,
    cargo: Cargo,
    event: TimelineEvent<Value>,
    value?: Value,
  ): TimelineEntry | Failure {
    const { links } = this
    const delayUs = this.#delayUs(link, cargo)
    if (typeof delayUs === 'string') return delayUs
    const isMessage = cargo.kind === 'request' || cargo.kind === 'answer'
    const isLost = isMessage && links.happens(link, links.model(link).lossPerMillion)
    const dueUs = links.orderedArrivalUs(link, this.timeline.nowUs, cargo.bytes)
    if (isLost || dueUs === undefined) return this.#lose()
    this.counts.sent += 1
    return this.timeline.at(dueUs + delayUs, event, value as Value)
  }

  /**
   * Lets a rumour come in at the far end of `end`: perhaps, perhaps twice, and in any order. It is urgent: large
   * answers on the same link do not hold it up.
   */
  sendLoose(end: ConnectionEnd, rumour: Rumour): 'sent' | Failure {
    const { link, farListener } = end
    // Whoever has seen it stays so: its arrival is an event like others, but need not touch the far end.
    const arrival = rumour.wasSeenBy(farListener) ? nothingNew : end.far
    const { links } = this
    const model = links.model(link)
    const delayUs = this.#delayUs(link, rumour.cargo)
    if (typeof delayUs === 'string') return delayUs
    const dueUs = links.urgentArrivalUs(link, this.timeline.nowUs, rumour.cargo.bytes)
    if (dueUs === undefined || links.happens(link, model.lossPerMillion)) return this.#lose()
    this.counts.sent += 1
    const isLate = links.happens(link, model.reorderPerMillion)
    const lateUs = isLate ? links.drawUs(link, model.reorderDelay) : 0
    this.timeline.at(dueUs + delayUs + lateUs, arrival, rumour)
    if (links.happens(link, model.duplicatePerMillion)) {
      this.counts.duplicated += 1
      const againUs = links.urgentArrivalUs(link, this.timeline.nowUs, rumour.cargo.bytes) ?? dueUs
      this.timeline.at(againUs + delayUs, arrival, rumour)
    }
    return 'sent'
  }

  /** What the rules would do to this, now. */
  judge(link: LinkNumber, cargo: Cargo): Fate {
    const { from, to } = this.links.ends(link)
    return this.rules.judge({ ...cargo, from, to, atUs: this.timeline.nowUs })
  }

  /** The delay that the rules add, or how the flight ends before it began. */
  #delayUs(link: LinkNumber, cargo: Cargo): number | Failure {
    if (this.rules.size === 0) return 0
    const fate = this.judge(link, cargo)
    if (fate.kind === 'pass') return 0
    if (fate.kind === 'delay') return fate.us
    return fate.kind === 'reset' ? 'reset' : this.#lose()
  }

  #lose(): 'lost' {
    this.counts.lost += 1
    return 'lost'
  }
}
