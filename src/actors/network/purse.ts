/**
 * What is left of one protocol's limits, for each peer, and for each class of peers together. A request is paid for
 * when it is taken, its bytes when they are known: what was spent beyond is a debt.
 */
import type { Millis } from '../../base/units.ts'
import type { PeerId } from '../../kernel/environment.ts'
import type { PeerClass } from '../peer/messages.ts'
import { Budgets, type Rate } from './budget.ts'
import type { ProtocolLimits } from './limits.ts'

interface Pair {
  readonly requests: Budgets
  readonly bytes: Budgets
}

export class Purse {
  readonly #ofPeer: Pair
  readonly #ofClass: Pair | undefined

  constructor({ requests, bytes, classFactor }: ProtocolLimits) {
    this.#ofPeer = { requests: new Budgets(requests), bytes: new Budgets(bytes) }
    this.#ofClass = classFactor === undefined ? undefined : shared({ requests, bytes }, classFactor)
  }

  /** How long a peer has to wait until it may ask once more, by what it has spent itself; 0 if it may. */
  ownWaitMs(peer: PeerId, nowMs: Millis): Millis {
    return waitMs(this.#ofPeer, peer, nowMs)
  }

  /** The same by what its class has spent. */
  classWaitMs(peerClass: PeerClass, nowMs: Millis): Millis {
    return this.#ofClass === undefined ? 0 : waitMs(this.#ofClass, peerClass, nowMs)
  }

  /** A request is taken. */
  take(peer: PeerId, peerClass: PeerClass, nowMs: Millis): void {
    this.#ofPeer.requests.spend(peer, 1, nowMs)
    this.#ofClass?.requests.spend(peerClass, 1, nowMs)
  }

  /** So many bytes were read for it, or are answered. */
  charge(peer: PeerId, peerClass: PeerClass, { bytes, nowMs }: Charge): void {
    this.#ofPeer.bytes.spend(peer, bytes, nowMs)
    this.#ofClass?.bytes.spend(peerClass, bytes, nowMs)
  }
}

interface Charge {
  readonly bytes: number
  readonly nowMs: Millis
}

function waitMs({ requests, bytes }: Pair, key: string, nowMs: Millis): Millis {
  return Math.max(requests.waitMs(key, 1, nowMs), bytes.waitMs(key, 1, nowMs))
}

function shared(
  { requests, bytes }: { readonly requests: Rate; readonly bytes: Rate },
  factor: number,
): Pair {
  const times = ({ max, perSecond }: Rate): Rate => {
    return { max: max * factor, perSecond: perSecond * factor }
  }
  return { requests: new Budgets(times(requests)), bytes: new Budgets(times(bytes)) }
}
