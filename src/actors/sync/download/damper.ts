/**
 * Whether it is us. If most of the peers that had served us stop at once, it is rather our own link than
 * all of theirs; then nobody is marked for it, for half a minute.
 *
 * What counts is each peer's last outcome within ten seconds. (Whether it failed at all within them would
 * also be true where each peer now and then loses an answer.) Those that failed before it was clear are pardoned.
 */
import type { PeerId } from '../../../kernel/environment.ts'

const spanMs = 10_000
const dampedMs = 30_000
/** Fewer say nothing. */
const peersMin = 4

export class Damper {
  /** The longest ago first, since who is observed is put at the end. */
  readonly #last = new Map<PeerId, { readonly atMs: number; readonly isTimeout: boolean }>()
  #timeouts = 0
  #untilMs = 0

  isDamped(nowMs: number): boolean {
    return nowMs < this.#untilMs
  }

  /** What came of a request to a peer that had served before. If it turns out to be us: whom not to mark for it. */
  observe(peer: PeerId, isTimeout: boolean, nowMs: number): readonly PeerId[] {
    this.#expire(nowMs)
    this.#forget(peer)
    this.#last.set(peer, { atMs: nowMs, isTimeout })
    if (!isTimeout) return []
    this.#timeouts += 1
    const peers = this.#last.size
    if (peers < peersMin || this.#timeouts * 2 <= peers) return []
    const wasDamped = this.isDamped(nowMs)
    this.#untilMs = nowMs + dampedMs
    if (wasDamped) return []
    return [...this.#last].filter(([, last]) => last.isTimeout).map(([id]) => id)
  }

  #expire(nowMs: number): void {
    for (const [peer, { atMs }] of this.#last) {
      if (atMs > nowMs - spanMs) return
      this.#forget(peer)
    }
  }

  #forget(peer: PeerId): void {
    if (this.#last.get(peer)?.isTimeout === true) this.#timeouts -= 1
    this.#last.delete(peer)
  }
}
