/**
 * What has gone wrong in a way that time does not mend: members that break their word, peers that
 * forge, histories that contradict each other. Says how grave it is. A block that a quorum signed and this
 * node cannot execute is a failure of sync (`state.ts`), which is tried again.
 *
 * Peers that are proven to lie are banned one by one elsewhere; here they are counted, since many at
 * once look the same whether it is they that are wrong or this node.
 */
import { assert } from '../../../base/assert.ts'
import type { Millis } from '../../../base/units.ts'
import type { PeerId } from '../../../kernel/environment.ts'

export type IncidentCode =
  /** Two certificates contradict each other. Nothing goes on by itself. */
  | 'conflicting-certificates'
  /** More members broke their word than safety bears. */
  | 'committee-broken'
  /** A member broke its word, and there is proof. */
  | 'member-lies'
  /** Of four peers or more at least half were found out within a minute: perhaps it is this node. */
  | 'many-accused'

export interface IncidentReport {
  /** `emergency`: production stands still until an operator has looked. `alert`: somebody should. */
  readonly level: 'none' | 'alert' | 'emergency'
  /** In the order of {@link IncidentCode}. */
  readonly codes: readonly IncidentCode[]
}

const accusedForMs: Millis = 60_000
const accusedMax = 1_024
const peersMin = 4
const emergencies: readonly IncidentCode[] = ['conflicting-certificates', 'committee-broken']

export class IncidentLog {
  /** When each was last found out, the longest ago first. */
  readonly #accused = new Map<PeerId, Millis>()
  readonly #liars = new Set<number>()
  #hasConflict = false

  /** A peer did what a correct one does not do, with proof. */
  observeAccused(peer: PeerId, nowMs: Millis): void {
    this.#accused.delete(peer)
    this.#accused.set(peer, nowMs)
    const [oldest] = this.#accused.keys()
    if (this.#accused.size > accusedMax && oldest !== undefined) this.#accused.delete(oldest)
  }

  /** There is proof that this member broke its word. */
  observeLiar(member: number): void {
    assert(Number.isSafeInteger(member) && member >= 0, `a member is a place, not ${member}`)
    this.#liars.add(member)
  }

  observeConflict(): void {
    this.#hasConflict = true
  }

  /** `peers` are connected now; safety bears 2q − n − 1 liars. */
  report(
    peers: number,
    committee: { readonly members: number; readonly quorum: number },
    nowMs: Millis,
  ): IncidentReport {
    for (const [peer, atMs] of this.#accused) {
      if (nowMs - atMs <= accusedForMs) break
      this.#accused.delete(peer)
    }
    const liars = this.#liars.size
    const accused = this.#accused.size
    const liarsMax = Math.max(0, 2 * committee.quorum - committee.members - 1)
    const signs: readonly (readonly [IncidentCode, boolean])[] = [
      ['conflicting-certificates', this.#hasConflict],
      ['committee-broken', liars > liarsMax],
      ['member-lies', liars > 0],
      // Those that were banned are connected no more, and were a part of the whole.
      ['many-accused', accused * 2 >= Math.max(peersMin, peers)],
    ]
    const codes = signs.filter(([, isSo]) => isSo).map(([code]) => code)
    if (codes.length === 0) return { level: 'none', codes }
    const isGrave = codes.some((code) => emergencies.includes(code))
    return { level: isGrave ? 'emergency' : 'alert', codes }
  }
}
