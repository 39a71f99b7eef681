/**
 * What follows from what peers do: their conduct, their pauses and their bans. A ban is on the disk before the
 * network hears of it, so that whoever is restarted knows which ones to lift when their time has come.
 */
import type { Millis } from '../../base/units.ts'
import type { PeerId } from '../../kernel/environment.ts'
import {
  type Ban,
  banMsMax,
  dayMs,
  historyAt,
  isOver,
  neverBanned,
  nextBan,
  pauseMs,
  sentenceFor,
} from './ban.ts'
import { conductAfter, spotless } from './conduct.ts'
import { decayed } from './decay.ts'
import type { Offence, Service } from './messages.ts'
import { performanceAfter } from './performance.ts'
import type { Place } from './place.ts'
import type { PeerRecord } from './roster.ts'
import { conductOf, type PeerScene } from './scene.ts'

export interface JudgeHooks {
  /** What is known of a peer has changed. */
  readonly onChange: (record: PeerRecord) => void
  /** Bans have changed. Calls back when they are on the disk, or cannot be. */
  readonly keepBans: (done: () => void) => void
}

/** With more bans than these, those that end first are lifted. */
const bansMax = 1_024
/** So many identities that were proven liars on one host, and no new one is heard from there. */
const liarsPerHostMax = 5
/** How long a ban that a proof brought weighs on its host. */
const hostBanMs = 3_600_000
/** Bytes served are forgotten by half in so long. */
const servedHalfLifeMs = 600_000

export class Judge {
  readonly #scene: PeerScene
  readonly #hooks: JudgeHooks
  readonly #banned = new Set<PeerId>()

  constructor(scene: PeerScene, hooks: JudgeHooks) {
    this.#scene = scene
    this.#hooks = hooks
  }

  get bans(): number {
    return this.#banned.size
  }

  report(peer: PeerId, offence: Offence): void {
    const { parts, roster, options } = this.#scene
    const { context } = parts
    const nowMs = context.now()
    const record = roster.meet(peer, nowMs)
    record.conduct = conductAfter(record.conduct, offence, nowMs, options.conductHalfLifeMs)
    context.emit({ kind: 'peer-reported', peer, offence, conduct: record.conduct.value })
    const sentence = sentenceFor(offence, record.conduct, record.class)
    if (sentence.kind === 'pause') this.#pause(record, offence, nowMs)
    if (sentence.kind === 'ban' && record.ban === undefined) {
      const { ban, history } = nextBan(record.history, sentence.as, offence, nowMs)
      record.history = history
      this.#ban(record, ban)
    }
    this.#hooks.onChange(record)
  }

  service(peer: PeerId, service: Service): void {
    const { roster, parts } = this.#scene
    const record = roster.find(peer)
    if (record === undefined) return
    const nowMs = parts.context.now()
    record.performance = performanceAfter(record.performance, service)
    if (service.outcome === 'failed') return this.#hooks.onChange(record)
    record.lastSeenMs = nowMs
    record.unanswered = 0
    if (service.outcome === 'served' && service.bytes > 0) {
      const before = decayed(record.servedBytes, nowMs - record.servedAtMs, servedHalfLifeMs)
      record.servedBytes = Math.min(Number.MAX_SAFE_INTEGER, before + service.bytes)
      record.servedAtMs = nowMs
    }
    this.#hooks.onChange(record)
  }

  /** An operator's word. True if the peer was known. */
  banByOperator(peer: PeerId, forMs: Millis, reason: string): boolean {
    const { parts, roster } = this.#scene
    const nowMs = parts.context.now()
    const isKnown = roster.find(peer) !== undefined
    const record = roster.meet(peer, nowMs)
    const untilMs = nowMs + Math.min(forMs, banMsMax)
    this.#ban(record, { kind: 'operator', sinceMs: nowMs, untilMs, reason })
    this.#hooks.onChange(record)
    return isKnown
  }

