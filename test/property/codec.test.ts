/**
 * Every codec of the protocol, by the same three properties: what is written is read back, what is
 * accepted is written back byte by byte, and no bytes make a decoder throw.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AssertionError, present } from '../../src/base/assert.ts'
import { concatBytes, toHex } from '../../src/base/bytes.ts'
import { type CodecFault, decodeWith, Reader, Writer } from '../../src/base/codec.ts'
import type { Result } from '../../src/base/result.ts'
import {
  type Block,
  decodeBlock,
  decodeStoredBlock,
  encodeBlock,
  encodeStoredBlock,
  type StoredBlock,
} from '../../src/protocol/block/block.ts'
import { type Body, decodeBody, encodeBody, type Item } from '../../src/protocol/block/body.ts'
import {
  decodeHeader,
  decodeSignedHeader,
  encodeHeader,
  encodeSignedHeader,
  type Header,
  headerHash,
  type SignedHeader,
} from '../../src/protocol/block/header.ts'
import {
  decodeCertificate,
  decodeJustification,
  decodeVote,
  encodeCertificate,
  encodeJustification,
  encodeVote,
} from '../../src/protocol/consensus/codec.ts'
import {
  type Contradiction,
  decodeContradiction,
  encodeContradiction,
} from '../../src/protocol/consensus/contradiction.ts'
import type {
  Certificate,
  FinaliseVote,
  Justification,
  NotariseVote,
  NullifyVote,
  SignedVote,
} from '../../src/protocol/consensus/vote.ts'
import {
  decodeAddresses,
  decodeAddressesRequest,
  encodeAddresses,
  encodeAddressesRequest,
} from '../../src/protocol/wire/addresses.ts'
import {
  type BodiesRequest,
  decodeBodiesAnswer,
  decodeBodiesRequest,
  encodeBodiesAnswer,
  encodeBodiesRequest,
} from '../../src/protocol/wire/bodies.ts'
import {
  type CertifiedRequest,
  decodeCertifiedAnswer,
  decodeCertifiedRequest,
  encodeCertifiedAnswer,
  encodeCertifiedRequest,
} from '../../src/protocol/wire/certified.ts'
import type { CertifiedHeader } from '../../src/protocol/wire/certified-header.ts'
import { decodeExchange, type Exchange, encodeExchange } from '../../src/protocol/wire/exchange.ts'
import { decodeGoodbye, encodeGoodbye } from '../../src/protocol/wire/goodbye.ts'
import { decodeGossip, encodeGossip, type GossipPayload } from '../../src/protocol/wire/gossip.ts'
import {
  decodeHeadersAnswer,
  decodeHeadersRequest,
  encodeHeadersAnswer,
  encodeHeadersRequest,
  type HeadersRequest,
} from '../../src/protocol/wire/headers.ts'
import {
  type BlockRequest,
  decodeBlockAnswer,
  decodeBlockRequest,
  encodeBlockAnswer,
  encodeBlockRequest,
} from '../../src/protocol/wire/requests.ts'
import type { Served } from '../../src/protocol/wire/served.ts'
import {
  decodeStatus,
  encodeStatus,
  type PeerStatement,
  type Status,
} from '../../src/protocol/wire/status.ts'

/** Not a multiple of 8, so that the last byte of a bitmap has bits that nobody may set. */
const committeeSize = 13

const exactly = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length })
const hash = exactly(32).map(toHex)
const u16 = fc.nat(0xffff)
const u32 = fc.nat(0xffff_ffff)
const u53 = fc.maxSafeNat()
const slot = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const member = fc.nat(committeeSize - 1)
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined })

const header: fc.Arbitrary<Header> = fc.record(
  {
    version: fc.constant(1),
    author: u16,
    itemCount: u32,
    height: u53,
    slot: u53,
    chainTag: exactly(8),
    parentHash: hash,
    bodyRoot: hash,
    stateRoot: hash,
  },
  { noNullPrototype: true },
)
const signed: fc.Arbitrary<SignedHeader> = fc
  .tuple(header, exactly(64))
  .map(([value, signature]) => ({ header: value, hash: headerHash(value), signature }))
