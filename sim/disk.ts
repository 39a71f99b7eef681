/**
 * One machine's disk: what is on it, and what a crash takes away. It outlives the processes that use it.
 *
 * A commit is visible at once and can be undone until it is synced. A crash keeps a prefix of what
 * was not synced, drawn at random, and undoes the rest; so a commit is wholly there or wholly absent,
 * and what is lost is lost from the end. With `tornWrites` the last one kept may be damaged.
 *
 * Commits are put in a log and carried into the content when something is asked of it: disks that are only written to,
 * as many are for long, cost no look-ups, each of which goes all over the memory.
 *
 * Does not know time, nor who waits for what: `store.ts` does.
 */
import { assert, present } from '../src/base/assert.ts'
import type { Entry, KeyRange, Write } from '../src/kernel/environment.ts'
import type { SimRandom } from './random.ts'
import { SortedMap } from './sorted-map.ts'

/** What is wrong with a disk at the moment. Rates are so many of a million operations. */
export interface DiskFaults {
  /** Reads and commits that fail with `io`. */
  readonly ioErrorPerMillion: number
  /** Reads that find their value damaged; it stays damaged until it is written again. */
  readonly bitRotPerMillion: number
  /** A crash may damage the last records of the last commit that it keeps. */
  readonly tornWrites: boolean
  /** How long everything takes, in percent of the usual. */
  readonly slownessPercent: number
  /** Commits that would let keys and values grow beyond this fail with `full`. */
  readonly bytesMax: number
}

export const soundDisk: DiskFaults = {
  ioErrorPerMillion: 0,
  bitRotPerMillion: 0,
  tornWrites: false,
  slownessPercent: 100,
  bytesMax: Number.MAX_SAFE_INTEGER,
}

/** More unsynced commits than this, and the oldest are written back unasked, as operating systems do. */
const unsyncedMax = 4_096
const keyLengthMax = 200

/** Commits in the log. More, and it is carried into the content unasked. */
const logMax = 1_024

interface LoggedCommit {
  readonly number: number
  readonly writes: readonly Write[]
  /** How to take it back: the values from before, first write first. Absent until it is in the content. */
  before: readonly Write[] | undefined
}

export class SimDisk {
  faults: DiskFaults = soundDisk
  readonly #content = new SortedMap<Uint8Array>()
  /** What the content lacks, oldest first, and the most bytes by which it lets it grow. */
  #log: LoggedCommit[] = []
  #logBytes = 0
  /** Oldest first. */
  #unsynced: LoggedCommit[] = []
  /** Of the content. */
  #bytes = 0
  #commits = 0

  /** Bytes of all keys and values. */
  get bytes(): number {
    this.#carryOut()
    return this.#bytes
  }

  get keys(): number {
    this.#carryOut()
    return this.#content.size
  }

  /** Commits that a crash may still take away. */
  get unsynced(): number {
    return this.#unsynced.length
  }

  read(key: string): Uint8Array | undefined {
    this.#carryOut()
    return this.#content.get(key)
  }

  scan(range: KeyRange): readonly Entry[] {
    const entries: Entry[] = []
    if (range.limit <= 0) return entries
    this.#carryOut()
    const visit = (key: string, value: Uint8Array): boolean => {
      entries.push({ key, value })
      return entries.length < range.limit
    }
    if (range.reverse === true) this.#content.descend(range.from, range.to, visit)
    else this.#content.ascend(range.from, range.to, visit)
    return entries
  }

