import { describe, expect, test } from 'vitest'
import { ok } from '../../../../src/base/result.ts'
import { type Body, bodyRoot } from '../../../../src/protocol/block/body.ts'
import type { Header, SignedHeader } from '../../../../src/protocol/block/header.ts'
import {
  type BlockFault,
  type CheckedBlock,
  checkBody,
  headerFault,
  linkFault,
  type ParentFacts,
} from '../../../../src/protocol/block/rules.ts'
import {
  decodePayload,
  type ExecutionPayload,
  encodePayload,
} from '../../../../src/protocol/execution/payload.ts'
import { zeroHash } from '../../../../src/protocol/hash.ts'
import { blockOn, federationOf, genesisSeat, seatOf } from '../../../support/actors/federation.ts'

const federation = federationOf(4)
const { chain } = federation
const parent = seatOf(federation, blockOn(federation, genesisSeat(federation), 1))
const transactions = [Uint8Array.of(1), Uint8Array.of(2, 2)]
const block = blockOn(federation, parent, 3, transactions)
const { signed, body } = block
const [first] = body as [Body[number]]
const facts: ParentFacts = { ...parent.ref, payloadHash: parent.payloadHash }

function payloadOf(change: Partial<ExecutionPayload> = {}): ExecutionPayload {
  const decoded = decodePayload(first.bytes)
  return decoded.ok ? { ...decoded.value, ...change } : expect.unreachable()
}

/** The block with a header that states this body, and other changes. */
function withHeader(change: Partial<Header>): SignedHeader {
  return { ...signed, header: { ...signed.header, ...change } }
}

function withBody(changed: Body): readonly [SignedHeader, Body] {
  return [withHeader({ itemCount: changed.length, bodyRoot: bodyRoot(changed) }), changed]
}

function withPayload(change: Partial<ExecutionPayload>): readonly [SignedHeader, Body] {
  const bytes = encodePayload(payloadOf(change))
  return withBody([{ kind: 'payload', bytes }, ...body.slice(1)])
}

function checked(): CheckedBlock {
  const outcome = checkBody(chain, signed, body)
  return outcome.ok ? outcome.value : expect.unreachable()
}

describe('a valid block', () => {
  test('breaks no rule', () => {
    expect(headerFault(chain, signed.header)).toBeUndefined()
    expect(linkFault(checked(), facts)).toBeUndefined()
  })

  test('gives the engine its payload and its transactions, in order', () => {
    expect(checkBody(chain, signed, body)).toEqual(
      ok({ signed, body, execution: { payload: payloadOf(), transactions } }),
    )
  })
})

describe('a header', () => {
  test.each<[string, Partial<Header>, BlockFault]>([
    ['of another chain', { chainTag: new Uint8Array(8) }, { code: 'other-chain' }],
    ['of slot 0', { slot: 0 }, { code: 'slot-zero' }],
    ['of height 0', { height: 0 }, { code: 'slot-zero' }],
    ['by who had not the slot', { author: 1 }, { code: 'author-wrong', author: 1, expected: 3 }],
    ['by nobody', { author: 9 }, { code: 'author-wrong', author: 9, expected: 3 }],
    ['of another slot', { slot: 4 }, { code: 'author-wrong', author: 3, expected: 0 }],
  ])('%s is faulty', (_what, change, fault) => {
    expect(headerFault(chain, { ...signed.header, ...change })).toEqual(fault)
  })

  test('is due to the members in turn', () => {
    const due = [1, 2, 3, 4, 5].map((slot) => {
      return [0, 1, 2, 3].filter(
        (author) => headerFault(chain, { ...signed.header, slot, author }) === undefined,
      )
    })
    expect(due).toEqual([[1], [2], [3], [0], [1]])
  })
})

describe('a body', () => {
  const other = Uint8Array.of(7)
  const swapped = [first, ...body.slice(1).toReversed()]

  test.each<[string, SignedHeader, Body, Partial<BlockFault>]>([
    [
      'of fewer items than stated',
      signed,
      body.slice(1),
      { code: 'item-count-wrong', count: 2, expected: 3 },
    ],
    [
      'with another item',
      signed,
      [...body.slice(0, 2), { kind: 'transaction', bytes: other }],
      {
        code: 'body-root-wrong',
        expected: signed.header.bodyRoot,
      },
    ],
    ['in another order', signed, swapped, { code: 'body-root-wrong' }],
    [
      'of other kinds',
      signed,
      body.map(({ bytes }) => ({ kind: 'payload', bytes })),
      {
        code: 'body-root-wrong',
      },
    ],
    ['that is empty', ...withBody([]), { code: 'payload-missing' }],
    ['without a payload', ...withBody(body.slice(1)), { code: 'payload-missing' }],
    ['with its payload last', ...withBody(body.toReversed()), { code: 'payload-missing' }],
    ['with two payloads', ...withBody([first, ...body]), { code: 'payload-missing' }],
    [
      'with a payload cut short',
      ...withBody([{ kind: 'payload', bytes: first.bytes.slice(1) }]),
      {
        code: 'payload-unreadable',
        field: 'version',
      },
    ],
    [
      'whose payload has another number',
      ...withPayload({ number: 3 }),
      {
        code: 'payload-number-wrong',
        number: 3,
        expected: 2,
      },
    ],
    [
      'whose payload is a millisecond late',
      ...withPayload({ timestampMs: payloadOf().timestampMs + 1 }),
      {
        code: 'timestamp-wrong',
        expected: payloadOf().timestampMs,
      },
    ],
    [
      'whose payload has another state',
      ...withPayload({ stateRoot: zeroHash }),
      {
        code: 'state-root-wrong',
        root: zeroHash,
      },
    ],
  ])('%s is faulty', (_what, header, changed, fault) => {
    expect(checkBody(chain, header, changed)).toMatchObject({ ok: false, fault })
  })
})

describe('a link', () => {
  test.each<[string, Partial<ParentFacts>, BlockFault]>([
    [
      'to another parent',
      { hash: zeroHash },
      { code: 'parent-wrong', parent: facts.hash, expected: zeroHash },
    ],
    ['that skips a height', { height: 0 }, { code: 'height-wrong', height: 2, expected: 1 }],
    ['that repeats a height', { height: 2 }, { code: 'height-wrong', height: 2, expected: 3 }],
    [
      'to a parent of its own slot',
      { slot: 3 },
      { code: 'slot-not-after-parent', slot: 3, parentSlot: 3 },
    ],
    [
      'to a parent of a later slot',
      { slot: 9 },
      { code: 'slot-not-after-parent', slot: 3, parentSlot: 9 },
    ],
    [
      'whose payload has another parent',
      { payloadHash: zeroHash },
      { code: 'payload-parent-wrong', parent: facts.payloadHash, expected: zeroHash },
    ],
  ])('%s is faulty', (_what, change, fault) => {
    expect(linkFault(checked(), { ...facts, ...change })).toEqual(fault)
  })

  test('may skip slots', () => {
    expect(linkFault(checked(), { ...facts, slot: 0 })).toBeUndefined()
  })
})
