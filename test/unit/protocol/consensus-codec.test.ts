import { describe, expect, test } from 'vitest'
import { AssertionError } from '../../../src/base/assert.ts'
import { asciiBytes, concatBytes, toHex } from '../../../src/base/bytes.ts'
import {
  decodeCertificate,
  decodeJustification,
  decodeVote,
  encodeCertificate,
  encodeJustification,
  encodeVote,
  nullifiesMax,
} from '../../../src/protocol/consensus/codec.ts'
import {
  headerSigningBytes,
  signingPurpose,
  statementSigningBytes,
  voteSigningBytes,
} from '../../../src/protocol/consensus/signing.ts'
import type {
  Certificate,
  NullifyVote,
  SignedVote,
  Vote,
} from '../../../src/protocol/consensus/vote.ts'
import { transactionPurpose } from '../../../src/protocol/execution/transaction.ts'

const block = 'ab'.repeat(32)
const bls = new Uint8Array(96).fill(0xbb)
const ed25519 = new Uint8Array(64).fill(0xed)

const notarise: SignedVote = {
  vote: { kind: 'notarise', slot: 7, block },
  epoch: 3,
  signer: 2,
  signature: bls,
}
const nullify: SignedVote<NullifyVote> = {
  vote: { kind: 'nullify', from: 5, to: 9 },
  epoch: 3,
  signer: 2,
  signature: ed25519,
}
const certificate: Certificate = {
  kind: 'finalise',
  epoch: 3,
  slot: 7,
  block,
  signers: [0, 2, 9],
  signature: bls,
}

