/**
 * Everybody this node has to do with, by identity: connected, banned, or remembered for how they behaved. Where
 * strangers can be found is another matter (`book/`). Bounded: whoever is neither connected nor banned is
 * forgotten, longest unseen first.
 */
import type { Millis } from '../../base/units.ts'
import type { PeerId } from '../../kernel/environment.ts'
import { type Ban, type BanHistory, neverBanned } from './ban.ts'
import { type Conduct, spotless } from './conduct.ts'
import type { PeerClass } from './messages.ts'
import { type Performance, unmeasured } from './performance.ts'
import { type Place, placeOf } from './place.ts'

/** What a connection is for. `inbound`: only the other knows. `kept`: the configuration, or a federation's. */
export type Purpose = 'inbound' | 'kept' | 'anchor' | 'miner' | 'stranger' | 'feeler'

export interface Connection {
  readonly address: string
  readonly place: Place
  readonly purpose: Purpose
  readonly sinceMs: Millis
  /** Its status is known, so it is of this chain. */
  readonly isReady: boolean
}

export interface PeerRecord {
  readonly peer: PeerId
  class: PeerClass
  /** Of the committee, for which it speaks by an authority's word. */
  member: number | undefined
  connection: Connection | undefined
  /** Where it was last seen. */
  address: string
  place: Place
  conduct: Conduct
  performance: Performance
  /** Bytes that it served, the older the less of them; and as of when. */
  servedBytes: number
  servedAtMs: Millis
  ban: Ban | undefined
  history: BanHistory
  /** A federation's: nothing is asked of it until then. */
  pausedUntilMs: Millis | undefined
  pauses: number
  committedHeight: number | undefined
  availableFrom: number | undefined
  firstSeenMs: Millis
  lastSeenMs: Millis
  /** When it was last the first to bring a new block. */
  announcedMs: Millis | undefined
  /** Checks in a row that it did not answer. */
  unanswered: number
  isChecked: boolean
  /** When it was last told where members are. */
  toldMembersMs: Millis | undefined
  /** By its own word there is no use in dialling it before. */
  closedUntilMs: Millis | undefined
  /** It was evicted: while all is full, no place is found for it before. */
  lockedUntilMs: Millis | undefined
  /** When it was last asked for addresses, and when it last was given some. */
  askedAddressesMs: Millis | undefined
  gaveAddressesMs: Millis | undefined
}

const nowhere = placeOf('')

export class Roster {
  readonly #peersMax: number
  readonly #records = new Map<PeerId, PeerRecord>()
  #connected = 0

  constructor(peersMax: number) {
    this.#peersMax = peersMax
  }

  get size(): number {
    return this.#records.size
  }

  /** Peers that are connected, ready or not. */
  get connected(): number {
    return this.#connected
  }

  all(): Iterable<PeerRecord> {
    return this.#records.values()
  }

  find(peer: PeerId): PeerRecord | undefined {
    return this.#records.get(peer)
  }

  /** The record of a peer, made if there is none. It counts as seen. */
  meet(peer: PeerId, nowMs: Millis): PeerRecord {
    const known = this.#records.get(peer)
    if (known !== undefined) {
      known.lastSeenMs = nowMs
      return known
    }
    if (this.#records.size >= this.#peersMax) this.#forgetOne()
    const fresh = freshRecord(peer, nowMs)
    this.#records.set(peer, fresh)
    return fresh
  }

  connect(record: PeerRecord, connection: Connection): void {
    if (record.connection === undefined) this.#connected += 1
    record.connection = connection
    record.address = connection.address
    record.place = connection.place
    record.unanswered = 0
  }

  disconnect(record: PeerRecord, nowMs: Millis): void {
    if (record.connection === undefined) return
    this.#connected -= 1
    record.connection = undefined
    record.lastSeenMs = nowMs
    // Whoever was seen last stands last, so that forgetting begins with the others.
    this.#records.delete(record.peer)
    this.#records.set(record.peer, record)
  }

  /** Asserts nothing: if all are connected or banned, the roster grows by one. Connections and bans have limits. */
  #forgetOne(): void {
    for (const { peer, connection, ban } of this.#records.values()) {
      if (connection !== undefined || ban !== undefined) continue
      this.#records.delete(peer)
      return
    }
  }
}

export function freshRecord(peer: PeerId, nowMs: Millis): PeerRecord {
  return {
    peer,
    class: 'regular',
    member: undefined,
    connection: undefined,
    address: '',
    place: nowhere,
    conduct: spotless,
    performance: unmeasured,
    servedBytes: 0,
    servedAtMs: nowMs,
    ban: undefined,
    history: neverBanned,
    pausedUntilMs: undefined,
    pauses: 0,
    committedHeight: undefined,
    availableFrom: undefined,
    firstSeenMs: nowMs,
    lastSeenMs: nowMs,
    announcedMs: undefined,
    unanswered: 0,
    isChecked: false,
    toldMembersMs: undefined,
    closedUntilMs: undefined,
    lockedUntilMs: undefined,
    askedAddressesMs: undefined,
    gaveAddressesMs: undefined,
  }
}