const item: fc.Arbitrary<Item> = fc.record(
  {
    kind: fc.constantFrom('payload', 'transaction'),
    bytes: fc.uint8Array({ maxLength: 40 }),
  },
  { noNullPrototype: true },
)
const body: fc.Arbitrary<Body> = fc.array(item, { maxLength: 8 })

const blockVote: fc.Arbitrary<SignedVote<NotariseVote | FinaliseVote>> = fc
  .tuple(fc.constantFrom('notarise', 'finalise'), slot, hash, u32, member, exactly(96))
  .map(([kind, at, block, epoch, signer, signature]) => ({
    vote: { kind, slot: at, block },
    epoch,
    signer,
    signature,
  }))
const nullify: fc.Arbitrary<SignedVote<NullifyVote>> = fc
  .tuple(slot, slot, u32, member, exactly(64))
  .map(([a, b, epoch, signer, signature]) => ({
    vote: { kind: 'nullify', from: Math.min(a, b), to: Math.max(a, b) },
    epoch,
    signer,
    signature,
  }))
const vote: fc.Arbitrary<SignedVote> = fc.oneof(blockVote, nullify)
const certificate = (...kinds: readonly Certificate['kind'][]): fc.Arbitrary<Certificate> =>
  fc.record(
    {
      kind: fc.constantFrom(...kinds),
      epoch: u32,
      slot,
      block: hash,
      signers: fc
        .uniqueArray(member, { minLength: 1 })
        .map((signers) => signers.toSorted((a, b) => a - b)),
      signature: exactly(96),
    },
    { noNullPrototype: true },
  )
const anyCertificate = certificate('notarise', 'finalise')
const justification: fc.Arbitrary<Justification> = fc.record(
  { notarisation: maybe(anyCertificate), nullifies: fc.array(nullify, { maxLength: 4 }) },
  { noNullPrototype: true },
)

const block: fc.Arbitrary<Block> = fc.record({ signed, body }, { noNullPrototype: true })
const storedBlock: fc.Arbitrary<StoredBlock> = fc.record(
  { signed, body, justification },
  { noNullPrototype: true },
)
const gossip: fc.Arbitrary<GossipPayload> = fc.oneof(
  fc.record(
    { kind: fc.constant('proposal' as const), signed, justification, body: maybe(body) },
    { noNullPrototype: true },
  ),
  vote.map((value) => ({ kind: 'vote' as const, vote: value })),
  anyCertificate.map((value) => ({ kind: 'certificate' as const, certificate: value })),
)

const statement: fc.Arbitrary<PeerStatement> = fc
  .tuple(member, fc.array(fc.integer({ min: 0x20, max: 0x7e }), { minLength: 1, maxLength: 128 }))
  .chain(([by, codes]) =>
    fc.tuple(u53, exactly(64)).map(([expiresAtMs, signature]) => ({
      member: by,
      peer: String.fromCharCode(...codes),
      expiresAtMs,
      signature,
    })),
  )
const certifiedHeader: fc.Arbitrary<CertifiedHeader> = fc
  .tuple(signed, certificate('finalise'))
  .filter(([of]) => of.header.slot > 0)
  .map(([of, over]) => ({
    signed: of,
    certificate: { ...over, slot: of.header.slot, block: of.hash },
  }))
const versions: fc.Arbitrary<Status['versions']> = fc.tuple(u16, u16).map(([a, b]) => {
  return { oldest: Math.min(a, b), newest: Math.max(a, b) }
})
const status: fc.Arbitrary<Status> = fc
  .tuple(exactly(8), hash, versions, fc.array(u53, { minLength: 3, maxLength: 3 }))
  .chain(([chainTag, genesis, spoken, [height = 0, slot = 0, availableFrom = 0]]) =>
    fc.tuple(maybe(certifiedHeader), maybe(statement)).map(([certified, vouched]) => ({
      ...{ chainTag, genesis, versions: spoken },
      ...{ certified, head: { height, slot }, availableFrom },
      statement: vouched,
    })),
  )
