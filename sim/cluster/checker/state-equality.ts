import { keys } from '../../../src/actors/storage/keys.ts'
import { decodeHeight, readRecord } from '../../../src/actors/storage/record.ts'
import { toHex } from '../../../src/base/bytes.ts'
import {
  accountsFrom,
  accountsTo,
  finalisedKey,
  readAccountRecord,
  readPayloadRecord,
} from '../../../src/ledger/records.ts'
import { decodeStoredBlock, type StoredBlock } from '../../../src/protocol/block/block.ts'
import { committedOn } from '../committed-on.ts'
import { type Holding, PlainLedger } from '../plain-ledger.ts'
import type { DiskChecker, DiskContent, World } from './checker.ts'

/** Of the index, so many of the newest heights are looked at. */
const indexed = 16
const everything = Number.MAX_SAFE_INTEGER

/**
 * I12, I13, I14: what lies on a disk before a start, and at the end, is what comes of executing the committed blocks one
 * by one: whoever brought them, alone or in runs, and whatever failed meanwhile. Each account of the ledger is compared
 * with a ledger of its own, whose supply is that of genesis; and the index by hash agrees with the blocks by height.
 */
export function stateEqualityChecker({ chain, untrustedDisks }: World): DiskChecker {
  const ledger = new PlainLedger(chain)
  const size = chain.committee.members.length

  const blockAt = (disk: DiskContent, height: number): StoredBlock | string => {
    const key = keys.blockAt(height)
    const value = disk.read(key)
    if (value === undefined) return `has no block at height ${height}`
    const read = readRecord({ key, value }, (bytes) => decodeStoredBlock(bytes, size))
    return read.ok ? read.value : `has a block at height ${height} whose ${read.fault.detail}`
  }
  /** Executes what was not executed yet, up to a height, out of this disk. */
  const executeTo = (disk: DiskContent, height: number): string | undefined => {
    while (ledger.height < height) {
      const at = ledger.height + 1
      const block = blockAt(disk, at)
      if (typeof block === 'string') return block
      const fault = ledger.execute(block.body)
      if (fault !== undefined) return `has a block at height ${at} that ${fault}`
    }
    return undefined
  }
  const indexFault = (disk: DiskContent, top: number): string | undefined => {
    for (let height = Math.max(1, top - indexed + 1); height <= top; height += 1) {
      const block = blockAt(disk, height)
      if (typeof block === 'string') return block
      const key = keys.heightOf(block.signed.hash)
      const value = disk.read(key)
      const found = value && readRecord({ key, value }, decodeHeight)
      if (found?.ok !== true) return `does not find the block at height ${height} by its hash`
      if (found.value !== height) return `finds the block at ${height} at height ${found.value}`
    }
    return undefined
  }
  const ledgerFault = (disk: DiskContent): string | undefined => {
    const value = disk.read(finalisedKey)
    // It is written with all accounts when a ledger begins.
    if (value === undefined) return undefined
    const payload = readPayloadRecord({ key: finalisedKey, value })
    if (!payload.ok) return `has a final payload that ${payload.fault.detail}`
    const { number, blockHash } = payload.value
    const broken = executeTo(disk, number)
    if (broken !== undefined) return broken
    const expected = ledger.payloadAt(number)
    if (blockHash !== expected) return `has payload ${blockHash} at ${number}, not ${expected}`
    return accountsFault(disk, ledger.holdingsAt(number), number)
  }
  return {
    property: 'state-equality',
    inspect: (node, disk, isInUse) => {
      if (untrustedDisks.has(node)) return undefined
      // A crash may tear what was being written. Such a ledger is begun anew, and is looked at again at the end.
      const isTorn = !isInUse && !isReadable(disk)
      const broken = indexFault(disk, committedOn(disk)) ?? (isTorn ? undefined : ledgerFault(disk))
      return broken && `${node} ${broken}`
    },
  }
}

/** Whether every record of the ledger can be read, whatever it says. */
function isReadable(disk: DiskContent): boolean {
  const value = disk.read(finalisedKey)
  if (value === undefined) return true
  const accounts = disk.scan({ from: accountsFrom, to: accountsTo, limit: everything })
  const isPayload = readPayloadRecord({ key: finalisedKey, value }).ok
  return isPayload && accounts.every((entry) => readAccountRecord(entry).ok)
}

function accountsFault(
  disk: DiskContent,
  expected: ReadonlyMap<string, Holding>,
  height: number,
): string | undefined {
  const entries = disk.scan({ from: accountsFrom, to: accountsTo, limit: everything })
  for (const entry of entries) {
    const read = readAccountRecord(entry)
    if (!read.ok) return `has an account ${entry.key} that ${read.fault.detail}`
    const address = toHex(read.value.address)
    const { balance, nonce } = read.value.account
    const due = expected.get(address)
    if (due?.balance === balance && due.nonce === nonce) continue
    const owed = due === undefined ? 'nothing' : `${due.balance} and nonce ${due.nonce}`
    return `has ${balance} and nonce ${nonce} for ${address} at height ${height}, due is ${owed}`
  }
  const missing = expected.size - entries.length
  return missing === 0 ? undefined : `lacks ${missing} accounts at height ${height}`
}
