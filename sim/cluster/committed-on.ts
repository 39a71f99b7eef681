/** How far the chain on a disk is proven: what a node goes on from after a restart. */
import { everyKey, heightOfFinalisation } from '../../src/actors/storage/keys.ts'
import { openRecord } from '../../src/actors/storage/record.ts'
import type { DiskContent } from './checker/checker.ts'

/** Certificates that one crash may have torn, and that are looked past. */
const lookedPast = 64

/** The highest block with a certificate that is whole; 0 if there is none. What lies above may be imported anew. */
export function committedOn(disk: DiskContent): number {
  const newest = disk.scan({ ...everyKey('final'), limit: lookedPast, reverse: true })
  const whole = newest.find(({ key, value }) => openRecord(key, value) !== undefined)
  return whole === undefined ? 0 : heightOfFinalisation(whole.key)
}