const contradiction: fc.Arbitrary<Contradiction> = fc.record(
  {
    ours: fc.record({ height: u53, hash }, { noNullPrototype: true }),
    certificate: anyCertificate,
    signed: maybe(signed),
  },
  { noNullPrototype: true },
)
const exchange: fc.Arbitrary<Exchange> = fc.record(
  {
    committedSlot: u53,
    notarisedSlot: u53,
    nullifiedTo: u53,
    votes: fc.array(vote, { maxLength: 4 }),
    certificates: fc.array(anyCertificate, { maxLength: 3 }),
  },
  { noNullPrototype: true },
)
const blockRequest: fc.Arbitrary<BlockRequest> = hash.map((value) => ({ hash: value }))

/** What the answers below are given to. */
const asked = { fromHeight: 7, countMax: 20, bytesMax: 2_000, strideHeights: 3 }
const certifiedRequest: fc.Arbitrary<CertifiedRequest> = fc.record(
  {
    fromHeight: u53,
    strideHeights: fc.integer({ min: 1, max: 1_024 }),
    countMax: fc.integer({ min: 1, max: 256 }),
  },
  { noNullPrototype: true },
)
const headersRequest: fc.Arbitrary<HeadersRequest> = fc.record(
  { fromHeight: u53, countMax: fc.integer({ min: 1, max: 1_024 }) },
  { noNullPrototype: true },
)
const bodiesRequest: fc.Arbitrary<BodiesRequest> = fc.record(
  {
    fromHeight: u53,
    countMax: fc.integer({ min: 1, max: 1_024 }),
    bytesMax: fc.integer({ min: 1, max: 2_093_056 }),
  },
  { noNullPrototype: true },
)
const served = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Served<Value>> =>
  fc.oneof(
    { arbitrary: value.map((found) => ({ kind: 'found' as const, value: found })), weight: 3 },
    fc.tuple(u53, u53).map(([a, b]) => ({
      kind: 'unavailable' as const,
      fromHeight: Math.min(a, b),
      toHeight: Math.max(a, b),
    })),
    fc.integer({ min: 1, max: 3_600_000 }).map((retryAfterMs) => ({
      kind: 'busy' as const,
      retryAfterMs,
    })),
  )
function atHeight({ header: value, signature }: SignedHeader, height: number): SignedHeader {
  const moved = { ...value, height }
  return { header: moved, hash: headerHash(moved), signature }
}
const servedHeaders: fc.Arbitrary<Served<readonly SignedHeader[]>> = served(
  fc
    .array(signed, { minLength: 1, maxLength: 5 })
    .map((all) => all.map((one, at) => atHeight(one, asked.fromHeight + at))),
)
const servedCertified: fc.Arbitrary<Served<readonly CertifiedHeader[]>> = served(
  fc
    .array(fc.tuple(signed, certificate('finalise'), fc.nat(2)), { minLength: 1, maxLength: 4 })
    .map((all) =>
      all.map(([one, on, more], at) => {
        const voted = { ...one, header: { ...one.header, slot: on.slot } }
        const moved = atHeight(voted, asked.fromHeight + at * asked.strideHeights + more)
        return { signed: moved, certificate: { ...on, block: moved.hash } }
      }),
    ),
)
const servedBodies: fc.Arbitrary<Served<readonly Uint8Array[]>> = served(
  fc.array(body.map(encodeBody), { minLength: 1, maxLength: 4 }),
)

function itemsOf<Value>(
  answer: Served<readonly Value[]>,
  encode: (value: Value) => Uint8Array,
): Served<readonly Uint8Array[]> {
  return answer.kind === 'found' ? { kind: 'found', value: answer.value.map(encode) } : answer
}
const encodeCertified = ({ signed: one, certificate: on }: CertifiedHeader): Uint8Array =>
  concatBytes(encodeSignedHeader(one), encodeCertificate(on))
const addressesRequest = fc.record(
  {
    countMax: fc.integer({ min: 1, max: 250 }),
    of: fc.constantFrom('anybody' as const, 'federation' as const),
  },
  { noNullPrototype: true },
)
const printable = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code))
const addresses = fc.array(fc.string({ unit: printable, minLength: 1, maxLength: 200 }), {
  maxLength: 6,
})

/** A change to encoded bytes, chosen before their length is known. */
interface Mutation {
  readonly kind: 'flip' | 'truncate' | 'extend' | 'replace'
  /** Where, as a share of the length: the numerator over 2^32. */
  readonly where: number
  readonly value: number
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('flip', 'truncate', 'extend', 'replace'),
  where: u32,
  value: fc.nat(255),
})

