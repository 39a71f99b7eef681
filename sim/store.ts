/**
 * A simulated disk as one life of a process sees it: the same operations as the real store, each with its
 * latency and its faults. Commits are written in order and in groups, as LevelDB does: whatever
 * queued while the disk was busy goes in one write, with one sync if any of it is durable.
 *
 * A process that was crashed in the middle of a turn may still call; nothing comes of it.
 */
import { failed, ok, type Result } from '../src/base/result.ts'
import type { Commit, Entry, KeyRange, Store, StoreFault } from '../src/kernel/environment.ts'
import type { SimDisk } from './disk.ts'
import { DiskTrouble } from './disk-trouble.ts'
import { constant, type Distribution, draw } from './distribution.ts'
import { Delivery, type Entrance, type Life } from './life.ts'
import type { SimRandom } from './random.ts'
import type { Timeline, TimelineEvent } from './timeline.ts'

/** How long a sound disk takes. */
export interface DiskModel {
  readonly read: Distribution
  /** Handing one commit to the operating system. */
  readonly write: Distribution
  /** Forcing everything written before to the medium. */
  readonly sync: Distribution
}

/** About an NVMe drive: 80 µs a read, 10 µs a write into the cache, 1 ms a sync. */
export const swiftDisk: DiskModel = {
  read: constant(80),
  write: constant(10),
  sync: constant(1_000),
}

/** What a store needs of the world. */
export interface StoreSeat {
  readonly timeline: Timeline
  readonly life: Life
  readonly random: SimRandom
}

type Done<Value> = (outcome: Result<Value, StoreFault>) => void

const written: Result<undefined, never> = ok(undefined)

/** A commit that waits to be written, and then the event that says so. */
class QueuedCommit implements TimelineEvent, Entrance {
  readonly number: number
  readonly durable: boolean
  readonly #life: Life
  readonly #done: Done<undefined>

  constructor(number: number, durable: boolean, life: Life, done: Done<undefined>) {
    this.number = number
    this.durable = durable
    this.#life = life
    this.#done = done
  }

