/**
 * Who is let in, and who goes for it. Federation peers and those of the configuration always have a place; a
 * stranger that dials in gets one once its status is known, if its neighbourhood has not had enough, and if need be
 * in the place of somebody whom nobody will miss.
 */
import type { Millis } from '../../base/units.ts'
import { committedOf } from '../../protocol/wire/status.ts'
import { peersFew } from './ban.ts'
import { decayed } from './decay.ts'
import { type Candidate, evictedForMs, evictionEveryMs, pickVictim } from './eviction.ts'
import { goodbyeFor } from './goodbye.ts'
import type { Judge } from './judge.ts'
import type { ConnectedPeer, ReadyPeer, TurnedAway } from './messages.ts'
import { peerIn, placeOf } from './place.ts'
import type { PeerRecord, Purpose } from './roster.ts'
import { conductOf, keepAddress, type PeerScene } from './scene.ts'
import {
  type Admission,
  admission,
  arrivalsPerSecondMax,
  greetingMax,
  isTrusted,
  minersMax,
  seatOf,
  seatsOf,
} from './slots.ts'

const servedHalfLifeMs = 600_000
/** With the door full, one who has not shown its status for so long gives way. */
const silentMsMax = 5_000

export class Doorkeeper {
  readonly #scene: PeerScene
  readonly #judge: Judge
  /** Arrivals from each host in this second. */
  readonly #arrivals = new Map<string, number>()
  #evictedMs: Millis = -Infinity

  constructor(scene: PeerScene, judge: Judge) {
    this.#scene = scene
    this.#judge = judge
  }

  /** A connection has come about. Told more than once of the same one, it does nothing. */
  arrived({ peer, address, isDialled }: ConnectedPeer, dialledFor?: Purpose): void {
    const { roster, parts, queue } = this.#scene
    const nowMs = parts.context.now()
    const isNew = roster.find(peer) === undefined
    const record = roster.meet(peer, nowMs)
    if (record.connection !== undefined) return
    const place = placeOf(address)
    const dialled = isDialled ? (dialledFor ?? queue.purposeFor(peer) ?? 'stranger') : 'inbound'
    const purpose = this.#scene.keptPeers.has(peer) ? 'kept' : dialled
    const reason = this.#refusal(record, isNew, { address, purpose })
    roster.connect(record, { address, place, purpose, sinceMs: nowMs, isReady: false })
    if (reason !== undefined) this.#turnAway(record, reason)
  }

  /** Its status is known. True if it has a place now. */
  admit({ peer, class: peerClass, status }: ReadyPeer): boolean {
    const { roster, parts } = this.#scene
    const nowMs = parts.context.now()
    const record = roster.meet(peer, nowMs)
    record.class = peerClass
    record.member = peerClass === 'federation' ? status.statement?.member : undefined
    record.committedHeight = committedOf(status).height
    record.availableFrom = status.availableFrom
    const { connection } = record
    if (connection === undefined || connection.isReady) return connection !== undefined
    const verdict = this.#verdict(record, nowMs)
    if (verdict.kind === 'refuse') {
      this.#turnAway(record, verdict.reason)
      return false
    }
    if (verdict.kind === 'evict' && !this.#evictOne(nowMs)) {
      this.#turnAway(record, 'full')
      return false
    }
    roster.connect(record, { ...connection, isReady: true })
    this.#keepIfFederation(record)
    return true
  }

  /** A second has passed. */
  tick(): void {
    this.#arrivals.clear()
  }

