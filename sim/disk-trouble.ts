/**
 * What one life of a process meets on a disk that is not sound: for each operation, whether it fails, and what it finds
 * or leaves behind instead of what it should. All chance of it is one stream.
 *
 * Does not know time: how long things take, and whom to tell, is the matter of `store.ts`.
 */
import { failed, ok, type Result } from '../src/base/result.ts'
import type { Entry, KeyRange, StoreFault, Write } from '../src/kernel/environment.ts'
import type { SimDisk } from './disk.ts'
import type { SimRandom } from './random.ts'

type Failure = { readonly ok: false; readonly fault: StoreFault }

export class DiskTrouble {
  readonly #disk: SimDisk
  readonly #random: SimRandom

  constructor(disk: SimDisk, random: SimRandom) {
    this.#disk = disk
    this.#random = random
  }

  read(key: string): Result<Uint8Array | undefined, StoreFault> {
    const disk = this.#disk
    const { faults, lies } = disk
    if (this.#happens(faults.bitRotPerMillion)) disk.damage(key, this.#random)
    if (this.#readFails()) return io('the read failed')
    if (this.#happens(faults.latentErrorPerMillion)) disk.spoil(key)
    if (disk.isBad(key)) return io(`${key} is in a bad sector`)
    return ok(disk.read(this.#happens(lies.misdirectedReadPerMillion) ? disk.beside(key) : key))
  }

  scan(range: KeyRange): Result<readonly Entry[], StoreFault> {
    const disk = this.#disk
    const { faults, lies } = disk
    if (this.#happens(faults.bitRotPerMillion)) {
      this.#hitOne(range, (key) => disk.damage(key, this.#random))
    }
    if (this.#readFails()) return io('the read failed')
    if (this.#happens(faults.latentErrorPerMillion)) this.#hitOne(range, (key) => disk.spoil(key))
    const found = disk.scan(range)
    const bad = found.find(({ key }) => disk.isBad(key))
    if (bad !== undefined) return io(`${bad.key} is in a bad sector`)
    if (found.length === 0 || !this.#happens(lies.misdirectedReadPerMillion)) return ok(found)
    const hit = this.#random.pick(found)
    const value = disk.read(disk.beside(hit.key)) ?? hit.value
    return ok(found.map((entry) => (entry === hit ? { key: hit.key, value } : entry)))
  }

  /** Why a commit is not taken; undefined if it is. */
  refusal(): Failure | undefined {
    const { faults, isStuck } = this.#disk
    if (this.#happens(faults.ioErrorPerMillion)) return io('the write failed')
    if (this.#happens(faults.writeErrorPerMillion)) return io('the write failed')
    if (faults.isReadOnly) return io('the disk can only be read')
    return isStuck ? io('a sync has failed before') : undefined
  }

  /** What a commit of these writes really changes. */
  done(writes: readonly Write[]): readonly Write[] {
    const { lies } = this.#disk
    if (lies.phantomWritePerMillion === 0 && lies.misdirectedWritePerMillion === 0) return writes
    return writes.flatMap((write) => {
      if (this.#happens(lies.phantomWritePerMillion)) return []
      if (!this.#happens(lies.misdirectedWritePerMillion)) return [write]
      return [{ key: this.#disk.beside(write.key), value: write.value }]
    })
  }

  /** Whether a group of commits fails as it is written. If that is for good, the disk is told. */
  groupFails(isSynced: boolean): boolean {
    const disk = this.#disk
    if (disk.isStuck) return true
    if (!isSynced) return false
    const { syncErrorPerMillion, syncErrorIsFinal } = disk.faults
    const isFailed = this.#happens(syncErrorPerMillion)
    if (isFailed && syncErrorIsFinal) disk.stick()
    return isFailed
  }

  /** Whether a sync that does not fail is done in truth. */
  syncIsDone(): boolean {
    return !this.#happens(this.#disk.lies.phantomSyncPerMillion)
  }

  #readFails(): boolean {
    const { ioErrorPerMillion, readErrorPerMillion } = this.#disk.faults
    return this.#happens(ioErrorPerMillion) || this.#happens(readErrorPerMillion)
  }

  #hitOne(range: KeyRange, hit: (key: string) => void): void {
    const found = this.#disk.scan(range)
    if (found.length > 0) hit(this.#random.pick(found).key)
  }

  #happens(perMillion: number): boolean {
    return perMillion > 0 && this.#random.chance(perMillion, 1_000_000)
  }
}

function io(detail: string): Failure {
  return failed({ code: 'io', detail })
}
