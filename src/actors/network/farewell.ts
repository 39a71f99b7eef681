/**
 * Parting in good manners: before a connection is closed on purpose, the peer is told why, and has a moment to take it
 * in. It is nobody to this node from the first word of that on. A farewell never keeps a connection for longer than
 * its deadline, and there are few at once: beyond that, connections are closed without a word.
 */
import type { PeerId } from '../../kernel/environment.ts'
import { encodeGoodbye, type GoodbyeReason, goodbyeCodes } from '../../protocol/wire/goodbye.ts'
import { protocolId } from '../../protocol/wire/requests.ts'
import type { NetworkParts } from './parts.ts'

const deadlineMs = 500
/** Farewells under way. */
const leavingMax = 64

export class Farewells {
  readonly #parts: NetworkParts
  /** Who is being told, and whether it is to be banned then. */
  readonly #leaving = new Map<PeerId, { isBanned: boolean }>()

  constructor(parts: NetworkParts) {
    this.#parts = parts
  }

  /** Whether a peer has been told goodbye and is still connected. */
  isLeaving(peer: PeerId): boolean {
    return this.#leaving.has(peer)
  }

  /** Tells a connected peer why, then closes. */
  part(peer: PeerId, reason: GoodbyeReason): void {
    if (this.#leaving.has(peer)) return
    const { context, network } = this.#parts
    context.emit({ kind: 'peer-told-goodbye', peer, reason })
    if (this.#leaving.size >= leavingMax) return network.disconnect(peer)
    const leaving = { isBanned: false }
    this.#leaving.set(peer, leaving)
    this.#say(peer, reason, () => {
      if (this.#leaving.get(peer) !== leaving) return
      this.#leaving.delete(peer)
      if (leaving.isBanned) network.ban(peer, true)
      else network.disconnect(peer)
    })
  }

  /** Bans a peer, or no longer: at once, or when it has heard why. */
  ban(peer: PeerId, isBanned: boolean): void {
    const leaving = this.#leaving.get(peer)
    if (leaving !== undefined) leaving.isBanned = isBanned
    if (leaving === undefined || !isBanned) this.#parts.network.ban(peer, isBanned)
  }

  /** The connection is gone, whoever closed it. */
  lost(peer: PeerId): void {
    const leaving = this.#leaving.get(peer)
    this.#leaving.delete(peer)
    if (leaving?.isBanned === true) this.#parts.network.ban(peer, true)
  }

  /** This node stops: whoever is there is told, and nobody is waited for. */
  tellAll(peers: Iterable<PeerId>): void {
    for (const peer of peers) {
      if (!this.#leaving.has(peer)) this.#say(peer, 'shutting-down', () => undefined)
    }
  }

  #say(peer: PeerId, reason: GoodbyeReason, done: () => void): void {
    const { context, network } = this.#parts
    const body = encodeGoodbye(goodbyeCodes[reason])
    network.request({ peer, protocol: protocolId.goodbye, body, deadlineMs }, context.bind(done))
  }
}
