import { expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import type { Result } from '../../../src/base/result.ts'
import { type OpenFault, openLedger } from '../../../src/ledger/opening.ts'
import { accountKey, finalisedKey, genesisKey } from '../../../src/ledger/records.ts'
import { genesisPayload, genesisState } from '../../../src/protocol/execution/genesis.ts'
import { accountsOf } from '../../../src/protocol/execution/state-trie.ts'
import type { ExecutedPayload } from '../../../src/protocol/execution/transition.ts'
import { hashBytes } from '../../../src/protocol/hash.ts'
import { MemoryStore } from './memory-store.ts'
import { addressAt, extend, genesisBlock, openBench } from './world.ts'

type Outcome = Result<ExecutedPayload, OpenFault> | undefined

function open(store: MemoryStore, genesis = genesisBlock): Outcome {
  let result: Outcome
  openLedger(store, genesis, (outcome) => {
    result = outcome
  })
  store.run()
  return result
}

/** A store in which one payload became final. */
function usedStore(): MemoryStore {
  const bench = openBench()
  const block = extend(genesisBlock, [{ from: 0, to: 1, nonce: 0 }])
  bench.execute(block)
  bench.forkchoice(block, block)
  return bench.store.crash()
}

function spoil(store: MemoryStore, key: string): void {
  const value = present(store.durable.get(key), key)
  store.durable.set(key, value.with(0, 0xff ^ present(value[0], 'a byte')))
}

/** What opening says about the used store after `damage`. */
function faultAfter(damage: (durable: Map<string, Uint8Array>) => void): unknown {
  const store = usedStore()
  damage(store.durable)
  const outcome = open(store.crash())
  return outcome?.ok === false ? outcome.fault : outcome
}

test('an empty store begins with the genesis, durably', () => {
  const store = new MemoryStore()
  expect(open(store)).toEqual({ ok: true, value: genesisBlock })
  expect(open(store.crash())).toMatchObject({ ok: true, value: { payload: genesisBlock.payload } })
})

test('more accounts than one page holds are all read', () => {
  const allocations = Array.from({ length: 2_500 }, (_, i) => ({
    address: hashBytes('address', Uint8Array.of(i & 0xff, i >> 8)).slice(0, 20),
    balance: BigInt(i + 1),
  }))
  const genesis = {
    payload: genesisPayload({ timestampMs: 1, allocations }),
    state: genesisState(allocations),
  }
  const store = new MemoryStore()
  open(store, genesis)
  const outcome = open(store.crash(), genesis)
  expect(outcome?.ok && accountsOf(outcome.value.state).length).toBe(2_500)
})

test('a store that was interrupted before its first commit begins anew', () => {
  const store = new MemoryStore()
  openLedger(store, genesisBlock, () => undefined)
  store.step()
  expect(open(store.crash())).toMatchObject({ ok: true })
})

test.each([accountKey(addressAt(0)), genesisKey, finalisedKey])('damage is found at %s', (key) => {
  const store = usedStore()
  spoil(store, key)
  expect(open(store.crash())).toMatchObject({ ok: false, fault: { code: 'record-corrupt', key } })
})

test.each([genesisKey, finalisedKey])('a lost record is found: %s', (key) => {
  const fault = faultAfter((durable) => durable.delete(key))
  expect(fault).toMatchObject({ code: 'record-missing', key })
})

test('a lost account, or one from before, is found by the root', () => {
  const key = accountKey(addressAt(0))
  const lost = faultAfter((durable) => durable.delete(key))
  expect(lost).toMatchObject({ code: 'state-root-wrong' })
  const old = present(openBench().store.durable.get(key), 'the account at genesis')
  expect(faultAfter((durable) => durable.set(key, old))).toMatchObject({ code: 'state-root-wrong' })
})

test('a store of another chain is refused', () => {
  const other = { ...genesisBlock, payload: genesisPayload({ timestampMs: 5, allocations: [] }) }
  expect(open(usedStore(), other)).toMatchObject({ fault: { code: 'genesis-differs' } })
})

test('a store that fails is reported, not guessed at', () => {
  const store = new MemoryStore()
  store.failures = 1
  expect(open(store)).toMatchObject({
    fault: { code: 'store-failed', detail: 'io: the disk failed' },
  })
})
