import { describe, expect, test } from 'vitest'
import { ProvenHeader } from '../../../src/proof/certified-header.ts'
import type { CertifiedHeader } from '../../../src/protocol/wire/certified-header.ts'
import { blockOn, certify, federationOf, genesisSeat } from '../../support/actors/federation.ts'
import { federation, prover } from './scene.ts'

const [first, fifth, ninth] = [1, 5, 9].map((height) => prover.pairAt(height)) as [
  CertifiedHeader,
  CertifiedHeader,
  CertifiedHeader,
]

/** The same pair with another certificate. */
function under(pair: CertifiedHeader, change: Partial<CertifiedHeader['certificate']>) {
  return { ...pair, certificate: { ...pair.certificate, ...change } }
}

describe('certified headers', () => {
  test('that are genuine are proven, each at its place', () => {
    const outcome = prover.verify([first, fifth, ninth])
    expect(outcome.ok && outcome.value.map(({ place }) => place)).toEqual(
      [1, 5, 9].map((height) => prover.placeAt(height)),
    )
    expect(outcome.ok && outcome.value[1]?.certificate).toBe(fifth.certificate)
  })

  test('of an empty list are proven, for there are none', () => {
    expect(prover.verify([])).toEqual({ ok: true, value: [] })
  })

  const stranger = federationOf(4, 'stranger')
  const strange = blockOn(stranger, genesisSeat(stranger), 5)
  const foreign = { signed: strange.signed, certificate: certify(stranger, 'finalise', strange) }
  const { header } = fifth.signed
  const wrongAuthor = { ...fifth.signed, header: { ...header, author: (header.author + 1) % 4 } }
  const zero = { ...fifth.signed, header: { ...header, height: 0 } }

  test.each<[string, CertifiedHeader, string]>([
    ['of another chain', foreign, 'header'],
    ['by an author out of turn', { ...fifth, signed: wrongAuthor }, 'header'],
    ['at height 0', { ...fifth, signed: zero }, 'header'],
    [
      'under a certificate of another block',
      { ...fifth, ...{ certificate: ninth.certificate } },
      'not-finalised',
    ],
    [
      'under a notarisation',
      { ...fifth, certificate: certify(federation, 'notarise', prover.blockAt(5)) },
      'not-finalised',
    ],
    [
      'under too few signers',
      { ...fifth, certificate: certify(federation, 'finalise', prover.blockAt(5), [0, 1]) },
      'not-finalised',
    ],
    ['under another slot', under(fifth, { slot: 6 }), 'not-finalised'],
    ['under another epoch', under(fifth, { epoch: 1 }), 'not-finalised'],
    ['at the same height again', first, 'order'],
    ['under a forged signature', under(fifth, { signature: new Uint8Array(96) }), 'signature'],
    ['under the signature of others', under(fifth, { signers: [1, 2, 3] }), 'signature'],
  ])('%s are refused, and which it was is told', (_what, pair, code) => {
    expect(prover.verify([first, pair, ninth])).toEqual({ ok: false, fault: { code, index: 1 } })
  })

  test('that descend are refused', () => {
    expect(prover.verify([ninth, fifth])).toEqual({ ok: false, fault: { code: 'order', index: 1 } })
  })
})

test('nobody else makes a proven header', () => {
  const forged = Object.create(ProvenHeader.prototype) as object
  expect(ProvenHeader.isOne(forged)).toBe(false)
  expect(ProvenHeader.isOne({ ...first })).toBe(false)
  // @ts-expect-error: its constructor is its own.
  expect(() => new ProvenHeader(first)).toBeDefined()
  // @ts-expect-error: a pair is not a proven header.
  const proven: ProvenHeader = first
  expect(ProvenHeader.isOne(proven)).toBe(false)
})
