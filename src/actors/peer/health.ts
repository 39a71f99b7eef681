/**
 * Looks at every peer once in a while, a few in each second. Whoever has been silent is asked for its status;
 * whoever does not answer three times gives its place to another, and so does one a sweep that is of no use while
 * there are plenty. Neither is an offence, and neither befalls those whom this node trusts.
 */
import type { Result } from '../../base/result.ts'
import type { Millis } from '../../base/units.ts'
import type { PeerId } from '../../kernel/environment.ts'
import type { Status } from '../../protocol/wire/status.ts'
import { committedOf } from '../../protocol/wire/status.ts'
import type { NetworkMessage, PeerFault } from '../network/messages.ts'
import { AnnouncerRing } from './announcers.ts'
import type { PeerEvent } from './messages.ts'
import { mediansOf, performanceAfter } from './performance.ts'
import type { Connection, PeerRecord } from './roster.ts'
import { isUseless, type PeerScene } from './scene.ts'
import { isTrusted, seatOf, seatsOf } from './slots.ts'

/** Peers looked at in one second, and of them those that are asked. */
const looksPerTickMax = 256
const asksPerTickMax = 32
const askDeadlineMs = 5_000
/** Silent for so many sweeps, a peer is asked where it stands. That its connection is alive is looked after further down. */
const silentSweeps = 8
const unansweredMax = 3
/** A handshake may take as long as this. */
const greetingMsMax = 30_000
const statusBytes = 300

export interface HealthHooks {
  readonly onChange: (record: PeerRecord) => void
  readonly bans: () => number
}

export class Health {
  readonly #scene: PeerScene
  readonly #hooks: HealthHooks
  readonly announcers = new AnnouncerRing()
  #left: PeerRecord[] = []
  #begunMs: Millis
  #hasDismissed = false
  #wasNarrow = false

  constructor(scene: PeerScene, hooks: HealthHooks) {
    this.#scene = scene
    this.#hooks = hooks
    this.#begunMs = scene.parts.context.now()
  }

  /** Goes on with a sweep, or begins one if it is time. */
  tick(nowMs: Millis): void {
    const { options, roster } = this.#scene
    if (this.#left.length === 0) {
      if (nowMs - this.#begunMs < options.healthCheckMs) return
      this.#begunMs = nowMs
      this.#hasDismissed = false
      this.#left = [...roster.all()].filter(({ connection }) => connection !== undefined)
    }
    let asked = 0
    for (const record of this.#left.splice(0, looksPerTickMax)) {
      if (this.#look(record, nowMs, asked < asksPerTickMax)) asked += 1
    }
    if (this.#left.length === 0) this.#conclude()
  }

  /** True if the peer was asked for its status. */
  #look(record: PeerRecord, nowMs: Millis, mayAsk: boolean): boolean {
    const { connection } = record
    if (connection === undefined) return false
    if (!isTrusted(record.class, connection.purpose)) {
      const why = this.#whyDismissed(record, connection, nowMs)
      if (why !== undefined) {
        this.#dismiss(record, why)
        return false
      }
    }
    this.#hooks.onChange(record)
    const silentMs = nowMs - record.lastSeenMs
    // Members are asked each time: how far they are away is worth knowing before it matters.
    const sweeps = record.class === 'federation' ? 0 : silentSweeps
    const isSilent = silentMs >= sweeps * this.#scene.options.healthCheckMs
    if (!connection.isReady || !isSilent || record.isChecked || !mayAsk) return false
    this.#ask(record, nowMs)
    return true
  }

  #whyDismissed(
    record: PeerRecord,
    { isReady, sinceMs }: Connection,
    nowMs: Millis,
  ): Dismissal | undefined {
    if (!isReady && nowMs - sinceMs > greetingMsMax) return 'no-status'
    if (record.unanswered >= unansweredMax) return 'unresponsive'
    return this.#isSpare(record, nowMs) ? 'useless' : undefined
  }

  /** Of no use, while there are others in plenty. */
  #isSpare(record: PeerRecord, nowMs: Millis): boolean {
    const { roster, options } = this.#scene
    const isPlenty = roster.connected > options.peersTarget
    const isStranger = seatOf(record) === 'inbound' || seatOf(record) === 'outbound'
    return !this.#hasDismissed && isPlenty && isStranger && isUseless(this.#scene, record, nowMs)
  }

  #dismiss({ peer }: PeerRecord, why: Dismissal): void {
    const { context, network } = this.#scene.parts
    if (why === 'useless') this.#hasDismissed = true
    context.emit({ kind: 'peer-dismissed', peer, why })
    const reason = why === 'useless' ? 'not-needed' : 'fault'
    context.send(network, { kind: 'disconnect', peer, reason })
  }

  #ask(record: PeerRecord, nowMs: Millis): void {
    const { context, network } = this.#scene.parts
    const { peer } = record
    record.isChecked = true
    const question = {
      to: network,
      deadlineMs: askDeadlineMs,
      ask: (reply: (outcome: Result<Status, PeerFault>) => void): NetworkMessage => ({
        kind: 'fetch-status',
        peer,
        reply,
      }),
    }
    context.ask(question, (outcome) => {
      record.isChecked = false
      // A restart of this node's own network says nothing of the peer.
      if (!outcome.ok && outcome.fault.code === 'ended') return
      const answer = outcome.ok ? outcome.value : outcome
      // One that refuses is there: it may be busy, or has heard enough of us.
      const isThere = answer.ok || answer.fault.code === 'refused'
      if (!isThere) {
        record.unanswered += 1
        return
      }
      record.unanswered = 0
      record.lastSeenMs = context.now()
      if (!answer.ok) return
      record.committedHeight = committedOf(answer.value).height
      record.availableFrom = answer.value.availableFrom
      // How quick it is, and nothing of how far it can be relied upon: anybody answers this.
      const elapsedMs = context.now() - nowMs
      const service = { outcome: 'duplicate', bytes: statusBytes, elapsedMs } as const
      record.performance = performanceAfter(record.performance, service)
    })
  }

  #conclude(): void {
    const { roster, book, parts } = this.#scene
    const seats = seatsOf(roster.all())
    const connected = [...roster.all()].filter(({ connection }) => connection?.isReady === true)
    this.#scene.medians = mediansOf(connected.map(({ performance }) => performance))
    parts.context.emit({
      kind: 'peers-swept',
      connected: roster.connected,
      outbound: seats.outbound,
      banned: this.#hooks.bans(),
      addressesNew: book.newCount,
      addressesTried: book.triedCount,
    })
    this.#lookAtAnnouncers(connected)
  }

  /** Told once, when it begins. */
  #lookAtAnnouncers(connected: readonly PeerRecord[]): void {
    const netgroups = new Set(connected.map(({ place }) => place.netgroup))
    const heard = this.announcers.netgroups()
    const isNarrow = heard !== undefined && heard < announcersMin && netgroups.size > announcersMin
    if (isNarrow && !this.#wasNarrow) {
      this.#scene.parts.context.emit({ kind: 'announcers-few', netgroups: heard })
    }
    this.#wasNarrow = isNarrow
  }

  /** A peer was the first to bring a valid block. */
  announced(peer: PeerId): void {
    const record = this.#scene.roster.find(peer)
    if (record === undefined) return
    record.announcedMs = this.#scene.parts.context.now()
    record.lastSeenMs = record.announcedMs
    this.announcers.push(record.place.netgroup)
  }
}

type Dismissal = Extract<PeerEvent, { kind: 'peer-dismissed' }>['why']

/** First announcements come from at least so many netgroups, if there are more. */
const announcersMin = 3
