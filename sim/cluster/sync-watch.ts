/**
 * How one node's sync goes, read from its events: which states it went through, what it imported, whom
 * it accused. For stories, that ask at their end what a checker cannot judge event by event.
 */
import type { NetworkEvent } from '../../src/actors/network/messages.ts'
import type { SyncEvent } from '../../src/actors/sync/messages.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Observed } from './checker/checker.ts'
import type { Cluster } from './cluster.ts'

type FetchOutcome = Extract<NetworkEvent, { kind: 'part-fetched' }>['outcome']
type SyncState = Extract<SyncEvent, { kind: 'sync-state-changed' }>['to']

export class SyncWatch {
  readonly #node: string
  readonly #states: { readonly atMs: Millis; readonly state: SyncState }[] = []
  readonly #reported = new Set<string>()
  readonly #banned = new Set<string>()
  readonly #lost: string[] = []
  readonly #fetches = new Map<FetchOutcome, number>()

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

  /** How many of its requests for parts of the chain ended so. */
  fetches(outcome: FetchOutcome): number {
    return this.#fetches.get(outcome) ?? 0
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
      case 'part-fetched':
        this.#fetches.set(event.outcome, this.fetches(event.outcome) + 1)
        return
      case 'peer-lost':
        this.#lost.push(event.peer)
        return
      default:
        return
    }
  }
}

/** How often a node is asked. */
const sampleMs: Millis = 250

/** What `alys_getStatus` says of sync, as far as stories ask for it. */
interface SyncAnswer {
  readonly state?: string
  /** Why it failed, if it did. */
  readonly failure?: unknown
  readonly targetHeight?: number
  readonly targetSlot?: number
  readonly reservedBytes?: number
  readonly reservedBytesMax?: number
}

/**
 * What a node says of its sync when it is asked, again and again: bounds that no event shows. Asking is
 * part of the story, since a node that answers has done something.
 */
export class SyncSamples {
  #last: SyncAnswer = {}
  #reservedMost = 0
  #boundBytes = Number.MAX_SAFE_INTEGER
  #targetMost = 0
  #isOver = false

  /** Asks from now on, until {@link stop}. */
  constructor(cluster: Cluster, node: string) {
    const ask = (): void => {
      if (this.#isOver) return
      cluster.machine(node).node?.call('alys_getStatus', [], (answer) => {
        if ('result' in answer) this.#take(syncOf(answer.result))
      })
      cluster.simulation.after(sampleMs, ask)
    }
    ask()
  }

  /** The newest answer, as a caller of the API sees it. */
  get last(): SyncAnswer {
    return this.#last
  }

  /** The most bytes that were reserved at once. */
  get reservedMost(): number {
    return this.#reservedMost
  }

  /** What the node says that it may reserve. */
  get boundBytes(): number {
    return this.#boundBytes
  }

  /** The highest target that it believed in: a height, which is at most its slot. */
  get targetMost(): number {
    return this.#targetMost
  }

  stop(): void {
    this.#isOver = true
  }

  #take(sync: SyncAnswer): void {
    this.#last = sync
    this.#reservedMost = Math.max(this.#reservedMost, sync.reservedBytes ?? 0)
    this.#boundBytes = sync.reservedBytesMax ?? this.#boundBytes
    this.#targetMost = Math.max(this.#targetMost, sync.targetHeight ?? sync.targetSlot ?? 0)
  }
}

function syncOf(result: unknown): SyncAnswer {
  return (result as { readonly sync?: SyncAnswer }).sync ?? {}
}
