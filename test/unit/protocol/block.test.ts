import { describe, expect, test } from 'vitest'
import { AssertionError, present } from '../../../src/base/assert.ts'
import { asciiBytes, concatBytes, fromHex, toHex } from '../../../src/base/bytes.ts'
import { Reader } from '../../../src/base/codec.ts'
import {
  decodeBlock,
  decodeStoredBlock,
  encodeBlock,
  encodedBlockBytes,
  encodeStoredBlock,
  type StoredBlock,
} from '../../../src/protocol/block/block.ts'
import {
  type Body,
  bodyBytesMax,
  bodyItemsMax,
  bodyRoot,
  decodeBody,
  encodeBody,
  encodedBodyBytes,
  type Item,
  itemBytesMax,
  readBody,
} from '../../../src/protocol/block/body.ts'
import {
  decodeHeader,
  decodeSignedHeader,
  encodeHeader,
  encodeSignedHeader,
  genesisHeader,
  type Header,
  headerBytes,
  headerHash,
  signedHeaderBytes,
} from '../../../src/protocol/block/header.ts'
import { membersMax } from '../../../src/protocol/committee.ts'
import { hashBytes, hashOf, hashToBytes, zeroHash } from '../../../src/protocol/hash.ts'
import { emptyRoot } from '../../../src/protocol/merkle.ts'

const chainTag = asciiBytes('testtag1')
const digits = (digit: string): string => digit.repeat(64)

const header: Header = {
  version: 1,
  author: 0x0203,
  itemCount: 0x04050607,
  height: 0x08_090a_0b0c,
  slot: Number.MAX_SAFE_INTEGER,
  chainTag,
  parentHash: digits('a'),
  bodyRoot: digits('b'),
  stateRoot: digits('c'),
}
const signature = new Uint8Array(64).fill(7)
const signed = { header, hash: headerHash(header), signature }

const item = (length: number, kind: Item['kind'] = 'transaction'): Item => ({
  kind,
  bytes: new Uint8Array(length),
})

describe('header', () => {
  test('its layout is 128 little-endian bytes in the documented order', () => {
    const fields = [
      '0100', // version
      '0302', // author
      '07060504', // item count
      '0c0b0a0908000000', // height
      'ffffffffffff1f00', // slot
      toHex(chainTag),
      digits('a'),
      digits('b'),
      digits('c'),
    ]
    expect(toHex(encodeHeader(header))).toBe(fields.join(''))
    expect(encodeHeader(header).length).toBe(headerBytes)
    expect(decodeHeader(encodeHeader(header))).toStrictEqual({ ok: true, value: header })
  })

  test('its hash covers the 128 bytes in the domain of headers, and not the signature', () => {
    expect(headerHash(header)).toBe(hashOf('header', encodeHeader(header)))
    const other = { ...signed, signature: new Uint8Array(64).fill(8) }
    expect(decodeSignedHeader(encodeSignedHeader(other))).toStrictEqual({ ok: true, value: other })
    expect(other.hash).toBe(signed.hash)
    expect(headerHash({ ...header, author: 1 })).not.toBe(signed.hash)
  })

  test.each([0, 2, 65_535])('version %i is refused', (version) => {
    const bytes = encodeHeader(header)
    bytes.set([version & 0xff, version >> 8])
    const fault = { code: 'unknown-kind', field: 'header.version' }
    expect(decodeHeader(bytes)).toMatchObject({ ok: false, fault })
    expect(() => encodeHeader({ ...header, version })).toThrow(AssertionError)
  })

  test.each([
    ['header.height', 8],
    ['header.slot', 16],
  ])('%s of 2^53 is refused', (field, at) => {
    const bytes = encodeHeader(header)
    bytes.set([0, 0, 0, 0, 0, 0, 0x20, 0], at)
    expect(decodeHeader(bytes)).toMatchObject({ ok: false, fault: { code: 'out-of-range', field } })
  })

  test('a byte more or less than 128, or 192 with the signature, is refused', () => {
    const bytes = encodeSignedHeader(signed)
    expect(bytes.length).toBe(signedHeaderBytes)
    const short = { ok: false, fault: { code: 'too-short', field: 'header.signature' } }
    expect(decodeSignedHeader(bytes.slice(0, -1))).toMatchObject(short)
    const long = { ok: false, fault: { code: 'too-long', field: 'signedHeader' } }
    expect(decodeSignedHeader(concatBytes(bytes, Uint8Array.of(0)))).toMatchObject(long)
    expect(decodeHeader(bytes.slice(0, 127)).ok).toBe(false)
    expect(decodeHeader(bytes.slice(0, 129)).ok).toBe(false)
  })

  test('a field that does not fit is an assertion, not a silent cut', () => {
    const bad: Partial<Header>[] = [
      { author: 65_536 },
      { itemCount: 2 ** 32 },
      { height: -1 },
      { slot: 2 ** 53 },
      { slot: 1.5 },
      { chainTag: new Uint8Array(7) },
      { parentHash: 'a'.repeat(63) },
      { parentHash: 'A'.repeat(64) },
      { stateRoot: 'g'.repeat(64) },
    ]
    for (const change of bad) {
      expect(() => encodeHeader({ ...header, ...change })).toThrow(AssertionError)
    }
  })

  test('genesis has height and slot 0, no parent, and an empty body', () => {
    const genesis = genesisHeader(chainTag, digits('d'))
    expect(genesis).toMatchObject({ height: 0, slot: 0, itemCount: 0, parentHash: zeroHash })
    expect(genesis.bodyRoot).toBe(bodyRoot([]))
    expect(decodeHeader(encodeHeader(genesis))).toStrictEqual({ ok: true, value: genesis })
    expect(headerHash(genesis)).not.toBe(headerHash(genesisHeader(chainTag, digits('e'))))
  })
})