function mutated(bytes: Uint8Array, { kind, where, value }: Mutation): Uint8Array {
  const at = Math.floor((where / 2 ** 32) * bytes.length)
  if (kind === 'truncate') return bytes.slice(0, at)
  if (kind === 'extend') return concatBytes(bytes, new Uint8Array(1 + (value & 3)).fill(value))
  const copy = bytes.slice()
  copy[at] = kind === 'flip' ? (copy[at] ?? 0) ^ (1 << (value & 7)) : value
  return copy
}

/** One codec, with its type closed over, so that all of them can stand in one table. */
interface Case {
  readonly name: string
  readonly roundTrip: () => void
  readonly canonical: () => { readonly accepted: number; readonly refused: number }
}

function codec<Value>(
  name: string,
  values: fc.Arbitrary<Value>,
  encode: (value: Value) => Uint8Array,
  decode: (bytes: Uint8Array) => Result<Value, CodecFault>,
): Case {
  function roundTrip(): void {
    const property = fc.property(values, (value) => {
      expect(decode(encode(value))).toStrictEqual({ ok: true, value })
    })
    fc.assert(property, { seed: 1, numRuns: 100 })
  }
  function canonical(): { accepted: number; refused: number } {
    const counts = { accepted: 0, refused: 0 }
    const mutants = fc
      .tuple(values, fc.array(mutation, { minLength: 1, maxLength: 3 }))
      .map(([value, mutations]) => mutations.reduce(mutated, encode(value)))
    const property = fc.property(
      fc.oneof({ arbitrary: mutants, weight: 9 }, fc.uint8Array({ maxLength: 400 })),
      (bytes) => {
        const decoded = decode(bytes)
        if (decoded.ok) expect(encode(decoded.value)).toStrictEqual(bytes)
        else expect(decoded.fault.field).not.toBe('')
        counts[decoded.ok ? 'accepted' : 'refused'] += 1
      },
    )
    fc.assert(property, { seed: 2, numRuns: 400 })
    return counts
  }
  return { name, roundTrip, canonical }
}

const inCommittee =
  <Value>(decode: (bytes: Uint8Array, size: number) => Result<Value, CodecFault>) =>
  (bytes: Uint8Array) =>
    decode(bytes, committeeSize)

const codecs: readonly Case[] = [
  codec('header', header, encodeHeader, decodeHeader),
  codec('signed header', signed, encodeSignedHeader, decodeSignedHeader),
  codec('body', body, encodeBody, decodeBody),
  codec('block', block, encodeBlock, decodeBlock),
  codec('stored block', storedBlock, encodeStoredBlock, inCommittee(decodeStoredBlock)),
  codec('vote', vote, encodeVote, inCommittee(decodeVote)),
  codec('certificate', anyCertificate, encodeCertificate, inCommittee(decodeCertificate)),
  codec('contradiction', contradiction, encodeContradiction, inCommittee(decodeContradiction)),
  codec('justification', justification, encodeJustification, inCommittee(decodeJustification)),
  codec('gossip', gossip, encodeGossip, inCommittee(decodeGossip)),
  codec('goodbye', fc.nat(255), encodeGoodbye, decodeGoodbye),
  codec('status', status, encodeStatus, inCommittee(decodeStatus)),
  codec('exchange', exchange, encodeExchange, inCommittee(decodeExchange)),
  codec('block request', blockRequest, encodeBlockRequest, decodeBlockRequest),
  codec('block answer', maybe(storedBlock), encodeBlockAnswer, inCommittee(decodeBlockAnswer)),
  codec('addresses request', addressesRequest, encodeAddressesRequest, decodeAddressesRequest),
  codec('addresses', addresses, encodeAddresses, decodeAddresses),
  codec('certified request', certifiedRequest, encodeCertifiedRequest, decodeCertifiedRequest),
  codec('headers request', headersRequest, encodeHeadersRequest, decodeHeadersRequest),
  codec('bodies request', bodiesRequest, encodeBodiesRequest, decodeBodiesRequest),
  codec(
    'certified answer',
    servedCertified,
    (value) => encodeCertifiedAnswer(itemsOf(value, encodeCertified)),
    (bytes) => decodeCertifiedAnswer(bytes, asked, committeeSize),
  ),
  codec(
    'headers answer',
    servedHeaders,
    (value) => encodeHeadersAnswer(itemsOf(value, encodeSignedHeader)),
    (bytes) => decodeHeadersAnswer(bytes, asked),
  ),
  codec('bodies answer', servedBodies, encodeBodiesAnswer, (bytes) =>
    decodeBodiesAnswer(bytes, asked),
  ),
]

