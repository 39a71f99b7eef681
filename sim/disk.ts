/**
 * One machine's disk: what is on it, and what a crash takes away. It outlives the processes that use it.
 *
 * A commit is visible at once and can be undone until it is synced. A crash keeps a prefix of what
 * was not synced, drawn at random, and undoes the rest; so a commit is wholly there or wholly absent,
 * and what is lost is lost from the end. With `tornWrites` the last one kept may be damaged. What else can be wrong
 * with a disk is in `disk-faults.ts`.
 *
 * Commits are put in a log and carried into the content when something is asked of it: disks that are only written to,
 * as many are for long, cost no look-ups, each of which goes all over the memory.
 *
 * Does not know time, nor who waits for what: `store.ts` does.
 */
import { assert, present } from '../src/base/assert.ts'
import type { Entry, KeyRange, Write } from '../src/kernel/environment.ts'
import { damaged } from './damage.ts'
import { type DiskFaults, type DiskLies, honestDisk, soundDisk } from './disk-faults.ts'
import type { SimRandom } from './random.ts'
import { SortedMap } from './sorted-map.ts'

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

/** All that was on a disk at some time. */
export type DiskImage = ReadonlyMap<string, Uint8Array>

const everything: KeyRange = { from: '', to: '\uffff', limit: Number.MAX_SAFE_INTEGER }

export class SimDisk {
  faults: DiskFaults = soundDisk
  #lies: DiskLies = honestDisk
  #isTrusted = true
  /** Keys that cannot be read until they are written again. */
  readonly #bad = new Set<string>()
  /** A sync has failed for good: what is not synced is lost already. */
  #isStuck = false
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

  /** Whether one of the last so many commits that a crash may still take away writes a key that begins like this. */
  isOnItsWay(prefix: string, commits: number): boolean {
    const last = this.#unsynced.slice(-commits)
    return last.some(({ writes }) => writes.some(({ key }) => key.startsWith(prefix)))
  }

  /** Nothing at all is wrong with it. */
  get isSound(): boolean {
    const isAsNew = this.faults === soundDisk && this.#lies === honestDisk
    return isAsNew && this.#bad.size === 0 && !this.#isStuck
  }

  get lies(): DiskLies {
    return this.#lies
  }

  /** Asserts that it was declared untrusted. */
  set lies(lies: DiskLies) {
    assert(!this.#isTrusted, 'only a disk that is not trusted lies')
    this.#lies = lies
  }

  /** Declares that this disk may break what the seam promises, so that whoever judges its node knows. */
  distrust(): void {
    this.#isTrusted = false
  }

  /** From now on it does what it should. What it did before stays as it is, bad sectors too. */
  mend(): void {
    this.faults = soundDisk
    this.#lies = honestDisk
  }

  /** A sync has failed for good: no commit is taken any more in this life of the process. */
  get isStuck(): boolean {
    return this.#isStuck
  }

  read(key: string): Uint8Array | undefined {
    this.#carryOut()
    return this.#content.get(key)
  }

  /** The key of the record that stands behind this one, or before it if it is the last; itself if it is alone. */
  beside(key: string): string {
    const others = (reverse: boolean): string | undefined => {
      const range = reverse ? { from: '', to: key } : { from: key, to: everything.to }
      return this.scan({ ...range, limit: 2, reverse }).find((entry) => entry.key !== key)?.key
    }
    return others(false) ?? others(true) ?? key
  }

  /** Whether a key stands in a bad sector. */
  isBad(key: string): boolean {
    this.#carryOut()
    return this.#bad.has(key)
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

  /** Commits from this number on can still be taken back. */
  get firstUnsynced(): number {
    return this.#unsynced[0]?.number ?? this.#commits + 1
  }

  /** Takes commits back that are not synced, as if they had failed at once. Those between them and behind stay. */
  revoke(numbers: ReadonlySet<number>): void {
    this.#redo(({ number }) => !numbers.has(number))
  }

  /** A sync has failed, and has dropped what was not synced. */
  stick(): void {
    this.#isStuck = true
  }

  /** A process begins to use it. */
  open(): void {
    this.#isStuck = false
  }

  /** A process ends in good order. */
  close(): void {
    if (this.#isStuck) this.#keep(0)
    this.syncAll()
  }

  /** The power fails. */
  crash(random: SimRandom): void {
    if (this.#lies.isCrashScattered) this.#redo(() => random.chance(1, 2))
    else this.#keep(this.#isStuck ? 0 : this.#keptBy(random))
    const last = this.#unsynced.at(-1)
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

  /** From now on this key, if it is there, cannot be read until it is written again. */
  spoil(key: string): void {
    if (this.read(key) !== undefined) this.#bad.add(key)
  }

  /** Empties the disk, as a new one in its place. */
  format(): void {
    this.#content.clear()
    this.#bad.clear()
    this.#log = []
    this.#logBytes = 0
    this.#unsynced = []
    this.#bytes = 0
  }

  snapshot(): DiskImage {
    return new Map(this.scan(everything).map(({ key, value }) => [key, value]))
  }

  /** Makes the whole disk what it was, as a restored backup does, or a virtual machine that is rolled back. */
  restore(image: DiskImage): void {
    this.format()
    for (const [key, value] of image) this.#write({ key, value })
  }

  /** Makes this disk an image of another. */
  copyFrom(other: SimDisk): void {
    this.restore(other.snapshot())
  }

  /** Lets an old record come back under its key, or a key that was absent go. Asserts that the disk is not trusted. */
  revive(key: string, image: DiskImage): void {
    assert(!this.#isTrusted, 'only a disk that is not trusted brings back what was replaced')
    this.#carryOut()
    this.#write({ key, value: image.get(key) })
  }

  #keptBy(random: SimRandom): number {
    const { length } = this.#unsynced
    switch (this.faults.crashKeeps) {
      case 'some':
        return random.below(length + 1)
      case 'all':
        return length
      case 'nothing':
        return 0
      default:
        return this.faults.crashKeeps satisfies never
    }
  }

  /** Undoes all unsynced commits but so many of the oldest. */
  #keep(kept: number): void {
    this.#carryOut()
    for (const commit of this.#unsynced.splice(kept).toReversed()) this.#undo(commit)
  }

  /** Makes it so that only those unsynced commits have happened that are kept. Asked oldest first. */
  #redo(isKept: (commit: LoggedCommit) => boolean): void {
    const unsynced = [...this.#unsynced]
    this.#keep(0)
    this.#unsynced = unsynced.filter(isKept)
    for (const commit of this.#unsynced) this.#do(commit)
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
    if (this.#bad.size > 0) this.#bad.delete(key)
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

/** Bytes of all keys and values. */
function bytesOf(writes: readonly Write[]): number {
  let bytes = 0
  for (const { key, value } of writes) {
    assert(key.length <= keyLengthMax, 'keys have at most 200 characters')
    bytes += key.length + (value?.length ?? 0)
  }
  return bytes
}
