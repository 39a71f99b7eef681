/**
 * Moments that are known by what happens rather than by time: the third vote of a member, a commit on its way to the
 * disk. A fault there is worth many at random times, since that is where promises are made and kept.
 *
 * A point is seen in the midst of an event. What was waiting for it happens after that event and before the next.
 */
import { assert } from '../../../src/base/assert.ts'
import type { SimDisk } from '../../disk.ts'
import type { SimHost } from '../../process.ts'
import type { Observed } from '../checker/checker.ts'
import type { Cluster } from '../cluster.ts'

/**
 * The nth time, from now on, that this happens at a node, or at any correct one if none is named. A crash may take a
 * commit away from `commit-begun` until `commit-durable`. Plain data.
 */
export type Point = (
  | { readonly event: Observed['event']['kind'] }
  | { readonly disk: 'commit-durable' }
  | {
      readonly disk: 'commit-begun'
      /** Only commits that write a key which begins like this (`src/actors/storage/keys.ts`). */
      readonly key?: string
    }
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
interface WatchedDisk {
  readonly node: string
  readonly host: SimHost
  life: number
  unsynced: number
}

/** A disk on which something has happened. */
interface SeenDisk {
  readonly node: string
  readonly disk: SimDisk
  /** Commits that have begun; none if some are durable. */
  readonly begun: number
}

/** Whoever waits for points of one cluster. */
export class PointWatch {
  readonly #cluster: Cluster
  #forEvents: readonly Waiting[] = []
  #forDisks: readonly Waiting[] = []
  #disks: readonly WatchedDisk[] = []
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
    this.#disks = []
  }

  #waitForEvent(waiting: Waiting): void {
    this.#forEvents = [...this.#forEvents, waiting]
    if (!this.#isWatching) this.#cluster.watch((observed) => this.#onEvent(observed))
    this.#isWatching = true
  }

  #waitForDisk(waiting: Waiting): void {
    this.#forDisks = [...this.#forDisks, waiting]
    this.#watchDisks()
    if (!this.#isWatchingDisks) this.#cluster.simulation.onEvent(() => this.#onAnything())
    this.#isWatchingDisks = true
  }

  /** Watches the disks that are waited for, and no others: this is asked after every event of the world. */
  #watchDisks(): void {
    const isWanted = (node: string): boolean =>
      this.#forDisks.some(({ point }) => point.node === undefined || point.node === node)
    this.#disks = this.#cluster.correct.filter(isWanted).map((node) => {
      const { host } = this.#cluster.machine(node)
      const known = this.#disks.find((watched) => watched.node === node)
      // What is on its way already has begun before.
      return known ?? { node, host, life: host.lives, unsynced: host.disk.unsynced }
    })
  }

  #onEvent({ node, event }: Observed): void {
    for (const waiting of this.#forEvents) {
      const { point } = waiting
      if ('event' in point && point.event === event.kind) this.#count(waiting, node)
    }
  }

  #onAnything(): void {
    if (this.#forDisks.length === 0) return
    for (const seen of this.#lookAtDisks()) {
      for (const waiting of this.#forDisks) {
        if (isSeen(waiting.point, seen)) this.#count(waiting, seen.node)
      }
    }
  }

  /** What has happened since the last look on those disks that are waited for. */
  #lookAtDisks(): readonly SeenDisk[] {
    const seen: SeenDisk[] = []
    for (const watched of this.#disks) {
      const { node, host, life, unsynced } = watched
      const now = host.disk.unsynced
      if (now === unsynced && host.lives === life) continue
      watched.life = host.lives
      watched.unsynced = now
      // What a crash took away is not durable, and what a new life begins with it has not begun.
      if (host.lives !== life || !host.isRunning) continue
      seen.push({ node, disk: host.disk, begun: Math.max(0, now - unsynced) })
    }
    return seen
  }

  #count(waiting: Waiting, node: string): void {
    if (waiting.point.node !== undefined && waiting.point.node !== node) return
    waiting.left -= 1
    if (waiting.left > 0) return
    this.#forEvents = this.#forEvents.filter((other) => other !== waiting)
    this.#forDisks = this.#forDisks.filter((other) => other !== waiting)
    if ('disk' in waiting.point) this.#watchDisks()
    this.#cluster.simulation.timeline.soon(waiting.act)
  }
}

function isSeen(point: Point, { disk, begun }: SeenDisk): boolean {
  if (!('disk' in point)) return false
  if (point.disk === 'commit-durable') return begun === 0
  return begun > 0 && (point.key === undefined || disk.isOnItsWay(point.key, begun))
}