describe.each(codecs)('$name', ({ roundTrip, canonical }) => {
  test('what is written is read back', roundTrip)

  test('bytes are refused with a named field, or written back as they were', () => {
    const { accepted, refused } = canonical()
    // Both happen, or the property says nothing.
    expect(accepted).toBeGreaterThan(0)
    expect(refused).toBeGreaterThan(0)
  })
})

describe('reader and writer', () => {
  test('every primitive is read back, from a writer that had to grow', () => {
    const fields = fc.tuple(fc.nat(255), u16, u32, u53, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    const property = fc.property(fields, hash, fc.boolean(), ([a, b, c, d, e], text, flag) => {
      for (const capacity of [0, 1, 100]) {
        const writer = new Writer(capacity).u8(a).u16(b).u32(c).u53(d).u64(e).hex(text).flag(flag)
        const bytes = writer.ascii(text).blob(new Uint8Array(3)).list([a, a], writeByte).finish()
        const reader = new Reader(bytes)
        expect(reader.u8('a')).toBe(a)
        expect(reader.u16('b')).toBe(b)
        expect(reader.u32('c')).toBe(c)
        expect(reader.u53('d')).toBe(d)
        expect(reader.u64('e')).toBe(e)
        expect(reader.hex('text', 32)).toBe(text)
        expect(reader.flag('flag')).toBe(flag)
        expect(reader.ascii('text', 64)).toBe(text)
        expect(reader.blob('blob', 3)).toStrictEqual(new Uint8Array(3))
        expect(reader.list('list', 2, (one) => one.u8('item'))).toStrictEqual([a, a])
        expect(reader.finish('all')).toBeUndefined()
      }
    })
    fc.assert(property, { seed: 3, numRuns: 100 })
  })

  test('a finished writer starts anew, and leaves what it returned alone', () => {
    const writer = new Writer(2)
    const first = writer.u16(0x0201).finish()
    const second = writer.u8(9).finish()
    expect([toHex(first), toHex(second), toHex(writer.finish())]).toStrictEqual(['0102', '09', ''])
  })

  test('a peek takes nothing, and shows no more than is left', () => {
    const reader = new Reader(Uint8Array.of(1, 2, 3))
    expect(reader.u8('first')).toBe(1)
    expect(reader.peek(5)).toStrictEqual(Uint8Array.of(2, 3))
    expect(reader.left).toBe(2)
  })

  test('the first fault is the one reported, and ends every list', () => {
    let reads = 0
    const decoded = decodeWith(Uint8Array.of(255, 255, 1), 'all', (reader) =>
      reader.list('list', 65_535, () => {
        reads += 1
        return reader.u16('item')
      }),
    )
    const detail = 'needs 2 bytes, 1 are left'
    expect(decoded).toStrictEqual({
      ok: false,
      fault: { code: 'too-short', field: 'item', detail },
    })
    expect(reads).toBe(1)
  })

  test('numbers that do not fit are assertions', () => {
    const writer = new Writer()
    const writes = [
      () => writer.u8(256),
      () => writer.u16(65_536),
      () => writer.u32(2 ** 32),
      () => writer.u53(2 ** 53),
      () => writer.u64(1n << 64n),
      () => writer.u64(-1n),
      () => writer.u8(-1),
      () => writer.u53(0.5),
      () => writer.u32(Number.NaN),
      () => writer.hex('abc'),
      () => writer.hex('AB'),
      () => writer.ascii(''),
      () => writer.ascii('a'.repeat(256)),
    ]
    for (const write of writes) expect(write).toThrow(AssertionError)
  })
})

function writeByte(writer: Writer, value: number): void {
  writer.u8(present(value, 'a byte'))
}