function edited(bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array {
  const copy = bytes.slice()
  copy.set(values, at)
  return copy
}

describe('votes', () => {
  test('their layout: kind, epoch, what is voted on, signer, signature', () => {
    const slot = '0700000000000000'
    const head = `01${'03000000'}${slot}${block}${'02'}`
    expect(toHex(encodeVote(notarise))).toBe(head + toHex(bls))
    expect(encodeVote(notarise).length).toBe(142)
    const range = '05000000000000000900000000000000'
    expect(toHex(encodeVote(nullify))).toBe(`03${'03000000'}${range}${'02'}${toHex(ed25519)}`)
    expect(encodeVote(nullify).length).toBe(86)
  })

  test('a finalise vote differs from a notarise vote for the same block, and both are read', () => {
    const finalise: SignedVote = { ...notarise, vote: { kind: 'finalise', slot: 7, block } }
    expect(encodeVote(finalise)).not.toEqual(encodeVote(notarise))
    for (const vote of [notarise, finalise, nullify]) {
      expect(decodeVote(encodeVote(vote), 3)).toStrictEqual({ ok: true, value: vote })
    }
  })

  test('a signer outside the committee is refused', () => {
    const fault = { code: 'out-of-range', field: 'vote.signer' }
    expect(decodeVote(encodeVote(notarise), 3).ok).toBe(true)
    expect(decodeVote(encodeVote(notarise), 2)).toMatchObject({ ok: false, fault })
    expect(decodeVote(encodeVote(nullify), 2)).toMatchObject({ ok: false, fault })
    expect(() => encodeVote({ ...notarise, signer: 64 })).toThrow(AssertionError)
  })

  test('slot 0 is never voted on, and a range does not run backwards', () => {
    const zeroSlot = decodeVote(edited(encodeVote(notarise), 5, 0), 3)
    expect(zeroSlot).toMatchObject({ ok: false, fault: { field: 'vote.slot' } })
    const zeroFrom = decodeVote(edited(encodeVote(nullify), 5, 0), 3)
    expect(zeroFrom).toMatchObject({ ok: false, fault: { field: 'nullify.from' } })
    const bytes = encodeVote(nullify)
    expect(decodeVote(edited(bytes, 5, 9), 3).ok).toBe(true)
    const backwards = decodeVote(edited(bytes, 5, 10), 3)
    expect(backwards).toMatchObject({
      ok: false,
      fault: { code: 'out-of-range', field: 'nullify.to' },
    })
    const bad: Vote[] = [
      { kind: 'finalise', slot: 0, block },
      { kind: 'nullify', from: 0, to: 1 },
      { kind: 'nullify', from: 3, to: 2 },
    ]
    for (const vote of bad) {
      const signature = vote.kind === 'nullify' ? ed25519 : bls
      expect(() => encodeVote({ ...notarise, vote, signature })).toThrow(AssertionError)
    }
  })

  test('an unknown kind is refused by name', () => {
    for (const kind of [0, 4, 255]) {
      const fault = { code: 'unknown-kind', field: 'vote.kind' }
      expect(decodeVote(edited(encodeVote(nullify), 0, kind), 3)).toMatchObject({
        ok: false,
        fault,
      })
    }
  })

  test('a signature of the other kind does not fit', () => {
    expect(() => encodeVote({ ...notarise, signature: ed25519 })).toThrow(AssertionError)
    expect(() => encodeVote({ ...nullify, signature: bls })).toThrow(AssertionError)
    const short = decodeVote(encodeVote(notarise).slice(0, -32), 3)
    expect(short).toMatchObject({ ok: false, fault: { field: 'vote.signature' } })
    const long = decodeVote(concatBytes(encodeVote(nullify), new Uint8Array(32)), 3)
    expect(long).toMatchObject({ ok: false, fault: { code: 'too-long', field: 'vote' } })
  })
})

describe('certificates', () => {
  const bitmapAt = 1 + 4 + 8 + 32

  test('signers are a bitmap that ends with the last of them', () => {
    const bytes = encodeCertificate(certificate)
    expect(toHex(bytes.slice(bitmapAt, bitmapAt + 3))).toBe('020502')
    expect(bytes.length).toBe(bitmapAt + 3 + 96)
    expect(decodeCertificate(bytes, 10)).toStrictEqual({ ok: true, value: certificate })
  })

  test('everyone of the largest committee can sign', () => {
    const signers = Array.from({ length: 64 }, (_, i) => i)
    const bytes = encodeCertificate({ ...certificate, signers })
    expect(bytes.length).toBe(150)
    expect(decodeCertificate(bytes, 64)).toMatchObject({ ok: true, value: { signers } })
  })

  test('a signer outside the committee is refused, within the last byte and beyond it', () => {
    const bytes = encodeCertificate(certificate)
    const fault = { code: 'out-of-range', field: 'certificate.signers' }
    expect(decodeCertificate(bytes, 9)).toMatchObject({ ok: false, fault })
    expect(decodeCertificate(bytes, 8)).toMatchObject({ ok: false, fault })
  })

  test('no signers, an empty last byte, and a longer bitmap than the committee are refused', () => {
    const bytes = encodeCertificate(certificate)
    const none = decodeCertificate(edited(bytes, bitmapAt, 2, 0, 0), 16)
    expect(none).toMatchObject({ ok: false, fault: { field: 'certificate.signers' } })
    const padded = decodeCertificate(edited(bytes, bitmapAt, 2, 5, 0), 16)
    const fault = { code: 'not-canonical', field: 'certificate.signers' }
    expect(padded).toMatchObject({ ok: false, fault })
    const empty = concatBytes(bytes.slice(0, bitmapAt), Uint8Array.of(0), bls)
    expect(decodeCertificate(empty, 16)).toMatchObject({
      ok: false,
      fault: { code: 'out-of-range' },
    })
  })

  test('only quorums on blocks have certificates', () => {
    const fault = { code: 'unknown-kind', field: 'certificate.kind' }
    const bytes = edited(encodeCertificate(certificate), 0, 3)
    expect(decodeCertificate(bytes, 10)).toMatchObject({ ok: false, fault })
    const zero = decodeCertificate(edited(encodeCertificate(certificate), 5, 0), 10)
    expect(zero).toMatchObject({ ok: false, fault: { field: 'certificate.slot' } })
  })

  test('what could not be read again is not written', () => {
    const bad: Partial<Certificate>[] = [
      { signers: [] },
      { signers: [2, 1] },
      { signers: [1, 1] },
      { signers: [-1, 1] },
      { signers: [64] },
      { signature: ed25519 },
      { slot: 0 },
      { epoch: 2 ** 32 },
    ]
    for (const change of bad) {
      expect(() => encodeCertificate({ ...certificate, ...change })).toThrow(AssertionError)
    }
  })
})

describe('justifications', () => {
  test('with and without a certificate, with and without ranges', () => {
    for (const notarisation of [undefined, certificate]) {
      for (const nullifies of [[], [nullify], [nullify, { ...nullify, signer: 1 }]]) {
        const value = { notarisation, nullifies }
        const bytes = encodeJustification(value)
        expect(decodeJustification(bytes, 10)).toStrictEqual({ ok: true, value })
      }
    }
  })

  test('64 ranges are read and 65 are not', () => {
    const nullifies = Array.from({ length: nullifiesMax }, () => nullify)
    const bytes = encodeJustification({ notarisation: undefined, nullifies })
    expect(decodeJustification(bytes, 3).ok).toBe(true)
    const one = { notarisation: undefined, nullifies: [...nullifies, nullify] }
    expect(() => encodeJustification(one)).toThrow(AssertionError)
    const more = edited(concatBytes(bytes, bytes.slice(-85)), 1, nullifiesMax + 1)
    const fault = { code: 'too-long', field: 'justification.nullifies' }
    expect(decodeJustification(more, 3)).toMatchObject({ ok: false, fault })
  })

  test('a presence byte other than 0 and 1 is refused', () => {
    const bytes = edited(encodeJustification({ notarisation: undefined, nullifies: [] }), 0, 2)
    const fault = { code: 'not-canonical', field: 'justification.notarisation' }
    expect(decodeJustification(bytes, 3)).toMatchObject({ ok: false, fault })
  })
})

describe('signed bytes', () => {
  const tag = asciiBytes('testtag1')
  const claim = { member: 2, peer: 'peer-1', expiresAtMs: 1_700_000_000_000 }

  test('purpose, chain tag, epoch, then the fields', () => {
    const prefix = `${toHex(tag)}03000000`
    expect(toHex(headerSigningBytes(tag, 3, block))).toBe(`01${prefix}${block}`)
    expect(toHex(voteSigningBytes(tag, 3, notarise.vote))).toBe(
      `02${prefix}${'0700000000000000'}${block}`,
    )
    expect(toHex(voteSigningBytes(tag, 3, nullify.vote))).toBe(
      `04${prefix}${'05000000000000000900000000000000'}`,
    )
    expect(toHex(statementSigningBytes(tag, 3, claim))).toBe(
      `05${prefix}${'02'}${'06'}${toHex(asciiBytes('peer-1'))}${'0068e5cf8b010000'}`,
    )
  })

  test('everything that differs is signed differently', () => {
    const votes: Vote[] = [
      { kind: 'notarise', slot: 7, block },
      { kind: 'finalise', slot: 7, block },
      { kind: 'finalise', slot: 8, block },
      { kind: 'finalise', slot: 8, block: 'cd'.repeat(32) },
      { kind: 'nullify', from: 5, to: 9 },
      { kind: 'nullify', from: 6, to: 9 },
      { kind: 'nullify', from: 6, to: 10 },
    ]
    const texts = [tag, asciiBytes('testtag2')].flatMap((chainTag) =>
      [3, 4].flatMap((epoch) => [
        headerSigningBytes(chainTag, epoch, block),
        statementSigningBytes(chainTag, epoch, claim),
        statementSigningBytes(chainTag, epoch, { ...claim, peer: 'peer-2' }),
        ...votes.map((vote) => voteSigningBytes(chainTag, epoch, vote)),
      ]),
    )
    expect(new Set(texts.map(toHex)).size).toBe(texts.length)
  })

  test('no two purposes share a byte, and transactions use the one reserved for them', () => {
    const codes = Object.values(signingPurpose)
    expect(new Set(codes).size).toBe(codes.length)
    expect(transactionPurpose).toBe(signingPurpose.transaction)
  })

  test('a chain tag of another length and a peer that is not ASCII are assertions', () => {
    expect(() => headerSigningBytes(new Uint8Array(7), 3, block)).toThrow(AssertionError)
    for (const peer of ['', 'é', 'a\n', 'x'.repeat(129)]) {
      expect(() => statementSigningBytes(tag, 3, { ...claim, peer })).toThrow(AssertionError)
    }
  })
})
