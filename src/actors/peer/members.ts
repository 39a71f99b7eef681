/**
 * Which members of the committee this node reaches, and how well. A member is whoever shows an authority's statement;
 * it is known by its place in the committee, whatever its peer is called. One that has not been there for a while is
 * told, once, and so is that it is back: agreement goes on without it, but somebody should look.
 */
import type { Millis } from '../../base/units.ts'
import type { PeerId } from '../../kernel/environment.ts'
import type { MemberReport } from './messages.ts'
import { unmeasured } from './performance.ts'
import type { PeerRecord } from './roster.ts'
import type { PeerScene } from './scene.ts'

/** Away for so long, a member is told to be lost. Before that it may be restarting. */
const lostMs: Millis = 30_000

interface Member {
  peer: PeerId | undefined
  /** When it was last connected; at first, when this node began. */
  thereMs: Millis
  isLost: boolean
}

export class Members {
  readonly #scene: PeerScene
  readonly #members = new Map<number, Member>()

  constructor(scene: PeerScene) {
    const { committee, context } = scene.parts
    const nowMs = context.now()
    this.#scene = scene
    for (let member = 0; member < committee.size; member += 1) {
      if (member === committee.own) continue
      this.#members.set(member, { peer: undefined, thereMs: nowMs, isLost: false })
    }
  }

  /** Whether there is a member that is not connected. */
  get isIncomplete(): boolean {
    return this.#connected().size < this.#members.size
  }

  tick(nowMs: Millis): void {
    const there = this.#connected()
    for (const [number, member] of this.#members) {
      const record = there.get(number)
      if (record !== undefined) this.#isThere(number, member, record.peer, nowMs)
      else if (!member.isLost && nowMs - member.thereMs >= lostMs) this.#isGone(number, member)
    }
  }

  /** In the order of the committee, this node itself left out. */
  reports(nowMs: Millis): readonly MemberReport[] {
    const there = this.#connected()
    return [...this.#members].map(([member, { peer, thereMs }]) => {
      const record = there.get(member)
      const known = record ?? (peer === undefined ? undefined : this.#scene.roster.find(peer))
      const { latencyMs: roundTripMs } = known?.performance ?? unmeasured
      return {
        ...{ member, peer: known?.peer ?? peer, isConnected: record !== undefined },
        awayMs: record === undefined ? nowMs - thereMs : 0,
        heardAgoMs: known && nowMs - known.lastSeenMs,
        roundTripMs,
        missed: known?.unanswered ?? 0,
      }
    })
  }

  #connected(): ReadonlyMap<number, PeerRecord> {
    const there = new Map<number, PeerRecord>()
    for (const record of this.#scene.roster.all()) {
      const { connection, member } = record
      if (connection?.isReady === true && member !== undefined) there.set(member, record)
    }
    return there
  }

  #isThere(number: number, member: Member, peer: PeerId, nowMs: Millis): void {
    const awayMs = nowMs - member.thereMs
    const { isLost } = member
    member.peer = peer
    member.thereMs = nowMs
    member.isLost = false
    if (isLost)
      this.#scene.parts.context.emit({ kind: 'member-back', member: number, peer, awayMs })
  }

  #isGone(number: number, member: Member): void {
    member.isLost = true
    const { peer } = member
    this.#scene.parts.context.emit({ kind: 'member-lost', member: number, peer })
  }
}
