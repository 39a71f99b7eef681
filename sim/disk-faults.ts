/**
 * What can be wrong with a disk, as plain data. Faults are what the seam allows for (`src/kernel/environment.ts`): a
 * node has to cope with them. Lies break its promises: what was acknowledged is gone, or comes back as
 * something else. They are for disks that were declared untrusted, whose node may fail but must not do harm.
 */

/** What a crash leaves of the commits that were not synced: a prefix drawn at random, or a certain one. */
export type CrashMercy = 'some' | 'all' | 'nothing'

/** What is wrong with a disk at the moment. Rates are so many of a million operations. */
export interface DiskFaults {
  /** Reads and commits that fail with `io`. */
  readonly ioErrorPerMillion: number
  /** Reads that fail with `io`, besides those. */
  readonly readErrorPerMillion: number
  /** Commits that fail with `io` as they are written, besides those. Nothing of them is visible. */
  readonly writeErrorPerMillion: number
  /** Syncs that fail: with `io`, all commits that were to be synced, of which nothing is visible afterwards. */
  readonly syncErrorPerMillion: number
  /**
   * A sync that failed has dropped what was dirty, and no further one would bring it back (PostgreSQL's "fsyncgate",
   * 2018). So the store, as LevelDB does, takes no further commit in this life of its process, after which all
   * that was not synced is gone.
   */
  readonly syncErrorIsFinal: boolean
  /** Reads that find their value damaged; it stays damaged until it is written again. */
  readonly bitRotPerMillion: number
  /** Reads that find their key in a bad sector; it cannot be read until it is written again. */
  readonly latentErrorPerMillion: number
  /** A crash may damage the last records of the last commit that it keeps. */
  readonly tornWrites: boolean
  readonly crashKeeps: CrashMercy
  /** How long everything takes, in percent of the usual. */
  readonly slownessPercent: number
  /** Nothing is done before this true microsecond of the world; then all that waited is, in a burst. */
  readonly stalledUntilUs: number
  /** Commits that would let keys and values grow beyond this fail with `full`. */
  readonly bytesMax: number
  /** Commits fail with `io`, as on a file system that was remounted after an error. */
  readonly isReadOnly: boolean
}

export const soundDisk: DiskFaults = {
  ioErrorPerMillion: 0,
  readErrorPerMillion: 0,
  writeErrorPerMillion: 0,
  syncErrorPerMillion: 0,
  syncErrorIsFinal: false,
  bitRotPerMillion: 0,
  latentErrorPerMillion: 0,
  tornWrites: false,
  crashKeeps: 'some',
  slownessPercent: 100,
  stalledUntilUs: 0,
  bytesMax: Number.MAX_SAFE_INTEGER,
  isReadOnly: false,
}

/** How a disk breaks what the seam promises. Rates are so many of a million. */
export interface DiskLies {
  /** Reads that are answered with the record that stands beside the one that was asked for. */
  readonly misdirectedReadPerMillion: number
  /** Writes of a key that replace the record beside it instead, and leave its own as it was. */
  readonly misdirectedWritePerMillion: number
  /** Writes of a key that are acknowledged and never done: the old record stays, valid as ever. */
  readonly phantomWritePerMillion: number
  /** Syncs that are acknowledged and never done. A later one that is done makes up for them. */
  readonly phantomSyncPerMillion: number
  /** A crash keeps any of the unsynced commits, each by itself, instead of a prefix. */
  readonly isCrashScattered: boolean
}

export const honestDisk: DiskLies = {
  misdirectedReadPerMillion: 0,
  misdirectedWritePerMillion: 0,
  phantomWritePerMillion: 0,
  phantomSyncPerMillion: 0,
  isCrashScattered: false,
}
