import { describe, expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import type { Check } from '../../../src/kernel/environment.ts'
import { LedgerEngine } from '../../../src/ledger/engine.ts'
import { defaultLimits } from '../../../src/ledger/limits.ts'
import { Preparations } from '../../../src/ledger/preparations.ts'
import { MemoryStore } from './memory-store.ts'
import {
  type Block,
  chainTag,
  extend,
  genesis,
  genesisBlock,
  genuine,
  validOf,
  verifyIdeal,
} from './world.ts'

const first = extend(genesisBlock, [
  { from: 0, to: 1, nonce: 0 },
  { from: 1, to: 2, nonce: 0 },
])
const second = extend(first, [{ from: 0, to: 2, nonce: 1 }])
const third = extend(second, [{ from: 2, to: 0, nonce: 0 }])

/** A ledger whose verifier answers when it is told to. */
function openPrepared(limits: Partial<typeof defaultLimits> = {}) {
  const store = new MemoryStore()
  const asked: { readonly checks: readonly Check[]; readonly release: () => void }[] = []
  let alone = 0
  const engine = new LedgerEngine({
    ...{ store, chainTag, genesis },
    limits: { ...defaultLimits, ...limits },
    verifySignature: (...values) => {
      alone += 1
      return verifyIdeal(...values)
    },
    verifier: {
      verify: (checks, _priority, done) => {
        const verdicts = checks.map(({ kind, ...check }) => {
          return kind === 'ed25519' && isRight(check as Extract<Check, { kind: 'ed25519' }>)
        })
        asked.push({ checks, release: () => done(verdicts) })
      },
    },
  })
  engine.open(() => undefined)
  store.run()
  const call = (request: unknown): { answer: unknown } => {
    const slot: { answer: unknown } = { answer: undefined }
    engine.handle(request, (answer) => {
      slot.answer = answer
    })
    store.run()
    return slot
  }
  const release = (): void => {
    for (const { release } of asked.splice(0)) release()
  }
  return { call, asked, release, alone: () => alone }
}

function isRight({ publicKey, message, signature }: Extract<Check, { kind: 'ed25519' }>): boolean {
  return verifyIdeal(publicKey, message, signature)
}

function contentOf({ payload, transactions }: Block) {
  return { payload, transactions }
}

/** The block with the last byte of a transaction's signature changed, and the roots that this gives. */
const forged = ((): Block => {
  const [bytes = expect.unreachable(), ...others] = second.transactions
  const wrong = bytes.with(bytes.length - 1, 1 ^ present(bytes.at(-1), 'a byte'))
  return { ...second, transactions: [wrong, ...others] }
})()

describe('payloads that are prepared', () => {
  test('are executed without another look at their signatures', () => {
    const { call, asked, release, alone } = openPrepared()
    const payloads = [first, second, third].map(contentOf)
    const prepared = call({ method: 'preparePayloads', payloads })
    expect(asked.map(({ checks }) => checks.length)).toEqual([4])
    expect(prepared.answer).toBeUndefined()
    release()
    expect(prepared.answer).toEqual({ prepared: 3 })
    expect(call({ method: 'newPayloads', payloads }).answer).toEqual({ valid: 3 })
    expect(alone()).toBe(0)
  })

  test('are nothing but an optimisation: not prepared yet, they are checked one by one', () => {
    const { call, release, alone } = openPrepared()
    const payloads = [first].map(contentOf)
    call({ method: 'preparePayloads', payloads })
    expect(call({ method: 'newPayloads', payloads }).answer).toEqual({ valid: 1 })
    expect(alone()).toBe(2)
    release()
    expect(call({ method: 'newPayloads', payloads }).answer).toEqual({ valid: 1 })
  })

  test('are found by the very same object only', () => {
    const { call, release, alone } = openPrepared()
    const payloads = [first].map(contentOf)
    call({ method: 'preparePayloads', payloads })
    release()
    const copies = payloads.map(({ payload, transactions }) => ({
      ...{ payload, transactions: transactions.map((bytes) => bytes.slice()) },
    }))
    expect(call({ method: 'newPayloads', payloads: copies }).answer).toEqual({ valid: 1 })
    expect(alone()).toBe(2)
  })

  test('of which one is wrong are prepared without it, and its fault is told by its execution', () => {
    const { call, release } = openPrepared()
    const payloads = [first, forged, third].map(contentOf)
    const prepared = call({ method: 'preparePayloads', payloads })
    release()
    // Its root is not that of its transactions any more.
    expect(prepared.answer).toEqual({ prepared: 2 })
    expect(call({ method: 'newPayloads', payloads }).answer).toMatchObject({
      ...{ valid: 1, stopped: { status: 'INVALID', fault: { code: 'transactions-root-wrong' } } },
    })
  })

  test('with other fields than those prepared are judged by what they are', () => {
    const { call, release } = openPrepared()
    const content = contentOf(first)
    call({ method: 'preparePayloads', payloads: [content] })
    release()
    const payload = { ...content.payload, number: 7 }
    const payloads = [{ ...content, payload }]
    expect(call({ method: 'newPayloads', payloads }).answer).toMatchObject({
      ...{ valid: 0, stopped: { status: 'INVALID', fault: { code: 'block-hash-wrong' } } },
    })
  })
})

describe('several payloads in one call', () => {
  test('stop at the first that has no parent here', () => {
    const { call } = openPrepared()
    const payloads = [first, third].map(contentOf)
    expect(call({ method: 'newPayloads', payloads }).answer).toEqual({
      ...{ valid: 1, stopped: { status: 'SYNCING' } },
    })
  })

  test('are not executed where there is no room for their accounts', () => {
    const { call } = openPrepared({ statesMax: 2 })
    const [a, b, c] = [first, second, third].map(contentOf)
    expect(call({ method: 'newPayloads', payloads: [a, b] }).answer).toEqual({ valid: 2 })
    expect(call({ method: 'newPayloads', payloads: [c] }).answer).toMatchObject({
      ...{ valid: 0, error: { code: 'too-many-states' } },
    })
  })

  test('leave the accounts after the last, and those before it can be brought again', () => {
    const { call } = openPrepared()
    const aside = contentOf(extend(first, [{ from: 1, to: 3, nonce: 1 }]))
    call({ method: 'newPayloads', payloads: [first, second].map(contentOf) })
    expect(call({ method: 'newPayload', ...contentOf(third) }).answer).toEqual(validOf(third))
    expect(call({ method: 'newPayload', ...aside }).answer).toEqual({ status: 'SYNCING' })
    expect(call({ method: 'newPayload', ...contentOf(first) }).answer).toEqual(validOf(first))
    expect(call({ method: 'newPayload', ...aside }).answer).toMatchObject({ status: 'VALID' })
  })

  test('of which one cannot be executed to its end leave the accounts before it', () => {
    const { call } = openPrepared()
    // What it does to the accounts is done when the root turns out to be wrong.
    const stateRoot = first.payload.stateRoot
    const broken = contentOf(extend(second, [{ from: 2, to: 0, nonce: 0 }], { stateRoot }))
    const payloads = [contentOf(first), contentOf(second), broken]
    expect(call({ method: 'newPayloads', payloads }).answer).toMatchObject({
      valid: 2,
      stopped: {
        ...{ status: 'INVALID', latestValidHash: second.payload.blockHash },
        fault: { code: 'state-root-wrong' },
      },
    })
    expect(call({ method: 'newPayload', ...contentOf(third) }).answer).toEqual(validOf(third))
  })

  test('that were final once are valid again', () => {
    const { call } = openPrepared()
    const payloads = [first, second, third].map(contentOf)
    call({ method: 'newPayloads', payloads })
    const head = third.payload.blockHash
    call({ method: 'forkchoiceUpdated', head, safe: head, finalized: head })
    expect(call({ method: 'newPayloads', payloads }).answer).toEqual({ valid: 3 })
  })
})

test('the oldest preparations are forgotten when there are too many', () => {
  const preparations = new Preparations(3)
  const keep = (block: Block, ...nonces: readonly number[]): void =>
    preparations.keep(
      block,
      nonces.map((nonce) => genuine({ from: 0, to: 1, nonce })),
    )
  keep(first, 0, 1)
  keep(second, 2)
  keep(third, 3)
  expect(preparations.take(first)).toBeUndefined()
  expect(preparations.take(contentOf(second))).toBeUndefined()
  expect(preparations.take(second)).toHaveLength(1)
  expect(preparations.take(second)).toBeUndefined()
  expect(preparations.take(third)).toHaveLength(1)
})
