/** What lies on a disk is wholly valid: a disk of a small federation, and what spoils it. */
import { beforeAll, expect, test } from 'vitest'
import type { World } from '../../../../../sim/cluster/checker/checker.ts'
import { storedBlocksChecker } from '../../../../../sim/cluster/checker/stored-blocks.ts'
import { Cluster } from '../../../../../sim/cluster/cluster.ts'
import { idealScheme } from '../../../../../sim/cluster/ideal.ts'
import { SimDisk } from '../../../../../sim/disk.ts'
import { localLink } from '../../../../../sim/link.ts'
import { keys } from '../../../../../src/actors/storage/keys.ts'
import { openRecord, readRecord, sealRecord } from '../../../../../src/actors/storage/record.ts'
import { present } from '../../../../../src/base/assert.ts'
import {
  decodeStoredBlock,
  encodeStoredBlock,
  type StoredBlock,
} from '../../../../../src/protocol/block/block.ts'
import { certificateCheck } from '../../../../../src/protocol/consensus/checks.ts'
import type { Certificate } from '../../../../../src/protocol/consensus/vote.ts'

const crypto = idealScheme()
let net: Cluster

beforeAll(() => {
  net = new Cluster({ members: 3, slotMs: 400, link: localLink }, { seed: 'a', crypto })
  net.run(6_000)
}, 60_000)

/** What is said of a node's disk after a change to a copy of it. */
function saidOf(change: (disk: SimDisk) => void): string | undefined {
  const { chain } = net
  const world = {
    ...{ chain, committee: chain.committee, quorum: 2, untrustedDisks: new Set() },
    isSigned: crypto.check,
    isGenuine: (certificate: Certificate) => crypto.check(certificateCheck(chain, certificate)),
  } as unknown as World
  const disk = new SimDisk()
  disk.copyFrom(net.machine('n0').host.disk)
  change(disk)
  return storedBlocksChecker(world).inspect('n0', disk, true)
}

function bytesAt(disk: SimDisk, key: string): Uint8Array {
  return present(openRecord(key, present(disk.read(key), 'a record')), 'a sound record')
}

function put(disk: SimDisk, key: string, bytes: Uint8Array): void {
  disk.apply([{ key, value: sealRecord(key, bytes) }])
}

/** Puts another block in place of the one at a height. */
function forge(disk: SimDisk, height: number, change: (block: StoredBlock) => StoredBlock): void {
  const key = keys.blockAt(height)
  const value = present(disk.read(key), 'a block')
  const read = readRecord({ key, value }, (bytes) => decodeStoredBlock(bytes, 3))
  put(disk, key, encodeStoredBlock(change(present(read.ok ? read.value : undefined, 'a block'))))
}

test('a disk that only this code has written is as it should be', () => {
  expect(net.heightOf('n0')).toBeGreaterThan(5)
  expect(saidOf(() => undefined)).toBeUndefined()
})

test('a block that its author did not sign is found, however right its hash is', () => {
  const said = saidOf((disk) =>
    forge(disk, 4, ({ signed, ...rest }) => ({
      ...rest,
      signed: { ...signed, signature: new Uint8Array(64) },
    })),
  )
  expect(said).toBe('n0 keeps a block at height 4 that its author did not sign')
})

test('so is one with the body of another, and one in the place of another', () => {
  const taken = (disk: SimDisk): void => {
    const { body } = present(blockOf(disk, 5), 'a block')
    forge(disk, 4, (block) => ({ ...block, body }))
  }
  expect(saidOf(taken)).toBe('n0 keeps a block at height 4 with the body of another')
  const moved = (disk: SimDisk): void => put(disk, keys.blockAt(4), bytesAt(disk, keys.blockAt(5)))
  expect(saidOf(moved)).toBe('n0 keeps block 5 at height 4')
})

test('a certificate has to lie with the block that it commits, and be of a quorum', () => {
  const moved = (disk: SimDisk): void =>
    put(disk, keys.finalisationAt(4), bytesAt(disk, keys.finalisationAt(5)))
  expect(saidOf(moved)).toContain('at height 4 that does not commit the block there')
  const forged = (disk: SimDisk): void => {
    const bytes = bytesAt(disk, keys.finalisationAt(4)).slice()
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    put(disk, keys.finalisationAt(4), bytes)
  }
  expect(saidOf(forged)).toContain('at height 4 that no quorum signed')
})

test('what a crash has torn says nothing', () => {
  const torn = (disk: SimDisk): void => {
    const key = keys.blockAt(4)
    disk.apply([{ key, value: present(disk.read(key), 'a block').subarray(0, 40) }])
  }
  expect(saidOf(torn)).toBeUndefined()
})

function blockOf(disk: SimDisk, height: number): StoredBlock | undefined {
  const key = keys.blockAt(height)
  const value = disk.read(key)
  const read = value && readRecord({ key, value }, (bytes) => decodeStoredBlock(bytes, 3))
  return read?.ok === true ? read.value : undefined
}
