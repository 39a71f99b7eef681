/**
 * Moments that are known by what happens rather than by time: the third vote of a member, a commit on its way to the
 * disk. A fault there is worth many at random times, since that is where promises are made and kept.
 *
 * A point is seen in the midst of an event. What was waiting for it happens after that event and before the next.
 */
import { assert } from '../../../src/base/assert.ts'
import type { Observed } from '../checker/checker.ts'
import type { Cluster } from '../cluster.ts'

/** `commit-begun`: a crash may take a commit away, until `commit-durable`. */
export type DiskPoint = 'commit-begun' | 'commit-durable'

/** The nth time, from now on, that this happens at a node, or at any correct one if none is named. Plain data. */
export type Point = (
  | { readonly event: Observed['event']['kind'] }
  | { readonly disk: DiskPoint }
) & {
  readonly node?: string
  /** From 1, which is what it is if it is absent. */
  readonly nth?: number
}

interface Waiting {
  readonly point: Point
  readonly act: () => void
  left: number
}

/** How a disk was when it was last looked at. */
interface DiskState {
  readonly life: number
  readonly unsynced: number
}

/** Whoever waits for points of one cluster. */
export class PointWatch {
  readonly #cluster: Cluster
  #forEvents: readonly Waiting[] = []
  #forDisks: readonly Waiting[] = []
  readonly #disks = new Map<string, DiskState>()
  #isWatching = false
  #isWatchingDisks = false

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** Calls `act` once, at that point, unless everything is forgotten before. */
  wait(point: Point, act: () => void): void {
    const { nth = 1 } = point
    assert(Number.isInteger(nth) && nth >= 1, `nth is ${nth}: expected a whole number from 1`)
    const waiting = { point, act, left: nth }
    if ('event' in point) this.#waitForEvent(waiting)
    else this.#waitForDisk(waiting)
  }

  forget(): void {
    this.#forEvents = []
    this.#forDisks = []
  }

  #waitForEvent(waiting: Waiting): void {
    this.#forEvents = [...this.#forEvents, waiting]
    if (!this.#isWatching) this.#cluster.watch((observed) => this.#onEvent(observed))
    this.#isWatching = true
  }

  #waitForDisk(waiting: Waiting): void {
    // What is on its way already has begun before.
    if (this.#forDisks.length === 0) this.#lookAtDisks()
    this.#forDisks = [...this.#forDisks, waiting]
    if (!this.#isWatchingDisks) this.#cluster.simulation.onEvent(() => this.#onAnything())
    this.#isWatchingDisks = true
  }

  #onEvent({ node, event }: Observed): void {
    for (const waiting of this.#forEvents) {
      const { point } = waiting
      if ('event' in point && point.event === event.kind) this.#count(waiting, node)
    }
  }

  #onAnything(): void {
    if (this.#forDisks.length === 0) return
    for (const [node, seen] of this.#lookAtDisks()) {
      for (const waiting of this.#forDisks) {
        if ('disk' in waiting.point && waiting.point.disk === seen) this.#count(waiting, node)
      }
    }
  }

  /** What has happened on which disk since the last look. */
  #lookAtDisks(): readonly (readonly [node: string, seen: DiskPoint])[] {
    return this.#cluster.correct.flatMap((node) => {
      const { host } = this.#cluster.machine(node)
      const before = this.#disks.get(node)
      const now = { life: host.lives, unsynced: host.disk.unsynced }
      if (before?.life === now.life && before.unsynced === now.unsynced) return []
      this.#disks.set(node, now)
      // What a crash took away is not durable, and what a new life begins with it has not begun.
      if (before === undefined || before.life !== now.life || !host.isRunning) return []
      return [[node, now.unsynced > before.unsynced ? 'commit-begun' : 'commit-durable'] as const]
    })
  }

  #count(waiting: Waiting, node: string): void {
    if (waiting.point.node !== undefined && waiting.point.node !== node) return
    waiting.left -= 1
    if (waiting.left > 0) return
    this.#forEvents = this.#forEvents.filter((other) => other !== waiting)
    this.#forDisks = this.#forDisks.filter((other) => other !== waiting)
    this.#cluster.simulation.timeline.soon(waiting.act)
  }
}
