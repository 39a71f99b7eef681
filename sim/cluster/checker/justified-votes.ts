import { keys } from '../../../src/actors/storage/keys.ts'
import { decodeVoteRecord, laterRecord, readRecord } from '../../../src/actors/storage/record.ts'
import { decodeStoredBlock, type StoredBlock } from '../../../src/protocol/block/block.ts'
import { voteCheck } from '../../../src/protocol/consensus/checks.ts'
import { justificationFault } from '../../../src/protocol/consensus/nullification.ts'
import type { VoteRecord } from '../../../src/protocol/consensus/record.ts'
import type { DiskChecker, DiskContent, World } from './checker.ts'

/**
 * S2: beside the newest approval of a member its disk holds what justified it: a block that stands on a notarised one,
 * with proof that every slot between was given up. (That the block is there is not asked: it is committed soon, and
 * then lies elsewhere.)
 */
export function justifiedVotesChecker(world: World): DiskChecker {
  return {
    property: 'justified-votes',
    inspect: (node, disk) => {
      if (world.untrustedDisks.has(node)) return undefined
      const approved = approvedOn(world, disk)
      if (approved === undefined) return undefined
      const fault = standingFault(world, approved)
      const { slot } = approved.signed.header
      return (
        fault && `${node} approved a block in slot ${slot}, and keeps no proof for it: ${fault}`
      )
    },
  }
}

/** The block that a member approved last, if it is open, and sound. */
function approvedOn(world: World, disk: DiskContent): StoredBlock | undefined {
  const mark = recordOn(disk)?.notarised
  if (mark === undefined || mark.slot === 0) return undefined
  const key = keys.openBlock(mark.slot, mark.block)
  const value = disk.read(key)
  if (value === undefined) return undefined
  const size = world.committee.members.length
  const read = readRecord({ key, value }, (bytes) => decodeStoredBlock(bytes, size))
  return read.ok ? read.value : undefined
}

/** The newest vote record that a crash has left whole. */
function recordOn(disk: DiskContent): VoteRecord | undefined {
  const copies = ([0, 1] as const).flatMap((place) =>
    ([0, 1] as const).map((copy) => keys.voteRecord(place, copy)),
  )
  return copies.reduce<VoteRecord | undefined>((latest, key) => {
    const value = disk.read(key)
    const read = value && readRecord({ key, value }, decodeVoteRecord)
    return laterRecord(latest, read?.ok === true ? read.value : undefined)
  }, undefined)
}

function standingFault(world: World, { signed, justification }: StoredBlock): string | undefined {
  const { header, hash } = signed
  const { notarisation, nullifies } = justification
  const { parentHash, slot, height } = header
  const parent = { hash: parentHash, slot: notarisation?.slot ?? 0 }
  if (parent.slot === 0 && parentHash !== world.chain.genesis.hash) return 'parent-not-notarised'
  const block = { hash, parent: parentHash, slot, height }
  const fault = justificationFault(world.committee, block, parent, justification)
  if (fault !== undefined) return fault.code
  const isGenuine =
    (notarisation === undefined || world.isGenuine(notarisation)) &&
    nullifies.every((vote) => world.isSigned(voteCheck(world.chain, vote)))
  return isGenuine ? undefined : 'not-genuine'
}
