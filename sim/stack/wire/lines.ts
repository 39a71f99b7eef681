/**
 * What a frame meets on its way from one host to another: the rules in force, and the character of the link. The
 * same rules and links as in the model of a network (`../../fabric.ts`), for bytes instead of messages.
 */
import type { Digest } from '../../digest.ts'
import type { FabricParts, TrafficCounts } from '../../fabric.ts'
import { type LinkModel, type LinkNumber, Links } from '../../link.ts'
import { type Cargo, type Fate, RuleList } from '../../rules.ts'
import type { Timeline } from '../../timeline.ts'

/** When a frame arrives that leaves now; or that it gets lost, or breaks its connection. */
export type Departure = number | 'lost' | 'reset'

const pass: Fate = { kind: 'pass' }

export class Lines {
  readonly timeline: Timeline
  readonly digest: Digest
  readonly rules = new RuleList(() => undefined)
  readonly counts: TrafficCounts = { sent: 0, lost: 0, duplicated: 0, oversize: 0 }
  readonly #links: Links
  readonly #linkOf = new Map<string, LinkNumber>()
  readonly #modelOf: (from: string, to: string) => LinkModel

  constructor({ timeline, digest, random, modelOf }: FabricParts) {
    this.timeline = timeline
    this.digest = digest
    this.#links = new Links(random)
    this.#modelOf = modelOf
  }

  /** The link of this direction. Its random stream depends on the two names alone. */
  link(from: string, to: string): LinkNumber {
    const name = `${from}>${to}`
    const known = this.#linkOf.get(name)
    if (known !== undefined) return known
    const link = this.#links.add(from, to, this.#modelOf(from, to))
    this.#linkOf.set(name, link)
    return link
  }

  setLink(from: string, to: string, model: LinkModel): void {
    this.#links.setModel(this.link(from, to), model)
  }

  /** Puts a frame on a link, unless it gets lost. */
  depart(link: LinkNumber, cargo: Cargo): Departure {
    const links = this.#links
    const { nowUs } = this.timeline
    const fate = this.#judge(link, cargo)
    if (fate.kind === 'reset') return 'reset'
    const isBytes = cargo.kind === 'bytes'
    const isLost = isBytes && links.happens(link, links.model(link).lossPerMillion)
    const dueUs =
      fate.kind === 'drop' || isLost ? undefined : links.arrivalUs(link, nowUs, cargo.bytes)
    if (dueUs === undefined) {
      this.counts.lost += 1
      return 'lost'
    }
    this.counts.sent += 1
    return fate.kind === 'delay' ? dueUs + fate.us : dueUs
  }

  #judge(link: LinkNumber, cargo: Cargo): Fate {
    // Most of the time there is none.
    if (this.rules.size === 0) return pass
    return this.rules.judge({ ...cargo, ...this.#links.ends(link), atUs: this.timeline.nowUs })
  }

  /** Until when a link is busy with what was put on it so far. */
  busyUntilUs(link: LinkNumber): number {
    return this.#links.busyUntilUs(link)
  }
}
