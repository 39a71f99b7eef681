/**
 * Large answers to one peer leave one after another: whoever wants to send one takes its turn, and gives it back. So
 * no more than one of them at a time stands between a vote and its peer.
 */
import type { PeerId } from '../../kernel/environment.ts'

export class Turns {
  /** Who waits, by peer. A peer that is in here is being sent something. */
  readonly #waiting = new Map<PeerId, (() => void)[]>()

  /** Resolves when it is the caller's turn, which lasts until {@link end}. */
  take(peer: PeerId): Promise<void> {
    const line = this.#waiting.get(peer)
    if (line === undefined) {
      this.#waiting.set(peer, [])
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      line.push(resolve)
    })
  }

  end(peer: PeerId): void {
    const next = this.#waiting.get(peer)?.shift()
    if (next === undefined) this.#waiting.delete(peer)
    else next()
  }
}
