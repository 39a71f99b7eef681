/**
 * What the ledger keeps on disk, and how each record shows damage: accounts and payloads carry a checksum over their
 * key and content, so that a record that a disk has put under another's key is none. Keys sort, so that accounts are
 * read in one sweep.
 */
import { concatBytes, equalBytes, fromHex, toHex } from '../base/bytes.ts'
import { checksumBytes, checksumOf } from '../base/checksum.ts'
import { Reader, Writer } from '../base/codec.ts'
import { failed, ok, type Result } from '../base/result.ts'
import type { Entry } from '../kernel/environment.ts'
import { type Account, encodeAccount } from '../protocol/execution/account.ts'
import {
  decodePayload,
  type ExecutionPayload,
  encodePayload,
} from '../protocol/execution/payload.ts'
import type { AccountEntry } from '../protocol/execution/state-trie.ts'
import { addressBytes } from '../protocol/execution/transaction.ts'
import type { Hash } from '../protocol/hash.ts'

/** What is wrong with a store: which record, and why. */
export interface RecordFault {
  readonly code: 'record-corrupt' | 'record-missing' | 'state-root-wrong' | 'genesis-differs'
  readonly key: string
  readonly detail: string
}

/** The first payload of the chain in this store. */
export const genesisKey = 'ledger/genesis'
/** The last final payload, whose accounts are the ones in the store. */
export const finalisedKey = 'ledger/finalised'
/** Every key of the ledger is from here … */
export const keysFrom = 'ledger/'
/** … to here, excluded. */
export const keysTo = 'ledger0'
export const accountsFrom = 'ledger/account/'
export const accountsTo = 'ledger/account0'

export function accountKey(address: Uint8Array): string {
  return accountsFrom + toHex(address)
}

/** Present for each payload that is or was final; its value is the payload's number. */
export function historyKey(hash: Hash): string {
  return `ledger/history/${hash}`
}

export function historyRecord(number: number): Uint8Array {
  return new Writer(8).u53(number).finish()
}

/** Balance, nonce, and 8 bytes of checksum. */
export function accountRecord({ address, account }: AccountEntry): Uint8Array {
  const content = encodeAccount(account)
  return concatBytes(content, checksumOf(accountKey(address), content))
}

/** An account and its address out of a record and its key. */
export function readAccountRecord({ key, value }: Entry): Result<AccountEntry, RecordFault> {
  const address = fromHex(key.slice(accountsFrom.length))
  if (address?.length !== addressBytes) return corrupt(key, 'the key has no address')
  const reader = new Reader(value)
  const account: Account = { balance: reader.u64('balance'), nonce: reader.u53('nonce') }
  const checksum = reader.bytes('checksum', checksumBytes)
  if (reader.finish('account') !== undefined) return corrupt(key, 'cannot be read')
  return equalBytes(checksum, checksumOf(key, encodeAccount(account)))
    ? ok({ address, account })
    : corrupt(key, 'the checksum is wrong')
}

/** The payload's encoding, and 8 bytes of checksum. */
export function payloadRecord(key: string, payload: ExecutionPayload): Uint8Array {
  const content = encodePayload(payload)
  return concatBytes(content, checksumOf(key, content))
}

export function readPayloadRecord({ key, value }: Entry): Result<ExecutionPayload, RecordFault> {
  if (value.length < checksumBytes) return corrupt(key, 'cannot be read')
  const content = value.subarray(0, -checksumBytes)
  const isRight = equalBytes(value.subarray(-checksumBytes), checksumOf(key, content))
  if (!isRight) return corrupt(key, 'the checksum is wrong')
  const read = decodePayload(content)
  return read.ok ? ok(read.value) : corrupt(key, 'cannot be read')
}

function corrupt(key: string, detail: string): { readonly ok: false; readonly fault: RecordFault } {
  return failed({ code: 'record-corrupt', key, detail })
}
