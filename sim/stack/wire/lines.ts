/**
 * What a frame meets on its way from one host to another: the rules in force, and the character of the link. The
 * same rules and links as in the model of a network (`../../fabric.ts`), for bytes instead of messages.
 */

import { present } from '../../../src/base/assert.ts'
import type { Digest } from '../../digest.ts'
import type { FabricParts, TrafficCounts } from '../../fabric.ts'
import type { Gate } from '../../gate.ts'
import type { LinkModel, LinkNumber } from '../../link.ts'
import { LinkTable } from '../../link-table.ts'
import { type Cargo, type Fate, pass, RuleList } from '../../rules.ts'
import type { Timeline } from '../../timeline.ts'

/** When a frame arrives that leaves now; or that it gets lost, breaks its connection, or has to wait for a gate. */
export type Departure = number | 'lost' | 'reset' | Gate

export class Lines {
  readonly timeline: Timeline
  readonly digest: Digest
  readonly rules = new RuleList('bytes', () => undefined)
  readonly counts: TrafficCounts = { sent: 0, lost: 0, duplicated: 0, oversize: 0 }
  readonly table: LinkTable

  constructor(parts: FabricParts) {
    this.timeline = parts.timeline
    this.digest = parts.digest
    this.table = new LinkTable(parts)
  }

  /** The link of this direction. Its random stream depends on the two names alone. */
  link(from: string, to: string): LinkNumber {
    return this.table.link(from, to)
  }

  setLink(from: string, to: string, model: LinkModel): void {
    this.table.setModel(this.link(from, to), model)
  }

  /** Puts a frame on a link, unless it gets lost. */
  depart(link: LinkNumber, cargo: Cargo): Departure {
    const links = this.table.rows
    const { nowUs } = this.timeline
    const fate = this.#judge(link, cargo)
    if (fate.kind === 'reset') return 'reset'
    if (fate.kind === 'hold') return fate.gate
    const isBytes = cargo.kind === 'bytes'
    const isLost = isBytes && links.happens(link, links.model(link).lossPerMillion)
    const dueUs =
      fate.kind === 'drop' || isLost ? undefined : links.arrivalUs(link, nowUs, cargo.bytes)
    if (dueUs === undefined) {
      this.counts.lost += 1
      return 'lost'
    }
    this.counts.sent += 1
    return dueUs + delayUsOf(fate)
  }

  #judge(link: LinkNumber, cargo: Cargo): Fate {
    // Most of the time there is none.
    if (this.rules.size === 0) return pass
    return this.rules.judge({ ...cargo, ...this.table.rows.ends(link), atUs: this.timeline.nowUs })
  }

  /** Until when a link is busy with what was put on it so far. */
  busyUntilUs(link: LinkNumber): number {
    return this.table.rows.busyUntilUs(link)
  }
}

/** How much later a frame arrives. A fate that only a message can have is a fault of whoever made the rule. */
function delayUsOf(fate: Fate): number {
  if (fate.kind === 'pass') return 0
  const us = fate.kind === 'delay' ? fate.us : undefined
  return present(us, `a fate of bytes, not ${fate.kind}`)
}
