/**
 * Which peers are up. A connection is not yet a peer: one who has banned this node lets it connect and
 * closes at once. So a peer is up when it has told who it is (libp2p's identify), which only a willing one
 * does; until then its requests and gossip wait, and if it stays silent it is given up.
 */
import type { PeerId } from '../../kernel/environment.ts'
import type { UpPeer } from './deliveries.ts'

type Waiter = (isUp: boolean) => void

/** Peers between connection and greeting, and those that are up. */
export class PeerTable {
  readonly #greetingMsMax: number
  readonly #up = new Map<PeerId, UpPeer>()
  readonly #greeting = new Map<PeerId, { readonly timeout: NodeJS.Timeout; waiters: Waiter[] }>()

  /** `greetingMsMax` is how long a peer may take to say who it is. */
  constructor(greetingMsMax: number) {
    this.#greetingMsMax = greetingMsMax
  }

  get up(): ReadonlyMap<PeerId, UpPeer> {
    return this.#up
  }

  /** A first connection exists. Calls `giveUp` if no greeting follows. */
  connected(peer: PeerId, giveUp: () => void): void {
    if (this.#up.has(peer) || this.#greeting.has(peer)) return
    this.#greeting.set(peer, { timeout: setTimeout(giveUp, this.#greetingMsMax), waiters: [] })
  }

  /** A peer has greeted. If it was not up before, it is announced before anybody's wait for it ends. */
  greeted(up: UpPeer, announce: (up: UpPeer) => void): void {
    const { peer } = up
    if (!this.#greeting.has(peer)) return
    this.#up.set(peer, up)
    announce(up)
    this.#settle(peer, true)
  }

  /** The last connection is gone. True if the peer was up. */
  disconnected(peer: PeerId): boolean {
    this.#settle(peer, false)
    return this.#up.delete(peer)
  }

  /** Calls back, now or when it is decided, whether the peer came up. */
  whenUp(peer: PeerId, done: Waiter): void {
    const greeting = this.#greeting.get(peer)
    if (greeting === undefined) done(this.#up.has(peer))
    else greeting.waiters.push(done)
  }

  /** Forgets everybody. Nobody is called back. */
  clear(): void {
    for (const { timeout } of this.#greeting.values()) clearTimeout(timeout)
    this.#greeting.clear()
    this.#up.clear()
  }

  #settle(peer: PeerId, isUp: boolean): void {
    const greeting = this.#greeting.get(peer)
    if (greeting === undefined) return
    this.#greeting.delete(peer)
    clearTimeout(greeting.timeout)
    for (const done of greeting.waiters) done(isUp)
  }
}
