/** What lies on a disk against the blocks executed one by one: a disk of a small federation, and what spoils it. */
import { beforeAll, expect, test } from 'vitest'
import type { DiskContent, World } from '../../../../../sim/cluster/checker/checker.ts'
import { stateEqualityChecker } from '../../../../../sim/cluster/checker/state-equality.ts'
import { Cluster } from '../../../../../sim/cluster/cluster.ts'
import { idealScheme } from '../../../../../sim/cluster/ideal.ts'
import { transfers } from '../../../../../sim/cluster/workload/transfers.ts'
import { SimDisk } from '../../../../../sim/disk.ts'
import { localLink } from '../../../../../sim/link.ts'
import { keys } from '../../../../../src/actors/storage/keys.ts'
import { encodeHeight, sealRecord } from '../../../../../src/actors/storage/record.ts'
import { present } from '../../../../../src/base/assert.ts'
import {
  accountRecord,
  accountsFrom,
  accountsTo,
  readAccountRecord,
} from '../../../../../src/ledger/records.ts'

let net: Cluster

beforeAll(() => {
  net = new Cluster(
    { members: 3, slotMs: 400, link: localLink },
    { seed: 'a', crypto: idealScheme() },
  )
  transfers(net, { everyMs: 300, untilMs: 6_000 })
  net.run(8_000)
}, 60_000)

/** What is said of a node's disk after a change to a copy of it. */
function saidOf(
  change: (disk: SimDisk) => void,
  untrusted: readonly string[] = [],
  isInUse = true,
) {
  const world = { chain: net.chain, untrustedDisks: new Set(untrusted) } as unknown as World
  const disk = new SimDisk()
  disk.copyFrom(net.machine('n0').host.disk)
  change(disk)
  return stateEqualityChecker(world).inspect('n0', disk, isInUse)
}

function put(disk: SimDisk, key: string, value: Uint8Array | undefined): void {
  disk.apply([{ key, value }])
}

/** The address of an account, and the record with which a unit more is in it. */
function richer(disk: DiskContent): { readonly key: string; readonly value: Uint8Array } {
  const [entry] = disk.scan({ from: accountsFrom, to: accountsTo, limit: 1 })
  const read = readAccountRecord(present(entry, 'an account'))
  const { address, account } = present(read.ok ? read.value : undefined, 'a sound account')
  const value = accountRecord({ address, account: { ...account, balance: account.balance + 1n } })
  return { key: present(entry, 'an account').key, value }
}

test('a disk that holds what the blocks lead to is as it should be', () => {
  expect(net.heightOf('n0')).toBeGreaterThan(8)
  expect(saidOf(() => undefined)).toBeUndefined()
})

test('an account with a unit too many is found, though its record and the supply of others are sound', () => {
  const said = saidOf((disk) => {
    const { key, value } = richer(disk)
    put(disk, key, value)
  })
  expect(said).toMatch(/^n0 has \d+ and nonce \d+ for \w{40} at height \d+, due is \d+/)
})

test('an account that is lost is found', () => {
  expect(saidOf((disk) => put(disk, richer(disk).key, undefined))).toMatch(/lacks 1 accounts/)
})

test('a block that is lost or damaged is found', () => {
  const top = net.heightOf('n0')
  expect(saidOf((disk) => put(disk, keys.blockAt(3), undefined))).toBe(
    'n0 has no block at height 3',
  )
  const torn = (disk: SimDisk): void => put(disk, keys.blockAt(top), Uint8Array.of(1))
  expect(saidOf(torn)).toContain(`has a block at height ${top} whose checksum differs`)
})

test('an index that leads elsewhere, or nowhere, is found', () => {
  // Of the index the newest are looked at: all of it is spoilt.
  const spoil = (value: (at: string) => Uint8Array | undefined) => (spoilt: SimDisk) => {
    for (const entry of spoilt.scan({ from: 'height/', to: 'height0', limit: 1_000 })) {
      put(spoilt, entry.key, value(entry.key))
    }
  }
  expect(saidOf(spoil(() => undefined))).toMatch(
    /does not find the block at height \d+ by its hash/,
  )
  const wrong = saidOf(spoil((at) => sealRecord(at, encodeHeight(1_000_000))))
  expect(wrong).toMatch(/finds the block at \d+ at height 1000000/)
})

test('a ledger that a crash has torn may be begun anew, and has to be right at the end', () => {
  const torn = (disk: SimDisk): void => put(disk, richer(disk).key, Uint8Array.of(1))
  expect(saidOf(torn, [], false)).toBeUndefined()
  expect(saidOf(torn)).toMatch(/has an account ledger.account.\w+ that cannot be read/)
})

test('a disk that may lose what it acknowledged proves nothing', () => {
  expect(saidOf((disk) => put(disk, keys.blockAt(3), undefined), ['n0'])).toBeUndefined()
})