  /** True if there was a ban. */
  unbanByOperator(peer: PeerId): boolean {
    const record = this.#scene.roster.find(peer)
    if (record === undefined) return false
    const wasBanned = record.ban !== undefined
    record.conduct = spotless
    record.history = neverBanned
    record.pausedUntilMs = undefined
    if (wasBanned) this.#lift(record, 'operator')
    else this.#hooks.keepBans(() => undefined)
    this.#hooks.onChange(record)
    return wasBanned
  }

  /** Puts back a ban from before this life. The network may or may not know of it. */
  recall(record: PeerRecord, ban: Ban): void {
    record.ban = ban
    this.#banned.add(record.peer)
    this.#tellNetwork(record.peer, true)
  }

  /** The network was restarted: what it refuses is told again. */
  tellAll(): void {
    for (const peer of this.#banned) this.#tellNetwork(peer, true)
  }

  /** Lifts what is over, and ends pauses. */
  tick(nowMs: Millis): void {
    const { roster } = this.#scene
    for (const peer of this.#banned) {
      const record = roster.find(peer)
      if (record?.ban === undefined) this.#banned.delete(peer)
      else if (isOver(record.ban, nowMs, roster.connected)) this.#lift(record, 'over')
    }
  }

  /** Whether a host is known for liars. Not asked about hosts that many share for good reasons. */
  isHostOfLiars({ host, isLocal }: Place, nowMs: Millis): boolean {
    if (isLocal || this.#banned.size < liarsPerHostMax) return false
    let liars = 0
    for (const peer of this.#banned) {
      const record = this.#scene.roster.find(peer)
      if (record?.ban?.kind !== 'proof' || record.place.host !== host) continue
      if (nowMs - record.ban.sinceMs < hostBanMs) liars += 1
    }
    return liars >= liarsPerHostMax
  }

  #pause(record: PeerRecord, offence: Offence, nowMs: Millis): void {
    if (record.pausedUntilMs !== undefined && nowMs < record.pausedUntilMs) return
    // A day without, and it begins anew.
    const isLongAgo = record.pausedUntilMs !== undefined && nowMs - record.pausedUntilMs > dayMs
    if (isLongAgo) record.pauses = 0
    const forMs = pauseMs(record.pauses)
    record.pauses += 1
    record.pausedUntilMs = nowMs + forMs
    const { peer } = record
    this.#scene.parts.context.emit({ kind: 'federation-peer-paused', peer, offence, forMs })
  }

  #ban(record: PeerRecord, ban: Ban): void {
    const { context, network } = this.#scene.parts
    const { peer } = record
    if (!this.#banned.has(peer) && this.#banned.size >= bansMax) this.#liftFirst()
    record.ban = ban
    this.#banned.add(peer)
    const forMs = ban.untilMs - ban.sinceMs
    context.emit({ kind: 'peer-banned', peer, as: ban.kind, reason: ban.reason, forMs })
    context.send(network, { kind: 'disconnect', peer, reason: 'banned' })
    this.#hooks.keepBans(() => {
      if (record.ban !== undefined) this.#tellNetwork(peer, true)
    })
  }

  #lift(record: PeerRecord, why: 'over' | 'operator'): void {
    const { peer } = record
    record.ban = undefined
    this.#banned.delete(peer)
    this.#scene.parts.context.emit({ kind: 'peer-unbanned', peer, why })
    this.#tellNetwork(peer, false)
    this.#hooks.keepBans(() => undefined)
    this.#hooks.onChange(record)
  }

  #liftFirst(): void {
    let first: PeerRecord | undefined
    for (const peer of this.#banned) {
      const record = this.#scene.roster.find(peer)
      if (record?.ban === undefined) continue
      if (first?.ban === undefined || record.ban.untilMs < first.ban.untilMs) first = record
    }
    if (first !== undefined) this.#lift(first, 'over')
  }

  #tellNetwork(peer: PeerId, isBanned: boolean): void {
    const { context, network } = this.#scene.parts
    context.send(network, { kind: 'ban', peer, isBanned })
  }
}

/** Whether it is worth remembering over a restart. */
export function isMarked(scene: PeerScene, record: PeerRecord, nowMs: Millis): boolean {
  const { soft, proof } = historyAt(record.history, nowMs)
  return record.ban !== undefined || soft + proof > 0 || conductOf(scene, record, nowMs) < -1
}