describe('Merkle root of a body', () => {
  const items: Body = [1, 2, 3, 4, 5].map((n) => ({ kind: 'transaction', bytes: Uint8Array.of(n) }))
  const leaf = (n: number): Uint8Array => hashBytes('transaction-item', Uint8Array.of(n))
  const node = (left: Uint8Array, right: Uint8Array): Uint8Array => hashBytes('node', left, right)

  test('the empty tree has the root of a node without children', () => {
    expect(bodyRoot([])).toBe(emptyRoot)
    expect(emptyRoot).toBe(hashOf('node'))
  })

  test('pairs are hashed, and an odd node is promoted unchanged', () => {
    expect(bodyRoot(items.slice(0, 1))).toBe(toHex(leaf(1)))
    expect(bodyRoot(items.slice(0, 2))).toBe(toHex(node(leaf(1), leaf(2))))
    const three = node(node(leaf(1), leaf(2)), leaf(3))
    expect(bodyRoot(items.slice(0, 3))).toBe(toHex(three))
    const five = node(node(node(leaf(1), leaf(2)), node(leaf(3), leaf(4))), leaf(5))
    expect(bodyRoot(items)).toBe(toHex(five))
  })

  test('order, kind and repetition change it', () => {
    const [a, b, c] = items.map((one) => present(one, 'an item'))
    const three = [a, b, c].filter((one) => one !== undefined)
    const roots = [
      bodyRoot(three),
      bodyRoot(three.toReversed()),
      bodyRoot([...three, ...three.slice(-1)]),
      bodyRoot(three.map(({ bytes }) => ({ kind: 'payload', bytes }))),
    ]
    expect(new Set(roots).size).toBe(roots.length)
  })

  test('a leaf cannot pass for the node above it', () => {
    const both = concatBytes(leaf(1), leaf(2))
    expect(bodyRoot([{ kind: 'transaction', bytes: both }])).not.toBe(bodyRoot(items.slice(0, 2)))
  })
})

