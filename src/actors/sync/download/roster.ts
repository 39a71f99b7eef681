/**
 * All peers, by standing (see `peer.ts`): the proven ones in the order of their names, those that wait
 * for their first request in an order of chance, the paused ones by the end of their pause. Nothing here
 * looks at all peers at once, so ten thousand of them cost no more than those in use.
 */
import { assert } from '../../../base/assert.ts'
import type { PeerId } from '../../../kernel/environment.ts'
import type { PeerFacts } from './command.ts'
import { Heap } from './heap.ts'
import { has, newPeer, type Peer, rankOf, type Wanted } from './peer.ts'

/** Proven peers; more are not looked for. The window of one link is full with fewer. */
const provenMax = 512
/** Unproven peers with an open request, and those to choose the next from. */
const probesMax = 8
/** A peer that has nothing of what is needed is looked at again after this. */
const uselessMs = 1_000
/** Useless peers passed over at a time. */
const passedMax = 64
const words = 4_294_967_296
const rankedMissesMax = 1_000_000

interface Note {
  readonly peer: Peer
  readonly stamp: number
}

export class Roster {
  readonly #peers = new Map<PeerId, Peer>()
  readonly #proven: Peer[] = []
  readonly #waiting = new Heap<Note>()
  /** The first of those that wait. */
  #deck: Peer[] = []
  readonly #paused = new Heap<Note>()
  readonly #salt: number
  readonly #hasProbes: boolean
  #probes = 0

  constructor(salt: number, hasProbes: boolean) {
    this.#salt = salt
    this.#hasProbes = hasProbes
  }

  get size(): number {
    return this.#peers.size
  }

  /** Ascending by name. */
  get proven(): readonly Peer[] {
    return this.#proven
  }

  get(id: PeerId): Peer | undefined {
    return this.#peers.get(id)
  }

  /** A peer came, or more is known of it. */
  put(id: PeerId, facts: PeerFacts): void {
    const known = this.#peers.get(id)
    if (known !== undefined) {
      known.facts = facts
      return
    }
    const peer = newPeer(id, rankOf(id, this.#salt), facts)
    this.#peers.set(id, peer)
    this.#wait(peer)
  }

  remove(peer: Peer): void {
    this.#leave(peer, 'gone')
    this.#peers.delete(peer.id)
  }

  /** Ends what pauses are over; without probes, whoever waits is as good as proven. */
  refresh(nowMs: number): void {
    while (this.#paused.leastKey <= nowMs) {
      const note = this.#paused.pop()
      if (note === undefined || !isValid(note, 'paused')) continue
      if (note.peer.keepsProof) this.#prove(note.peer)
      else this.#wait(note.peer)
    }
    if (this.#hasProbes) return
    while (this.#proven.length < provenMax) {
      const note = this.#waiting.pop()
      if (note === undefined) return
      if (isValid(note, 'waiting')) this.#prove(note.peer)
    }
  }

  /** When the next pause ends. */
  get nextMs(): number {
    return this.#paused.leastKey
  }

  /** Unproven peers that may be asked for what is wanted, few, in the order of their names. */
  deck(wanted: Wanted, nowMs: number): readonly Peer[] {
    const places = this.#hasProbes ? probesMax - this.#probes : 0
    if (places <= 0) return []
    const isFull = this.#proven.length >= provenMax
    if (isFull && this.#proven.some((peer) => has(peer, wanted))) return []
    this.#refill(wanted, nowMs)
    return this.#deck
      .filter((peer) => has(peer, wanted))
      .slice(0, places)
      .toSorted(byName)
  }

  #refill(wanted: Wanted, nowMs: number): void {
    this.#deck = this.#deck.filter((peer) => peer.standing === 'waiting')
    // Those that have nothing of it must not take the places of those that may.
    if (this.#deck.length >= probesMax && !this.#deck.some((peer) => has(peer, wanted))) {
      for (const peer of this.#deck) this.pause(peer, uselessMs, nowMs)
      this.#deck = []
    }
    for (let passed = 0; this.#deck.length < probesMax && passed < passedMax; ) {
      const note = this.#waiting.pop()
      if (note === undefined) return
      if (!isValid(note, 'waiting')) continue
      if (has(note.peer, wanted)) this.#deck.push(note.peer)
      else {
        this.pause(note.peer, uselessMs, nowMs)
        passed += 1
      }
    }
  }

  /** An unproven peer got a request. */
  asked(peer: Peer): void {
    assert(peer.standing === 'waiting', 'whoever is asked first had waited')
    this.#leave(peer, 'asked')
    this.#probes += 1
  }

  /** A peer that was asked may be asked once more at once, since it gave only part of it. */
  askAgain(peer: Peer): void {
    if (peer.standing === 'asked') this.#wait(peer)
  }

  /** A request of {@link asked} is over, whatever came of it. */
  probeEnded(): void {
    this.#probes -= 1
    assert(this.#probes >= 0, 'each probe ends once')
  }

  /** An answer was verified. */
  promote(peer: Peer): void {
    if (peer.standing !== 'gone' && peer.standing !== 'proven') this.#prove(peer)
  }

  /** No requests for so long; unproven afterwards. */
  pause(peer: Peer, pauseMs: number, nowMs: number): void {
    this.#rest(peer, nowMs + pauseMs, false)
  }

  /** No requests for so long; afterwards what it was before. */
  spare(peer: Peer, pauseMs: number, nowMs: number): void {
    this.#rest(peer, nowMs + pauseMs, peer.standing === 'proven')
  }

  #rest(peer: Peer, untilMs: number, keepsProof: boolean): void {
    if (peer.standing === 'gone') return
    peer.keepsProof = keepsProof
    this.#leave(peer, 'paused')
    this.#paused.push(untilMs, { peer, stamp: peer.stamp })
  }

  #wait(peer: Peer): void {
    this.#leave(peer, 'waiting')
    const misses = Math.min(peer.failuresInRow + peer.losses, rankedMissesMax)
    this.#waiting.push(misses * words + peer.rank, { peer, stamp: peer.stamp })
  }

  #prove(peer: Peer): void {
    this.#leave(peer, 'proven')
    this.#proven.splice(placeOf(this.#proven, peer.id), 0, peer)
  }

  #leave(peer: Peer, standing: Peer['standing']): void {
    if (peer.standing === 'proven') this.#proven.splice(placeOf(this.#proven, peer.id), 1)
    peer.standing = standing
    peer.stamp += 1
  }
}

function isValid({ peer, stamp }: Note, standing: Peer['standing']): boolean {
  return peer.standing === standing && peer.stamp === stamp
}

export function byName(a: Peer, b: Peer): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** Where a name is, or would be. */
function placeOf(peers: readonly Peer[], id: PeerId): number {
  let low = 0
  let high = peers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((peers[middle]?.id ?? '') < id) low = middle + 1
    else high = middle
  }
  return low
}
