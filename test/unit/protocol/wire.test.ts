import { describe, expect, test } from 'vitest'
import { AssertionError } from '../../../src/base/assert.ts'
import { asciiBytes, toHex } from '../../../src/base/bytes.ts'
import type { StoredBlock } from '../../../src/protocol/block/block.ts'
import {
  encodeSignedHeader,
  genesisHeader,
  headerHash,
} from '../../../src/protocol/block/header.ts'
import { encodeCertificate } from '../../../src/protocol/consensus/codec.ts'
import type { Certificate, SignedVote } from '../../../src/protocol/consensus/vote.ts'
import {
  decodeExchange,
  type Exchange,
  encodeExchange,
  exchangeCertificatesMax,
  exchangeVotesMax,
} from '../../../src/protocol/wire/exchange.ts'
import {
  decodeGossip,
  encodeGossip,
  gossipBytesMax,
  inlineBodyIfSmall,
} from '../../../src/protocol/wire/gossip.ts'
import {
  decodeBlockAnswer,
  decodeBlockRequest,
  encodeBlockAnswer,
  encodeBlockRequest,
} from '../../../src/protocol/wire/requests.ts'
import {
  decodeStatus,
  encodeStatus,
  isUnderstood,
  type Status,
} from '../../../src/protocol/wire/status.ts'

const size = 4
const hash = '12'.repeat(32)
const header = { ...genesisHeader(asciiBytes('testtag1'), hash), height: 1, slot: 2 }
const signed = { header, hash: headerHash(header), signature: new Uint8Array(64).fill(3) }
const notarisation: Certificate = {
  kind: 'notarise',
  epoch: 0,
  slot: 1,
  block: hash,
  signers: [0, 1, 3],
  signature: new Uint8Array(96).fill(4),
}
const finalisation: Certificate = { ...notarisation, kind: 'finalise' }
const vote: SignedVote = {
  vote: { kind: 'notarise', slot: 2, block: hash },
  epoch: 0,
  signer: 1,
  signature: new Uint8Array(96).fill(5),
}

function block(...lengths: readonly number[]): StoredBlock {
  const body = lengths.map((length) => ({
    kind: 'transaction' as const,
    bytes: new Uint8Array(length),
  }))
  return { signed, body, justification: { notarisation, nullifies: [] } }
}

