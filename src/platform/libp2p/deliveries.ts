/**
 * The order in which the network speaks to the node: one queue for events and for answers, emptied from
 * a turn of its own, never from within a call. What happens before there is a receiver waits for it.
 *
 * It drops nothing. What fills it is bounded where it comes in: connections, unjudged gossip, requests.
 */
import { Ring } from '../../base/ring.ts'
import type { NetworkReceiver, PeerId } from '../../kernel/environment.ts'

/** A peer that is up, and where it was seen. */
export interface UpPeer {
  readonly peer: PeerId
  readonly address: string
  readonly isDialled: boolean
}

/** A queue of things to tell. */
export class Deliveries {
  readonly #queue = new Ring<() => void>()
  #early: (() => void)[] = []
  #receiver: NetworkReceiver | undefined
  /** Peers that the present receiver takes to be up: it is told of each change once. */
  #told = new Set<PeerId>()
  #isScheduled = false
  #isClosed = false

  /** Names the receiver. It is told of the peers that are up, then of what waited for a receiver. */
  open(receiver: NetworkReceiver, up: Iterable<UpPeer>): void {
    this.#receiver = receiver
    this.#told = new Set()
    for (const peer of up) this.peerUp(peer)
    for (const tell of this.#early) this.answer(tell)
    this.#early = []
  }

  peerUp({ peer, address, isDialled }: UpPeer): void {
    this.push((receiver) => {
      if (this.#told.has(peer)) return
      this.#told.add(peer)
      receiver.peerUp(peer, address, isDialled)
    })
  }

  peerDown(peer: PeerId): void {
    this.push((receiver) => {
      if (this.#told.delete(peer)) receiver.peerDown(peer)
    })
  }

  /** Tells the receiver something, after all that was queued before. */
  push(tell: (receiver: NetworkReceiver) => void): void {
    const run = (): void => {
      if (this.#receiver !== undefined) tell(this.#receiver)
    }
    if (this.#receiver === undefined) this.#early.push(run)
    else this.answer(run)
  }

  /** Calls back whoever asked for something; that needs no receiver. */
  answer(run: () => void): void {
    if (this.#isClosed) return
    this.#queue.push(run)
    this.#schedule()
  }

  /** Nothing is told any more. */
  close(): void {
    this.#isClosed = true
    this.#queue.clear()
    this.#early = []
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#drain())
  }

  /** What is queued meanwhile waits for the next round, so that sockets and timers get their turn. */
  #drain(): void {
    this.#isScheduled = false
    let left = this.#queue.length
    try {
      while (left > 0 && this.#queue.length > 0) {
        left -= 1
        this.#queue.shift()()
      }
    } finally {
      // Also after a throw: what stands behind the faulty one is not lost.
      if (this.#queue.length > 0) this.#schedule()
    }
  }
}