  /** Makes a commit visible and returns its number, or undefined and changes nothing if the disk is full. */
  apply(writes: readonly Write[]): number | undefined {
    const commit = { number: this.#commits + 1, writes, before: undefined }
    if (!this.#add(commit, bytesOf(writes))) return undefined
    this.#commits += 1
    // A list of one is what it mostly comes to; an empty one would make room for seventeen.
    if (this.#unsynced.length === 0) this.#unsynced = [commit]
    else this.#unsynced.push(commit)
    if (this.#unsynced.length > unsyncedMax) this.#unsynced.shift()
    return this.#commits
  }

  /** From now on no crash takes away the commit with this number, nor any before it. */
  sync(commit: number): void {
    const first = this.#unsynced.findIndex((later) => later.number > commit)
    if (first === -1) this.syncAll()
    else this.#unsynced.splice(0, first)
  }

  /** As {@link sync}, for everything: what an operating system does in good order. */
  syncAll(): void {
    this.#unsynced = []
  }

  /** The power fails. */
  crash(random: SimRandom): void {
    this.#carryOut()
    const kept = random.below(this.#unsynced.length + 1)
    for (const commit of this.#unsynced.slice(kept).toReversed()) this.#undo(commit)
    const last = this.#unsynced[kept - 1]
    if (this.faults.tornWrites && last !== undefined && random.chance(1, 2)) {
      const torn = 1 + random.below(Math.max(1, last.writes.length))
      for (const { key } of last.writes.slice(-torn)) this.damage(key, random)
    }
    this.#unsynced = []
  }

  /** Flips a bit of a value, or cuts it short. Does nothing to a key without a value, or an empty one. */
  damage(key: string, random: SimRandom): void {
    const value = this.read(key)
    if (value === undefined || value.length === 0) return
    this.#write({ key, value: damaged(value, random) })
  }

  /** Empties the disk, as a new one in its place. */
  format(): void {
    this.#content.clear()
    this.#log = []
    this.#logBytes = 0
    this.#unsynced = []
    this.#bytes = 0
  }

  /** Makes this disk an image of another, as a restored backup is. */
  copyFrom(other: SimDisk): void {
    this.format()
    const everything = { from: '', to: '\uffff', limit: Number.MAX_SAFE_INTEGER }
    for (const entry of other.scan(everything)) this.#write(entry)
  }

  /** Adds a commit of so many bytes, unless there is no room for it. */
  #add(commit: LoggedCommit, bytes: number): boolean {
    const isRoomy = this.#bytes + this.#logBytes + bytes <= this.faults.bytesMax
    if (isRoomy && this.#log.length < logMax) {
      this.#log.push(commit)
      this.#logBytes += bytes
      return true
    }
    this.#carryOut()
    const bytesBefore = this.#bytes
    this.#do(commit)
    if (this.#bytes <= this.faults.bytesMax || this.#bytes <= bytesBefore) return true
    this.#undo(commit)
    return false
  }

  /** Brings the content up to date. */
  #carryOut(): void {
    if (this.#log.length === 0) return
    for (const commit of this.#log) this.#do(commit)
    this.#log = []
    this.#logBytes = 0
  }

  #do(commit: LoggedCommit): void {
    commit.before = commit.writes.map((write) => this.#write(write))
  }

  #undo({ before }: LoggedCommit): void {
    for (const write of present(before, 'a commit that was done').toReversed()) this.#write(write)
  }

  /** Writes, and returns the write that takes it back. */
  #write({ key, value }: Write): Write {
    const before = this.#content.get(key)
    if (before !== undefined) this.#bytes -= key.length + before.length
    if (value === undefined) this.#content.delete(key)
    else {
      this.#content.set(key, value)
      this.#bytes += key.length + value.length
    }
    return { key, value: before }
  }
}

function damaged(value: Uint8Array, random: SimRandom): Uint8Array {
  if (random.chance(1, 2)) return value.slice(0, random.below(value.length))
  const copy = value.slice()
  const at = random.below(copy.length)
  copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8))
  return copy
}

/** Bytes of all keys and values. */
function bytesOf(writes: readonly Write[]): number {
  let bytes = 0
  for (const { key, value } of writes) {
    assert(key.length <= keyLengthMax, 'keys have at most 200 characters')
    bytes += key.length + (value?.length ?? 0)
  }
  return bytes
}