function edited(bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array {
  const copy = bytes.slice()
  copy.set(values, at)
  return copy
}

describe('gossip', () => {
  test('begins with the format version and the kind', () => {
    const bytes = encodeGossip({ kind: 'vote', vote })
    expect(toHex(bytes.slice(0, 3))).toBe('010201')
    for (const version of [0, 2, 255]) {
      const fault = { code: 'unknown-kind', field: 'gossip.version' }
      expect(decodeGossip(edited(bytes, 0, version), size)).toMatchObject({ ok: false, fault })
    }
    for (const kind of [0, 4, 255]) {
      const fault = { code: 'unknown-kind', field: 'gossip.kind' }
      expect(decodeGossip(edited(bytes, 1, kind), size)).toMatchObject({ ok: false, fault })
    }
    expect(decodeGossip(new Uint8Array(0), size)).toMatchObject({
      ok: false,
      fault: { code: 'too-short', field: 'gossip.version' },
    })
  })

  test('a small body travels with the proposal, up to exactly 10 KiB in all', () => {
    const spare = gossipBytesMax - encodeGossip(inlineBodyIfSmall(block(0))).length
    const atLimit = inlineBodyIfSmall(block(spare))
    const bytes = encodeGossip(atLimit)
    expect(bytes.length).toBe(gossipBytesMax)
    expect(atLimit.body).toStrictEqual(block(spare).body)
    expect(decodeGossip(bytes, size)).toStrictEqual({ ok: true, value: atLimit })
  })

  test('a body of one byte more stays behind', () => {
    const spare = gossipBytesMax - encodeGossip(inlineBodyIfSmall(block(0))).length
    const over = inlineBodyIfSmall(block(spare + 1))
    expect(over.body).toBeUndefined()
    expect(decodeGossip(encodeGossip(over), size)).toStrictEqual({ ok: true, value: over })
    expect(() => encodeGossip({ ...over, body: block(spare + 1).body })).toThrow(AssertionError)
  })

  test('a message over 10 KiB is refused whole', () => {
    const fault = { code: 'too-long', field: 'gossip' }
    const bytes = new Uint8Array(gossipBytesMax + 1)
    expect(decodeGossip(bytes, size)).toMatchObject({ ok: false, fault })
  })

  test('a body that is there and empty differs from one that has to be fetched', () => {
    const empty = inlineBodyIfSmall(block())
    expect(empty.body).toStrictEqual([])
    const absent = { ...empty, body: undefined }
    expect(encodeGossip(absent)).not.toEqual(encodeGossip(empty))
    expect(decodeGossip(encodeGossip(absent), size)).toStrictEqual({ ok: true, value: absent })
  })
})

describe('status', () => {
  const statement = {
    member: 3,
    peer: 'p'.repeat(128),
    expiresAtMs: 1_700_000_000_000,
    signature: new Uint8Array(64).fill(6),
  }
  const status: Status = {
    chainTag: asciiBytes('testtag1'),
    genesis: hash,
    versions: { oldest: 2, newest: 9 },
    certified: { signed, certificate: { ...finalisation, slot: 2, block: signed.hash } },
    head: { height: 7, slot: 8 },
    availableFrom: 1,
    statement,
  }

  test('versions that run backwards are no versions', () => {
    const bytes = encodeStatus({ ...status, versions: { oldest: 3, newest: 2 } })
    expect(decodeStatus(bytes, size)).toMatchObject({
      ok: false,
      fault: { code: 'out-of-range', field: 'status.versions' },
    })
  })

  test.each([
    [1, 1, true],
    [1, 3, true],
    [2, 3, true],
    [3, 9, true],
    [4, 9, false],
    [0, 0, false],
  ])('a node of versions %d to %d is understood by one of 1 to 3: %s', (oldest, newest, isSo) => {
    expect(isUnderstood({ oldest, newest }, { oldest: 1, newest: 3 })).toBe(isSo)
    expect(isUnderstood({ oldest: 1, newest: 3 }, { oldest, newest })).toBe(isSo)
  })

  test('the largest and the smallest are read as written', () => {
    const smallest = { ...status, certified: undefined, statement: undefined }
    expect(encodeStatus(smallest).length).toBe(70)
    for (const value of [status, smallest]) {
      expect(decodeStatus(encodeStatus(value), size)).toStrictEqual({ ok: true, value })
    }
  })

  test.each([
    ['a notarisation', { ...notarisation, slot: 2, block: signed.hash }],
    ['a certificate on another block', { ...finalisation, slot: 2 }],
    ['a certificate on another slot', { ...finalisation, block: signed.hash }],
  ])('%s does not commit the header', (_what, certificate) => {
    const bytes = Uint8Array.of(
      ...encodeStatus({ ...status, certified: undefined, statement: undefined }).slice(0, 44),
      ...[1, ...encodeSignedHeader(signed), ...encodeCertificate(certificate)],
      ...new Uint8Array(25),
    )
    const fault = { code: 'out-of-range', field: 'certified.certificate' }
    expect(decodeStatus(bytes, size)).toMatchObject({ ok: false, fault })
    const claim = { ...status, certified: { signed, certificate } }
    expect(() => encodeStatus(claim)).toThrow(AssertionError)
  })

  test('a statement by nobody of the committee is refused', () => {
    const by = { ...status, certified: undefined, statement: { ...statement, member: 4 } }
    const fault = { code: 'out-of-range', field: 'statement.member' }
    expect(decodeStatus(encodeStatus(by), 4)).toMatchObject({ ok: false, fault })
    expect(decodeStatus(encodeStatus(by), 5).ok).toBe(true)
  })

  test('a peer has 1 to 128 characters of printable ASCII', () => {
    const one = { ...status, certified: undefined, statement: { ...statement, peer: 'p' } }
    const bytes = encodeStatus(one)
    const lengthAt = 71
    expect(toHex(bytes.slice(lengthAt, lengthAt + 2))).toBe('0170')
    const fault = { code: 'out-of-range', field: 'statement.peer' }
    for (const change of [[0], [129], [1, 0x1f], [1, 0x7f], [1, 0xc3]]) {
      const refused = decodeStatus(edited(bytes, lengthAt, ...change), size)
      expect(refused).toMatchObject({ ok: false, fault })
    }
    const long = { ...one, statement: { ...statement, peer: 'p'.repeat(129) } }
    expect(() => encodeStatus(long)).toThrow(AssertionError)
  })

  test('a statement of half a millisecond, a tag or a signature of another length are assertions', () => {
    const bad: Status[] = [
      { ...status, chainTag: new Uint8Array(9) },
      { ...status, statement: { ...statement, expiresAtMs: 0.5 } },
      { ...status, statement: { ...statement, signature: new Uint8Array(63) } },
    ]
    for (const value of bad) expect(() => encodeStatus(value)).toThrow(AssertionError)
  })
})

describe('exchange', () => {
  const votes = Array.from({ length: exchangeVotesMax }, () => vote)
  const certificates = Array.from({ length: exchangeCertificatesMax }, () => notarisation)
  const full: Exchange = { committedSlot: 1, notarisedSlot: 2, nullifiedTo: 3, votes, certificates }

  test('as much as allowed is read', () => {
    expect(decodeExchange(encodeExchange(full), size)).toStrictEqual({ ok: true, value: full })
  })

  test('one vote or one certificate more is neither written nor read', () => {
    expect(() => encodeExchange({ ...full, votes: [...votes, vote] })).toThrow(AssertionError)
    const more = { ...full, certificates: [...certificates, notarisation] }
    expect(() => encodeExchange(more)).toThrow(AssertionError)
    const empty = encodeExchange({ ...full, votes: [], certificates: [] })
    const votesFault = { code: 'too-long', field: 'exchange.votes' }
    expect(decodeExchange(edited(empty, 24, 1, 2), size)).toMatchObject({ fault: votesFault })
    const certificatesFault = { code: 'too-long', field: 'exchange.certificates' }
    expect(decodeExchange(edited(empty, 26, 65), size)).toMatchObject({ fault: certificatesFault })
  })
})

describe('block request', () => {
  test('is the hash alone', () => {
    expect(toHex(encodeBlockRequest({ hash }))).toBe(hash)
    expect(decodeBlockRequest(encodeBlockRequest({ hash }))).toStrictEqual({
      ok: true,
      value: { hash },
    })
    expect(decodeBlockRequest(new Uint8Array(31)).ok).toBe(false)
    expect(decodeBlockRequest(new Uint8Array(33)).ok).toBe(false)
  })

  test('a block that the peer has not got is an answer, and nothing at all is a fault', () => {
    expect(encodeBlockAnswer(undefined)).toStrictEqual(Uint8Array.of(0))
    const absent = decodeBlockAnswer(Uint8Array.of(0), size)
    expect(absent).toStrictEqual({ ok: true, value: undefined })
    expect(decodeBlockAnswer(new Uint8Array(0), size)).toMatchObject({
      ok: false,
      fault: { code: 'too-short', field: 'blockAnswer.found' },
    })
    expect(decodeBlockAnswer(Uint8Array.of(0, 0), size).ok).toBe(false)
    expect(decodeBlockAnswer(Uint8Array.of(1), size).ok).toBe(false)
  })

  test('a found block comes with its justification', () => {
    const found = block(10, 20)
    const answer = decodeBlockAnswer(encodeBlockAnswer(found), size)
    expect(answer).toStrictEqual({ ok: true, value: found })
  })
})
