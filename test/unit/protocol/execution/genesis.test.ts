import { expect, test } from 'vitest'
import { genesisPayload, genesisState } from '../../../../src/protocol/execution/genesis.ts'
import { accountAt, rootOf } from '../../../../src/protocol/execution/state-trie.ts'
import { zeroHash } from '../../../../src/protocol/hash.ts'

const address = (byte: number): Uint8Array => new Uint8Array(20).fill(byte)
const rich = { address: address(1), balance: 5n }
const poor = { address: address(2), balance: 1n }

test('accounts hold what they are allocated', () => {
  const state = genesisState([rich, poor])
  expect(accountAt(state, address(1))).toEqual({ balance: 5n, nonce: 0 })
  expect(accountAt(state, address(3))).toEqual({ balance: 0n, nonce: 0 })
})

test('the payload is number 0, without parent, and does not depend on the order', () => {
  const payload = genesisPayload({ timestampMs: 9, allocations: [rich, poor] })
  expect(payload).toMatchObject({ number: 0, parentHash: zeroHash, timestampMs: 9 })
  expect(payload.stateRoot).toBe(rootOf(genesisState([rich, poor])))
  expect(genesisPayload({ timestampMs: 9, allocations: [poor, rich] })).toEqual(payload)
})

test('an allocation that makes no sense is a fault of the code', () => {
  const most = (1n << 64n) - 1n
  expect(() => genesisState([rich, rich])).toThrow('allocated once')
  expect(() => genesisState([{ ...rich, balance: -1n }])).toThrow('nothing negative')
  expect(() => genesisState([{ ...rich, balance: most }, poor])).toThrow('fits 64 bits')
  expect(accountAt(genesisState([{ ...rich, balance: most }]), address(1)).balance).toBe(most)
})
