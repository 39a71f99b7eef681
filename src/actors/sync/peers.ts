/**
 * The peers as sync sees them: what each says of itself, and what the peer actor thinks of it. Whoever
 * needs to know (the scheduler of downloads, the monitor) is told here, and only here.
 */
import type { Millis } from '../../base/units.ts'
import type { PeerId, Random } from '../../kernel/environment.ts'
import type { Hash } from '../../protocol/hash.ts'
import { committedOf, type Status } from '../../protocol/wire/status.ts'
import type { PeerFacts } from './download/command.ts'
import type { SyncMessage } from './messages.ts'
import type { MonitoredPeer } from './monitor/network-monitor.ts'

type Standing = Omit<Extract<SyncMessage, { kind: 'peer-standing' }>, 'kind' | 'peer'>

interface KnownPeer {
  readonly status: Status
  /** When it said so. */
  readonly saidMs: Millis
  readonly standing: Standing
}

/** Who is told of peers. */
export interface PeerListeners {
  readonly downloads: {
    peerReady(peer: PeerId, facts: PeerFacts, nowMs: Millis): void
    peerGone(peer: PeerId, nowMs: Millis): void
  }
  readonly monitor: {
    observePeer(peer: PeerId, change: Partial<MonitoredPeer>): void
    observeReport(peer: PeerId, certifiedHash: Hash, nowMs: Millis): void
    observePeerLost(peer: PeerId, nowMs: Millis): void
  }
  /** What a peer that has no block has committed. */
  readonly genesis: Hash
}

/** Statuses asked for at each look. */
const someMax = 4

export class SyncPeers {
  readonly #listeners: PeerListeners
  readonly #known = new Map<PeerId, KnownPeer>()
  #lastNewMs: Millis = 0
  /** Counted as they change: they are asked for at every answer, and there may be thousands. */
  #usable = 0

  constructor(listeners: PeerListeners) {
    this.#listeners = listeners
  }

  /** When last a peer came, or could be asked again. */
  get lastNewMs(): Millis {
    return this.#lastNewMs
  }

  /** Peers that may be asked. */
  get usable(): number {
    return this.#usable
  }

  /** How many that may be asked have said where they stand since a moment, and whether a member is one of them. */
  opinionsSince(ms: Millis): { readonly count: number; readonly hasMember: boolean } {
    const fresh = [...this.#known.values()].filter(
      ({ saidMs, standing }) => standing.isUsable && saidMs >= ms,
    )
    const hasMember = fresh.some(({ standing }) => standing.class === 'federation')
    return { count: fresh.length, hasMember }
  }

  has(peer: PeerId): boolean {
    return this.#known.has(peer)
  }

  /** Whether it is there and may be asked. */
  isUsable(peer: PeerId): boolean {
    return this.#known.get(peer)?.standing.isUsable === true
  }

  /** A peer says where it stands: as it comes, or when it was asked again. */
  setStatus(peer: PeerId, status: Status, nowMs: Millis): void {
    const known = this.#known.get(peer)
    if (known === undefined) this.#lastNewMs = nowMs
    const standing = known?.standing ?? newcomer(peer)
    this.#set(peer, { status, saidMs: nowMs, standing }, nowMs)
    const { monitor, genesis } = this.#listeners
    monitor.observeReport(peer, status.certified?.signed.hash ?? genesis, nowMs)
  }

  setStanding(peer: PeerId, standing: Standing, nowMs: Millis): void {
    const known = this.#known.get(peer)
    if (known === undefined) return
    if (standing.isUsable && !known.standing.isUsable) this.#lastNewMs = nowMs
    this.#set(peer, { ...known, standing }, nowMs)
  }

  /** Asks nothing more of a peer that was found out, without waiting for the peer actor to say so. */
  exclude(peer: PeerId, nowMs: Millis): void {
    const known = this.#known.get(peer)
    if (known === undefined) return
    this.#set(peer, { ...known, standing: { ...known.standing, isUsable: false } }, nowMs)
  }

  /** False if it was not there. */
  remove(peer: PeerId, nowMs: Millis): boolean {
    const known = this.#known.get(peer)
    if (known === undefined) return false
    this.#count(known.standing, -1)
    this.#known.delete(peer)
    this.#listeners.downloads.peerGone(peer, nowMs)
    this.#listeners.monitor.observePeerLost(peer, nowMs)
    return true
  }

  /** A few, another few each time. */
  some(random: Random): readonly PeerId[] {
    const peers = [...this.#known.keys()]
    const start = peers.length === 0 ? 0 : random.below(peers.length)
    return [...peers.slice(start), ...peers.slice(0, start)].slice(0, someMax)
  }

  /** Those for which an authority vouches, and a few others. */
  membersAndSome(random: Random): readonly PeerId[] {
    const members = [...this.#known].filter(([, { standing }]) => standing.class === 'federation')
    return [...new Set([...members.map(([peer]) => peer), ...this.some(random)])]
  }

  #set(peer: PeerId, known: KnownPeer, nowMs: Millis): void {
    const before = this.#known.get(peer)
    if (before !== undefined) this.#count(before.standing, -1)
    this.#count(known.standing, 1)
    this.#known.set(peer, known)
    const { downloads, monitor } = this.#listeners
    const { status, standing } = known
    const { class: peerClass, netgroup, conduct, isUsable } = standing
    const { availableFrom, statement } = status
    const committedHeight = committedOf(status).height
    if (isUsable) {
      const facts = { class: peerClass, netgroup, committedHeight, availableFrom }
      downloads.peerReady(peer, facts, nowMs)
    } else downloads.peerGone(peer, nowMs)
    const member = peerClass === 'federation' ? statement?.member : undefined
    monitor.observePeer(peer, { netgroup, member, conduct })
  }

  #count({ isUsable }: Standing, by: 1 | -1): void {
    if (isUsable) this.#usable += by
  }
}

/** What is assumed of a peer before the peer actor has said anything of it. */
function newcomer(peer: PeerId): Standing {
  return { class: 'regular', netgroup: peer, conduct: 0, isUsable: true }
}
