/** A disk and a process that uses it, for tests of what can be wrong with it. */
import { SimDisk } from '../../../sim/disk.ts'
import { type DiskFaults, soundDisk } from '../../../sim/disk-faults.ts'
import { constant } from '../../../sim/distribution.ts'
import { Life } from '../../../sim/life.ts'
import { SimRandom } from '../../../sim/random.ts'
import { openStore } from '../../../sim/store.ts'
import { Timeline } from '../../../sim/timeline.ts'
import { asciiBytes } from '../../../src/base/bytes.ts'
import type { Write } from '../../../src/kernel/environment.ts'

const model = { read: constant(100), write: constant(10), sync: constant(1_000) }

/** A write of a text. */
export function put(key: string, text: string): Write {
  return { key, value: asciiBytes(text) }
}

/** What stands under a key, as text. */
export function text(value: Uint8Array | undefined): string | undefined {
  return value === undefined ? undefined : String.fromCharCode(...value)
}

/** A disk with these faults, and one life of a process that writes down what came of its reads and commits. */
export function openDisk(faults: Partial<DiskFaults> = {}, seed = 's') {
  const timeline = new Timeline()
  const disk = new SimDisk()
  disk.faults = { ...soundDisk, ...faults }
  const life = new Life(timeline, 1)
  const random = new SimRandom(seed)
  const store = openStore(disk, model, { timeline, life, random })
  const log: string[] = []
  const commit = (name: string, writes: readonly Write[], durable: boolean): void => {
    store.commit({ writes, durable }, (outcome) => {
      log.push(`${name} ${outcome.ok ? 'ok' : outcome.fault.code}@${timeline.nowUs}`)
    })
  }
  const get = (key: string): void => {
    store.get(key, (outcome) => {
      const found = outcome.ok ? text(outcome.value) : outcome.fault.code
      log.push(`${key}=${found}@${timeline.nowUs}`)
    })
  }
  return { timeline, disk, life, random, store, log, commit, get }
}
