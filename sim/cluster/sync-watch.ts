/**
 * How one node's sync goes, read from its events: which states it went through, what it imported, whom
 * it accused. For stories, that ask at their end what a checker cannot judge event by event.
 */
import type { SyncEvent } from '../../src/actors/sync/messages.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Observed } from './checker/checker.ts'
import type { Cluster } from './cluster.ts'

type SyncState = Extract<SyncEvent, { kind: 'sync-state-changed' }>['to']

export class SyncWatch {
  readonly #node: string
  readonly #states: { readonly atMs: Millis; readonly state: SyncState }[] = []
  readonly #reported = new Set<string>()
  readonly #banned = new Set<string>()
  readonly #lost: string[] = []

  /** Watches from now on. */
  constructor(cluster: Cluster, node: string) {
    this.#node = node
    cluster.watch((observed) => this.#observe(observed))
  }

  /** The state that was entered last; `idle` before any. */
  get state(): SyncState {
    return this.#states.at(-1)?.state ?? 'idle'
  }

  /** States in the order in which they were entered, and when. */
  get states(): readonly { readonly atMs: Millis; readonly state: SyncState }[] {
    return this.#states
  }

  /** Peers that this node said break the rules. */
  get reported(): ReadonlySet<string> {
    return this.#reported
  }

  get banned(): ReadonlySet<string> {
    return this.#banned
  }

  /** Peers whose connection ended, as often as it did. */
  get lost(): readonly string[] {
    return this.#lost
  }

  #observe({ node, atMs, event }: Observed): void {
    if (node !== this.#node) return
    switch (event.kind) {
      case 'sync-state-changed':
        this.#states.push({ atMs, state: event.to })
        return
      case 'peer-reported':
        this.#reported.add(event.peer)
        return
      case 'peer-banned':
        this.#banned.add(event.peer)
        return
      case 'peer-lost':
        this.#lost.push(event.peer)
        return
      default:
        return
    }
  }
}
