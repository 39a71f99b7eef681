/**
 * Checkpoints on the disk, one for a height. The one that is added and those that give way to it are
 * one atomic commit. The last good one never gives way: if the power cuts the write short, and what it
 * wrote is damaged, the one before is still there.
 */
import { assert } from '../../base/assert.ts'
import type { Entry, Write } from '../../kernel/environment.ts'
import { decodeStoredBlock } from '../../protocol/block/block.ts'
import type { BlockLink } from '../../protocol/checkpoint/checks.ts'
import { decodeCheckpoint } from '../../protocol/checkpoint/codec.ts'
import { checkpointHeightOf, keys } from './keys.ts'
import type { CheckpointRecord } from './messages.ts'
import { openRecord, readRecord, sealRecord } from './record.ts'

/** Checkpoints that may be kept: one is no use, since it may be the one that is being written. */
export const checkpointsKeptMin = 2
export const checkpointsKeptMax = 64

/** More than are ever kept: one too many may lie there, and damaged ones besides. */
export const checkpointsReadMax = 2 * checkpointsKeptMax

/** What lies there, as `entries` have it; damaged ones too. */
export function checkpointRecords(entries: readonly Entry[]): readonly CheckpointRecord[] {
  return entries.map(({ key, value }) => ({
    height: checkpointHeightOf(key),
    bytes: openRecord(key, value),
  }))
}

/** The heights of those that give way when one is added at `height`, so that `keptMax` are left. */
export function outlived(
  existing: readonly CheckpointRecord[],
  height: number,
  keptMax: number,
): readonly number[] {
  assert(keptMax >= checkpointsKeptMin, `${checkpointsKeptMin} or more are kept, not ${keptMax}`)
  const others = existing.filter((record) => record.height !== height)
  const sound = others
    .filter(({ bytes }) => bytes !== undefined && decodeCheckpoint(bytes).ok)
    .map((record) => record.height)
    .toSorted((a, b) => b - a)
  const kept = new Set(sound.slice(0, keptMax - 1))
  return others.map((record) => record.height).filter((each) => !kept.has(each))
}

/** The commit that adds a checkpoint and drops those at `dropped`. */
export function checkpointWrites(
  height: number,
  bytes: Uint8Array,
  dropped: readonly number[],
): readonly Write[] {
  const key = keys.checkpointAt(height)
  return [
    ...dropped.map((each) => ({ key: keys.checkpointAt(each), value: undefined })),
    { key, value: sealRecord(key, bytes) },
  ]
}

/** The links of the committed blocks from `fromHeight` on, up to the first that is missing or damaged. */
export function linksOf(
  entries: readonly Entry[],
  fromHeight: number,
  committeeSize: number,
): readonly BlockLink[] {
  const links: BlockLink[] = []
  for (const entry of entries) {
    const block = readRecord(entry, (bytes) => decodeStoredBlock(bytes, committeeSize))
    if (!block.ok) break
    const { header, hash } = block.value.signed
    if (header.height !== fromHeight + links.length) break
    links.push({ hash, parent: header.parentHash })
  }
  return links
}
