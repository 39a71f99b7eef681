/**
 * Who goes on asking, or gossiping, although it goes too fast. To be refused is no offence, and neither is what was
 * under way by then; a peer that does not slow down is reported, a few times a second, so that it is banned in the end.
 */
import type { PeerId } from '../../kernel/environment.ts'
import { Budgets } from './budget.ts'
import { blamed, overlooked } from './limits.ts'
import type { NetworkParts } from './parts.ts'

export class Overuse {
  readonly #parts: NetworkParts
  readonly #overlooked = new Budgets(overlooked)
  readonly #blamed = new Budgets(blamed)

  constructor(parts: NetworkParts) {
    this.#parts = parts
  }

  /** A peer was refused because of what it has used up itself. */
  refused(peer: PeerId): void {
    const { context, peers } = this.#parts
    const nowMs = context.now()
    if (this.#overlooked.waitMs(peer, 1, nowMs) === 0) {
      return this.#overlooked.spend(peer, 1, nowMs)
    }
    if (this.#blamed.waitMs(peer, 1, nowMs) > 0) return
    this.#blamed.spend(peer, 1, nowMs)
    context.send(peers, { kind: 'report-peer', peer, offence: 'over-limit' })
  }
}
