/** How far each node has come, by what it reported: the few facts that stories and watchers ask for again and again. */
import type { Observed } from './checker/checker.ts'

/** A fact of one life of a node, which means nothing in the next. */
interface OfLife<Value> {
  readonly life: number
  readonly value: Value
}

export class NodeLog {
  /** Through all lives. */
  readonly #heights = new Map<string, number>()
  readonly #slots = new Map<string, number>()
  readonly #started = new Map<string, OfLife<number>>()
  readonly #syncStates = new Map<string, OfLife<string>>()
  readonly #stopped = new Map<string, number>()

  add({ node, life, event }: Observed): void {
    switch (event.kind) {
      case 'block-committed':
        this.#heights.set(node, Math.max(this.heightOf(node), event.height))
        this.#slots.set(node, Math.max(this.slotOf(node), event.slot))
        return
      case 'chain-started':
        this.#started.set(node, { life, value: event.height })
        return
      case 'sync-state-changed':
        this.#syncStates.set(node, { life, value: event.to })
        return
      case 'system-failed':
        this.#stopped.set(node, life)
        return
      default:
        return
    }
  }

  /** The height that a node has committed, in any life. 0 at first. */
  heightOf(node: string): number {
    return this.#heights.get(node) ?? 0
  }

  /** The last slot of which a node has committed the block, in any life. 0 at first. */
  slotOf(node: string): number {
    return this.#slots.get(node) ?? 0
  }

  /** The height at which its chain has begun in this life; undefined if it has not. */
  startedAt(node: string, life: number): number | undefined {
    return inLife(this.#started.get(node), life)
  }

  /** The state that its sync has entered last in this life; `idle` before any. */
  syncStateOf(node: string, life: number): string {
    return inLife(this.#syncStates.get(node), life) ?? 'idle'
  }

  /** Whether its root supervisor gave up in this life. */
  hasGivenUp(node: string, life: number): boolean {
    return this.#stopped.get(node) === life
  }
}

function inLife<Value>(fact: OfLife<Value> | undefined, life: number): Value | undefined {
  return fact?.life === life ? fact.value : undefined
}