  /** Why a connection is closed before anything is known of the peer. */
  #refusal(
    record: PeerRecord,
    isNew: boolean,
    { address, purpose }: { readonly address: string; readonly purpose: Purpose },
  ): TurnedAway | undefined {
    if (record.ban !== undefined) return 'banned'
    // A member that was met before is known by its identity: no crowd at the door keeps it out.
    if (purpose !== 'inbound' || record.class === 'federation') return undefined
    const place = placeOf(address)
    const nowMs = this.#scene.parts.context.now()
    if (isNew && this.#judge.isHostOfLiars(place, nowMs)) return 'banned-host'
    if (!this.#hasRoomAtTheDoor(nowMs)) return 'too-many-arrivals'
    if (place.isLocal) return undefined
    const arrivals = (this.#arrivals.get(place.host) ?? 0) + 1
    this.#arrivals.set(place.host, arrivals)
    return arrivals > arrivalsPerSecondMax ? 'too-many-arrivals' : undefined
  }

  /** If need be, who has said nothing for longest gives way: silence must not keep others out. */
  #hasRoomAtTheDoor(nowMs: Millis): boolean {
    const { roster } = this.#scene
    const greeting = [...roster.all()].filter((record) => seatOf(record) === 'greeting')
    if (greeting.length < greetingMax) return true
    const silent = greeting.filter(({ connection }) => {
      return connection !== undefined && nowMs - connection.sinceMs > silentMsMax
    })
    const [oldest] = silent.toSorted((a, b) => {
      return (a.connection?.sinceMs ?? 0) - (b.connection?.sinceMs ?? 0)
    })
    if (oldest !== undefined) this.#turnAway(oldest, 'too-many-arrivals')
    return oldest !== undefined
  }

  #verdict(record: PeerRecord, nowMs: Millis): Admission {
    const { roster, options } = this.#scene
    const { connection, class: peerClass } = record
    if (record.ban !== undefined) return { kind: 'refuse', reason: 'banned' }
    const purpose = connection?.purpose ?? 'inbound'
    if (peerClass === 'federation') {
      const isFull = seatsOf(roster.all()).federation > options.federationPeersMax
      return isFull ? { kind: 'refuse', reason: 'full' } : { kind: 'admit' }
    }
    if (isTrusted(peerClass, purpose)) return { kind: 'admit' }
    if (peerClass === 'miner' && this.#hasPlaceForMiner()) return { kind: 'admit' }
    if (purpose !== 'inbound') return { kind: 'admit' }
    return admission(record, roster.all(), options, nowMs)
  }

  #hasPlaceForMiner(): boolean {
    return seatsOf(this.#scene.roster.all()).miners < minersMax(this.#scene.options)
  }

  /** Sends somebody away to make room. False if everybody there deserves to stay. */
  #evictOne(nowMs: Millis): boolean {
    const { roster, placement, parts } = this.#scene
    if (nowMs - this.#evictedMs < evictionEveryMs || roster.connected < peersFew) return false
    const candidates = [...roster.all()].flatMap((record) => {
      return seatOf(record) === 'inbound' ? [this.#candidate(record, nowMs)] : []
    })
    const victim = pickVictim(candidates, (netgroup) => placement.rankOf(netgroup))
    const record = victim === undefined ? undefined : roster.find(victim.peer)
    if (record?.connection === undefined) return false
    this.#evictedMs = nowMs
    record.lockedUntilMs = nowMs + evictedForMs
    const { peer, place } = record
    // Its place is free from now on, though it may take a moment to leave.
    roster.connect(record, { ...record.connection, isReady: false })
    parts.context.emit({ kind: 'peer-evicted', peer, netgroup: place.netgroup })
    parts.context.send(parts.network, { kind: 'disconnect', peer, reason: 'too-many-peers' })
    return true
  }

  #candidate(record: PeerRecord, nowMs: Millis): Candidate {
    const { peer, place, connection, announcedMs } = record
    const { latencyMs } = record.performance
    return {
      ...{ peer, netgroup: place.netgroup, announcedMs, latencyMs },
      sinceMs: connection?.sinceMs ?? nowMs,
      conduct: conductOf(this.#scene, record, nowMs),
      servedBytes: decayed(record.servedBytes, nowMs - record.servedAtMs, servedHalfLifeMs),
    }
  }

  /** A federation peer is dialled for ever from where it was found; one that has ceased to be one is not. */
  #keepIfFederation({ class: peerClass, connection, peer }: PeerRecord): void {
    const { options, queue, keptPeers } = this.#scene
    if (connection === undefined || options.addresses.includes(connection.address)) return
    const { address, purpose } = connection
    if (purpose === 'inbound') return
    if (peerClass === 'federation') {
      if (keptPeers.size < options.federationPeersMax + options.addresses.length) {
        keepAddress(this.#scene, address)
      }
    } else if (purpose === 'kept' && !options.addresses.some((each) => peerIn(each) === peer)) {
      queue.release(address)
      keptPeers.delete(peer)
    }
  }

  #turnAway({ peer }: PeerRecord, reason: TurnedAway): void {
    const { context, network } = this.#scene.parts
    context.emit({ kind: 'peer-turned-away', peer, reason })
    context.send(network, { kind: 'disconnect', peer, reason: goodbyeFor(reason) })
  }
}
