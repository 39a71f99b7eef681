/**
 * Members that have lost their votes, and are silent up to a slot that somebody has to give up: rule V5. What is told by
 * disks alone, so a vote that somebody else still remembers is not seen.
 */
import { everyKey, heightIn, keys } from '../../src/actors/storage/keys.ts'
import {
  decodeVoteRecord,
  laterRecord,
  openRecord,
  readRecord,
} from '../../src/actors/storage/record.ts'
import { decodeSignedHeader, signedHeaderBytes } from '../../src/protocol/block/header.ts'
import type { VoteRecord } from '../../src/protocol/consensus/record.ts'
import type { DiskContent } from './checker/checker.ts'
import { committedOn } from './committed-on.ts'

/** The slot of the newest block that is known to be approved, on a disk. */
export function approvedSlotOn(disk: DiskContent): number {
  const [notarised] = disk.scan({ ...everyKey('notarised'), limit: 1, reverse: true })
  const key = keys.blockAt(committedOn(disk))
  const value = disk.read(key)
  const block = value && openRecord(key, value)
  const signed = block && decodeSignedHeader(block.subarray(0, signedHeaderBytes))
  const committed = signed?.ok === true ? signed.value.header.slot : 0
  return Math.max(committed, notarised === undefined ? 0 : heightIn(notarised.key))
}

/** Up to which slot the member on this disk is silent, as it may have voted; 0 if it remembers. */
export function silentTo(disk: DiskContent): number {
  let votes: VoteRecord | undefined
  for (const place of [0, 1] as const) {
    for (const copy of [0, 1] as const) {
      const key = keys.voteRecord(place, copy)
      const value = disk.read(key)
      const record = value && readRecord({ key, value }, decodeVoteRecord)
      if (record?.ok === true) votes = laterRecord(votes, record.value)
    }
  }
  return votes?.floor ?? 0
}