  fire(): void {
    if (this.#life.isOpen) this.#done(written)
    else this.#life.enter(this)
  }

  /** The event that says that it failed, instead. */
  failing(fault: StoreFault): TimelineEvent {
    return new Delivery(this.#life, this.#done, failed(fault))
  }
}

const syncFault: StoreFault = { code: 'io', detail: 'the sync failed' }

/** Commits that are written together. Never empty; the first says whether it ends with a sync. */
type Group = readonly QueuedCommit[]

/** Opens a disk for one life. Two stores must not be open on one disk. */
export function openStore(disk: SimDisk, model: DiskModel, seat: StoreSeat): Store {
  return new SimStore(disk, model, seat)
}

/** What it puts on the timeline itself is the end of writing a group. */
class SimStore implements Store, TimelineEvent<Group> {
  readonly #disk: SimDisk
  readonly #model: DiskModel
  readonly #timeline: Timeline
  readonly #life: Life
  /** Two streams, so that a fault more or less leaves the latencies as they are. */
  readonly #latencies: SimRandom
  readonly #trouble: DiskTrouble
  #queue: QueuedCommit[] = []
  #isWriting = false

  constructor(disk: SimDisk, model: DiskModel, seat: StoreSeat) {
    this.#disk = disk
    this.#model = model
    this.#timeline = seat.timeline
    this.#life = seat.life
    this.#latencies = seat.random.fork('latency')
    this.#trouble = new DiskTrouble(disk, seat.random.fork('faults'))
    disk.open()
  }

  get(key: string, done: Done<Uint8Array | undefined>): void {
    if (this.#life.isOver) return
    const disk = this.#disk
    this.#answer(
      this.#model.read,
      done,
      disk.isSound ? ok(disk.read(key)) : this.#trouble.read(key),
    )
  }

  scan(range: KeyRange, done: Done<readonly Entry[]>): void {
    if (this.#life.isOver) return
    const disk = this.#disk
    const found = disk.isSound ? ok(disk.scan(range)) : this.#trouble.scan(range)
    this.#answer(this.#model.read, done, found)
  }

  commit({ writes, durable }: Commit, done: Done<undefined>): void {
    if (this.#life.isOver) return
    const disk = this.#disk
    const { isSound } = disk
    const refusal = isSound ? undefined : this.#trouble.refusal()
    if (refusal !== undefined) return this.#answer(this.#model.write, done, refusal)
    const number = disk.apply(isSound ? writes : this.#trouble.done(writes))
    if (number === undefined) {
      const detail = `${disk.bytes} of ${disk.faults.bytesMax} bytes are taken`
      return this.#answer(this.#model.write, done, failed({ code: 'full' as const, detail }))
    }
    const queued = new QueuedCommit(number, durable, this.#life, done)
    // A list of one is what it mostly comes to; an empty one would make room for seventeen.
    if (this.#queue.length === 0) this.#queue = [queued]
    else this.#queue.push(queued)
    if (!this.#isWriting) this.#writeGroup()
  }

  /** Answers after a latency of this kind. */
  #answer<Value>(
    latency: Distribution,
    done: Done<Value>,
    outcome: Result<Value, StoreFault>,
  ): void {
    const dueUs = this.#dueUs(draw(latency, this.#latencies))
    this.#timeline.at(dueUs, new Delivery(this.#life, done, outcome))
  }

  /** Writes what is queued. What is not durable does not wait for the sync of what comes behind it. */
  #writeGroup(): void {
    if (this.#queue.length === 0) return
    const group = this.#takeGroup()
    let us = isSynced(group) ? draw(this.#model.sync, this.#latencies) : 0
    for (let i = 0; i < group.length; i += 1) us += draw(this.#model.write, this.#latencies)
    this.#isWriting = true
    this.#timeline.at(this.#dueUs(us), this, group)
  }

  #takeGroup(): Group {
    const queue = this.#queue
    const firstDurable = isSynced(queue) ? -1 : queue.findIndex((queued) => queued.durable)
    if (firstDurable !== -1) return queue.splice(0, firstDurable)
    this.#queue = []
    return queue
  }

  /** A group is written. The disk goes on while the process is paused, but not when the machine has crashed. */
  fire(group: Group): void {
    if (this.#life.isOver) return
    const timeline = this.#timeline
    // A disk that began to stall meanwhile.
    if (timeline.nowUs < this.#disk.faults.stalledUntilUs) {
      timeline.at(this.#dueUs(0), this, group)
      return
    }
    this.#isWriting = false
    if (!this.#disk.isSound && this.#trouble.groupFails(isSynced(group))) this.#fail(group)
    else this.#succeed(group)
    this.#writeGroup()
  }

  #succeed(group: Group): void {
    const disk = this.#disk
    const last = group.at(-1)
    if (isSynced(group) && last !== undefined) {
      if (disk.isSound || this.#trouble.syncIsDone()) disk.sync(last.number)
    }
    for (const commit of group) this.#timeline.at(this.#timeline.nowUs, commit)
  }

  /** Takes back what can still be, and tells of it. */
  #fail(group: Group): void {
    const { firstUnsynced } = this.#disk
    const numbers = group.map(({ number }) => number)
    this.#disk.revoke(new Set(numbers))
    for (const commit of group) {
      const isRevoked = commit.number >= firstUnsynced
      this.#timeline.at(this.#timeline.nowUs, isRevoked ? commit.failing(syncFault) : commit)
    }
  }

  /** When the disk has done what takes so long on a sound one. */
  #dueUs(us: number): number {
    const { slownessPercent, stalledUntilUs } = this.#disk.faults
    const dueUs = this.#timeline.nowUs + Math.floor((us * slownessPercent) / 100)
    return Math.max(dueUs, stalledUntilUs)
  }
}

function isSynced(group: Group): boolean {
  return group[0]?.durable === true
}
