import { expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import {
  accountKey,
  accountRecord,
  finalisedKey,
  genesisKey,
  payloadRecord,
  readAccountRecord,
  readPayloadRecord,
} from '../../../src/ledger/records.ts'
import { addressAt, genesisBlock } from './world.ts'

const entry = { address: addressAt(0), account: { balance: 7n, nonce: 3 } }
const account = { key: accountKey(entry.address), value: accountRecord(entry) }
const payload = {
  key: finalisedKey,
  value: payloadRecord(finalisedKey, genesisBlock.payload),
}

test('records are read back', () => {
  expect(readAccountRecord(account)).toEqual({ ok: true, value: entry })
  expect(readPayloadRecord(payload)).toEqual({ ok: true, value: genesisBlock.payload })
})

test('every flipped bit and every cut of a record is found', () => {
  for (const { record, read } of [
    { record: account, read: readAccountRecord },
    { record: payload, read: readPayloadRecord },
  ]) {
    for (let at = 0; at < record.value.length; at += 1) {
      const byte = present(record.value[at], 'a byte')
      const flipped = { key: record.key, value: record.value.with(at, byte ^ (1 << (at % 8))) }
      expect(read(flipped)).toMatchObject({ ok: false, fault: { code: 'record-corrupt' } })
      const cut = { key: record.key, value: record.value.slice(0, at) }
      expect(read(cut)).toMatchObject({ ok: false, fault: { code: 'record-corrupt' } })
    }
  }
})

test('an account record under the key of another account is found', () => {
  const moved = { key: accountKey(addressAt(1)), value: account.value }
  expect(readAccountRecord(moved)).toMatchObject({ fault: { detail: 'the checksum is wrong' } })
  const nowhere = { key: 'ledger/account/xyz', value: account.value }
  expect(readAccountRecord(nowhere)).toMatchObject({ fault: { detail: 'the key has no address' } })
})

test('a payload record under the key of another is found', () => {
  const moved = { key: genesisKey, value: payload.value }
  expect(readPayloadRecord(moved)).toMatchObject({ fault: { detail: 'the checksum is wrong' } })
})
