import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accountKey } from '../../../src/ledger/records.ts'
import { MemoryStore } from './memory-store.ts'
import { addressAt, Bench, extend, genesisBlock, openBench } from './world.ts'

test('before it is open the engine says so', () => {
  const bench = new Bench()
  expect(bench.call({ method: 'status' })).toMatchObject({ error: { code: 'not-open' } })
  expect(bench.open()).toBe('opened')
  expect(bench.call({ method: 'status' })).toEqual({
    genesis: genesisBlock.payload.blockHash,
    finalized: { hash: genesisBlock.payload.blockHash, number: 0 },
    head: { hash: genesisBlock.payload.blockHash, number: 0 },
    pooled: 0,
  })
})

test('damaged records are thrown away, and the ledger begins anew at the genesis', () => {
  const before = openBench()
  const first = extend(genesisBlock, [{ from: 0, to: 1, nonce: 0 }])
  before.execute(first)
  before.forkchoice(first, first)
  before.store.durable.set(accountKey(addressAt(0)), new Uint8Array(24))
  const bench = new Bench(before.store.crash())
  expect(bench.open()).toBe('opened')
  expect(bench.call({ method: 'status' })).toMatchObject({ finalized: { number: 0 } })
  // What the node feeds it again leads to where it was.
  expect(bench.execute(first)).toMatchObject({ status: 'VALID' })
})

test('what a crash leaves is what was answered as final', () => {
  const bench = openBench()
  const first = extend(genesisBlock, [{ from: 0, to: 1, nonce: 0 }])
  const second = extend(first, [{ from: 0, to: 1, nonce: 1 }])
  bench.execute(first)
  bench.execute(second)
  bench.forkchoice(first, first)
  bench.ask({
    method: 'forkchoiceUpdated',
    head: second.payload.blockHash,
    safe: second.payload.blockHash,
    finalized: second.payload.blockHash,
  })
  const again = new Bench(bench.store.crash())
  expect(again.open()).toBe('opened')
  const place = { hash: first.payload.blockHash, number: 1 }
  expect(again.call({ method: 'status' })).toMatchObject({ finalized: place, head: place })
  expect(again.call({ method: 'account', address: addressAt(0) })).toMatchObject({
    finalized: { balance: 989n, nonce: 1 },
  })
})

test('a request that makes no sense is answered, never thrown', () => {
  const bench = openBench()
  const property = fc.property(fc.anything(), (request) => {
    let answer: unknown
    bench.engine.handle(request, (value) => {
      answer = value
    })
    expect(answer).toMatchObject({ error: { code: 'malformed' } })
  })
  fc.assert(property, { seed: 1, numRuns: 200 })
})

test('an engine is opened once', () => {
  const bench = new Bench(new MemoryStore())
  bench.open()
  expect(() => bench.open()).toThrow('opened once')
})
