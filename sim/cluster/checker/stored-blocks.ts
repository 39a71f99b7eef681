import { everyKey, heightIn, heightOfFinalisation, keys } from '../../../src/actors/storage/keys.ts'
import { readRecord } from '../../../src/actors/storage/record.ts'
import { decodeStoredBlock, type StoredBlock } from '../../../src/protocol/block/block.ts'
import { bodyRoot } from '../../../src/protocol/block/body.ts'
import type { SignedHeader } from '../../../src/protocol/block/header.ts'
import { headerCheck } from '../../../src/protocol/consensus/checks.ts'
import { decodeCertificate } from '../../../src/protocol/consensus/codec.ts'
import { committedOn } from '../committed-on.ts'
import type { DiskChecker, DiskContent, World } from './checker.ts'

const everything = Number.MAX_SAFE_INTEGER

/**
 * What a node keeps, and serves to whoever asks, is wholly valid, whoever brought it: each committed block has the body
 * that its header states and the signature of the slot's author, and stands on the one below it; each certificate lies
 * with the block that it commits, and is of a quorum. (What was not executed right is `state-equality`'s matter.)
 */
export function storedBlocksChecker(world: World): DiskChecker {
  /** Blocks that were found sound, by header and signature: most disks hold the same. */
  const sound = new Map<string, string>()
  return {
    property: 'stored-blocks',
    inspect: (node, disk) => {
      if (world.untrustedDisks.has(node)) return undefined
      const broken = blocksFault(world, disk, sound) ?? certificatesFault(world, disk)
      return broken && `${node} ${broken}`
    },
  }
}

function blocksFault(
  world: World,
  disk: DiskContent,
  sound: Map<string, string>,
): string | undefined {
  const top = committedOn(disk)
  let below: string | undefined = world.chain.genesis.hash
  for (const { key, value } of disk.scan({ ...everyKey('block'), limit: everything })) {
    const height = heightIn(key)
    // What lies above is written over before it counts.
    if (height > top) break
    const size = world.committee.members.length
    const read = readRecord({ key, value }, (bytes) => decodeStoredBlock(bytes, size))
    // A crash may have torn it; whether it can be done without is another question.
    if (!read.ok) {
      below = undefined
      continue
    }
    const fault = blockFault(world, read.value, sound)
    const { header, hash } = read.value.signed
    if (fault !== undefined) return `keeps a block at height ${height} ${fault}`
    if (header.height !== height) return `keeps block ${header.height} at height ${height}`
    if (below !== undefined && header.parentHash !== below) {
      return `keeps a block at height ${height} that does not stand on the one below it`
    }
    below = hash
  }
  return undefined
}

function blockFault(
  world: World,
  { signed, body }: StoredBlock,
  sound: Map<string, string>,
): string | undefined {
  const { header, hash, signature } = signed
  const root = bodyRoot(body)
  const form = `${root} ${signature.join()}`
  if (sound.get(hash) === form) return undefined
  if (root !== header.bodyRoot) return 'with the body of another'
  if (header.author !== header.slot % world.committee.members.length) {
    return `of member ${header.author} in slot ${header.slot}`
  }
  if (!isSigned(world, signed)) return 'that its author did not sign'
  sound.set(hash, form)
  return undefined
}

function isSigned({ chain, isSigned: isRight }: World, signed: SignedHeader): boolean {
  return isRight(headerCheck(chain, signed))
}

function certificatesFault(world: World, disk: DiskContent): string | undefined {
  const size = world.committee.members.length
  for (const { key, value } of disk.scan({ ...everyKey('final'), limit: everything })) {
    const height = heightOfFinalisation(key)
    const read = readRecord({ key, value }, (bytes) => decodeCertificate(bytes, size))
    const blockKey = keys.blockAt(height)
    const stored = disk.read(blockKey)
    if (!read.ok || stored === undefined) continue
    const block = readRecord({ key: blockKey, value: stored }, (bytes) =>
      decodeStoredBlock(bytes, size),
    )
    if (!block.ok) continue
    const certificate = read.value
    if (certificate.kind !== 'finalise' || certificate.block !== block.value.signed.hash) {
      return `keeps a certificate at height ${height} that does not commit the block there`
    }
    if (new Set(certificate.signers).size < world.quorum || !world.isGenuine(certificate)) {
      return `keeps a certificate at height ${height} that no quorum signed`
    }
  }
  return undefined
}
