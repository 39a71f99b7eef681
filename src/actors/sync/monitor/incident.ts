/**
 * What has gone wrong in a way that time does not mend: members that break their word, peers that
 * forge, blocks that a quorum signed and this node cannot execute, histories that contradict each
 * other. Says how grave it is, and what the next step is.
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
  /** What a quorum signed fails here, after a second try from a checkpoint too. */
  | 'local-fault'
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

/** What to do about a block that a quorum signed and that fails here. Never the peer's fault. */
export type LocalFaultStep = 'retry' | 'restore-checkpoint' | 'give-up'

const accusedForMs: Millis = 60_000
const accusedMax = 1_024
const peersMin = 4
const emergencies: readonly IncidentCode[] = [
  'conflicting-certificates',
  'committee-broken',
  'local-fault',
]

export class IncidentLog {
  /** When each was last found out, the longest ago first. */
  readonly #accused = new Map<PeerId, Millis>()
  readonly #liars = new Set<number>()
  #hasConflict = false
  #localFault: { readonly height: number; readonly times: number } | undefined

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

  /** A signed block fails at `height`: once again, once from a checkpoint, and then no more. */
  observeLocalFault(height: number): LocalFaultStep {
    const times = this.#localFault?.height === height ? this.#localFault.times + 1 : 1
    this.#localFault = { height, times }
    if (times === 1) return 'retry'
    return times === 2 ? 'restore-checkpoint' : 'give-up'
  }

  /** Blocks up to `height` are committed: what failed there is over. */
  observeCommitted(height: number): void {
    if (this.#localFault !== undefined && height >= this.#localFault.height) {
      this.#localFault = undefined
    }
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
      ['local-fault', (this.#localFault?.times ?? 0) > 2],
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