describe('body', () => {
  test('its layout: count, then kind, length and bytes of each item', () => {
    const body: Body = [
      { kind: 'payload', bytes: Uint8Array.of(9) },
      { kind: 'transaction', bytes: new Uint8Array(0) },
    ]
    expect(toHex(encodeBody(body))).toBe(`0200${'010100000009'}${'0200000000'}`)
    expect(encodedBodyBytes(body)).toBe(encodeBody(body).length)
    expect(decodeBody(encodeBody(body))).toStrictEqual({ ok: true, value: body })
  })

  test('an unknown kind is refused', () => {
    for (const kind of ['00', '03', 'ff']) {
      const bytes = present(fromHex(`0100${kind}00000000`), 'bytes')
      const fault = { code: 'unknown-kind', field: 'item.kind' }
      expect(decodeBody(bytes)).toMatchObject({ ok: false, fault })
    }
  })

  test('as many items as allowed are read, and one more is not', () => {
    const body = Array.from({ length: bodyItemsMax }, () => item(0))
    const bytes = encodeBody(body)
    expect(decodeBody(bytes).ok).toBe(true)
    expect(() => encodeBody([...body, item(0)])).toThrow(AssertionError)
    const more = concatBytes(bytes, bytes.slice(-5))
    more.set([1, 16])
    const fault = { code: 'too-long', field: 'body' }
    expect(decodeBody(more)).toMatchObject({ ok: false, fault })
  })

  test('an item as long as allowed is read, and one a byte longer is not', () => {
    const bytes = encodeBody([item(itemBytesMax)])
    expect(decodeBody(bytes).ok).toBe(true)
    expect(() => encodeBody([item(itemBytesMax + 1)])).toThrow(AssertionError)
    const more = concatBytes(bytes, Uint8Array.of(0))
    more.set([1, 0, 16, 0], 3)
    const fault = { code: 'too-long', field: 'item.bytes' }
    expect(decodeBody(more)).toMatchObject({ ok: false, fault })
  })

  test('a body as long as allowed is read, and one a byte longer is not', () => {
    const rest = bodyBytesMax - encodedBodyBytes([item(itemBytesMax), item(0)])
    const bytes = encodeBody([item(itemBytesMax), item(rest)])
    expect(bytes.length).toBe(bodyBytesMax)
    expect(decodeBody(bytes).ok).toBe(true)
    expect(() => encodeBody([item(itemBytesMax), item(rest + 1)])).toThrow(AssertionError)
    const more = concatBytes(bytes, Uint8Array.of(0))
    const lengthAt = 2 + 5 + itemBytesMax + 1
    new DataView(more.buffer).setUint32(lengthAt, rest + 1, true)
    const fault = { code: 'too-long', field: 'body' }
    expect(decodeBody(more)).toMatchObject({ ok: false, fault })
  })

  test('a huge count over few bytes is refused at the first missing item', () => {
    const fault = { code: 'too-short', field: 'item.kind' }
    expect(decodeBody(Uint8Array.of(0, 16))).toMatchObject({ ok: false, fault })
  })

  test('its items do not change as part of a block when the bytes they were read from do', () => {
    const bytes = encodeBody([{ kind: 'payload', bytes: Uint8Array.of(1) }])
    // A Node Buffer, whose own slice would be a view of the same memory.
    const body = readBody(new Reader(Buffer.from(bytes.buffer)))
    bytes.fill(0xff)
    expect(body[0]?.bytes).toStrictEqual(Uint8Array.of(1))
  })

  test('its items by themselves are plain views on the bytes they were read from', () => {
    const bytes = encodeBody([{ kind: 'payload', bytes: Uint8Array.of(1) }])
    const decoded = decodeBody(Buffer.from(bytes.buffer))
    bytes.fill(0xff)
    expect(decoded.ok && decoded.value[0]?.bytes).toStrictEqual(Uint8Array.of(0xff))
  })
})

describe('block', () => {
  const body: Body = [item(3, 'payload'), item(5)]
  const largest: StoredBlock = {
    signed,
    body: [item(itemBytesMax), item(bodyBytesMax - 12 - itemBytesMax)],
    justification: {
      notarisation: {
        kind: 'notarise',
        epoch: 1,
        slot: 1,
        block: zeroHash,
        signers: Array.from({ length: membersMax }, (_, i) => i),
        signature: new Uint8Array(96),
      },
      nullifies: Array.from({ length: membersMax }, (_, signer) => ({
        vote: { kind: 'nullify', from: 2, to: 3 },
        epoch: 1,
        signer,
        signature: new Uint8Array(64),
      })),
    },
  }

  test('a block is its signed header and its body; a stored block begins with the block', () => {
    const bytes = encodeBlock({ signed, body })
    expect(bytes).toStrictEqual(concatBytes(encodeSignedHeader(signed), encodeBody(body)))
    expect(bytes.length).toBe(encodedBlockBytes({ signed, body }))
    const stored = encodeStoredBlock({ ...largest, body })
    expect(stored.slice(0, bytes.length)).toStrictEqual(bytes)
    expect(decodeStoredBlock(stored, membersMax)).toStrictEqual({
      ok: true,
      value: { ...largest, body },
    })
    expect(decodeBlock(stored)).toMatchObject({ ok: false, fault: { code: 'too-long' } })
  })

  test('the largest stored block, with a flag before it, fits into an answer of 2 MiB', () => {
    const bytes = encodeStoredBlock(largest)
    expect(bytes.length).toBe(signedHeaderBytes + bodyBytesMax + 5_593)
    expect(bytes.length + 1).toBeLessThanOrEqual(2 * 1_048_576)
    expect(decodeStoredBlock(bytes, membersMax).ok).toBe(true)
  })
})

test('a hash and its bytes are the same thing', () => {
  expect(toHex(hashToBytes(digits('5')))).toBe(digits('5'))
  for (const bad of ['', 'ab', 'A'.repeat(64), `${'0'.repeat(63)}x`, '0'.repeat(66)]) {
    expect(() => hashToBytes(bad)).toThrow(AssertionError)
  }
})
