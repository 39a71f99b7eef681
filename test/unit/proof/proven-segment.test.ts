import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Place } from '../../../src/proof/certified-header.ts'
import {
  ProvenSegment,
  proveSegment,
  type SegmentClaim,
} from '../../../src/proof/proven-segment.ts'
import type { Header, SignedHeader } from '../../../src/protocol/block/header.ts'
import { headerHash } from '../../../src/protocol/block/header.ts'
import { certify, federationOf, grow } from '../../support/actors/federation.ts'
import { chain, federation, prover } from './scene.ts'

const end = prover.headerAt(8)
const headers = prover.range(4, 8).map(({ signed }) => signed)
const right: SegmentClaim = { parent: prover.placeAt(3), headers, end }

function faultOf(change: Partial<SegmentClaim>): unknown {
  const outcome = proveSegment(chain, { ...right, ...change })
  return outcome.ok ? undefined : outcome.fault
}

/** Headers that a quorum of liars committed: the last of `lies` is certified, and linked to the others. */
function committedLies(...lies: readonly Partial<Header>[]): SegmentClaim {
  let parent: Place = prover.placeAt(3)
  const signed = lies.map((lie, i): SignedHeader => {
    const slot = 4 + i
    const honest = { ...prover.blockAt(slot).signed.header, parentHash: parent.hash }
    const header = { ...honest, ...lie }
    const made = { header, hash: headerHash(header), signature: new Uint8Array(64) }
    parent = { hash: made.hash, height: header.height, slot: header.slot }
    return made
  })
  const last = signed.at(-1) ?? expect.unreachable()
  const certificate = certify(federation, 'finalise', { signed: last })
  const outcome = prover.verify([{ signed: last, certificate }])
  const lying = outcome.ok ? outcome.value[0] : undefined
  return { parent: prover.placeAt(3), headers: signed, end: lying ?? expect.unreachable() }
}

describe('headers from one place to a certified one', () => {
  test('are a segment, which knows every place in it', () => {
    const proven = prover.segment(3, 8)
    expect(proven.headers).toEqual(headers)
    expect([3, 4, 8].map((height) => proven.placeAt(height))).toEqual(
      [3, 4, 8].map((height) => prover.placeAt(height)),
    )
    expect(proven.end).toEqual(prover.placeAt(8))
    expect(proven.certificate.block).toBe(prover.blockAt(8).signed.hash)
    expect(() => proven.headerAt(9)).toThrow('height 9')
    expect(() => proven.headerAt(3)).toThrow('height 3')
  })

  test('are one if there is one header', () => {
    expect(prover.segment(7, 8).headers).toHaveLength(1)
  })

  const other = grow(federationOf(4, 'other'), 8).map(({ signed }) => signed)
  const [first = expect.unreachable(), second = expect.unreachable(), ...rest] = headers

  test.each<[string, Partial<SegmentClaim>, string, number]>([
    ['none', { headers: [] }, 'empty', 0],
    ['without the first', { headers: headers.slice(1) }, 'not-linked', 0],
    ['with one left out', { headers: [first, ...rest] }, 'not-linked', 1],
    ['in the wrong order', { headers: [second, first, ...rest] }, 'not-linked', 0],
    ['of another chain', { headers: other.slice(3, 8) }, 'not-linked', 0],
    [
      'on another parent',
      { parent: { ...prover.placeAt(3), hash: prover.placeAt(2).hash } },
      'not-linked',
      0,
    ],
    ['with one twice', { headers: [first, first, second, ...rest] }, 'too-many', 5],
    ['and one more', { headers: prover.range(4, 9).map(({ signed }) => signed) }, 'too-many', 5],
    ['cut short', { headers: headers.slice(0, -1) }, 'wrong-end', 3],
  ])('%s are refused, and their sender is to blame', (_what, change, code, index) => {
    expect(faultOf(change)).toEqual({ code, index, isSendersFault: true })
  })

  test('that leave out what is trusted are refused, and their sender is not to blame', () => {
    const elsewhere = (height: number) => ({
      ...prover.placeAt(height),
      hash: prover.placeAt(height - 1).hash,
    })
    for (const [height, index] of [
      [3, 0],
      [4, 0],
      [8, 4],
    ] as const) {
      const fault = { code: 'not-trusted', index, isSendersFault: false }
      expect(faultOf({ trusted: [elsewhere(height)] })).toEqual(fault)
      expect(faultOf({ trusted: [prover.placeAt(height)] })).toBeUndefined()
    }
    for (const height of [2, 9]) expect(faultOf({ trusted: [elsewhere(height)] })).toBeUndefined()
  })

  test.each<[string, SegmentClaim, string, number]>([
    ['a height too high', committedLies({}, { height: 6 }, { height: 6 }), 'height', 1],
    ['a height twice', committedLies({}, { height: 4 }, {}), 'height', 1],
    ['a slot before its parent', committedLies({}, { slot: 3, author: 3 }, {}), 'slot', 1],
    ['slot 0', committedLies({ slot: 0 }, {}), 'slot', 0],
    ['the tag of another chain', committedLies({ chainTag: new Uint8Array(8) }, {}), 'chain', 0],
    ['an author out of turn', committedLies({}, { author: 3 }, {}), 'chain', 1],
  ])('with %s, though a quorum committed them, are refused, and blame nobody', (...row) => {
    const [, claim, code, index] = row
    const outcome = proveSegment(chain, claim)
    expect(outcome).toEqual({ ok: false, fault: { code, index, isSendersFault: false } })
  })

  test('are asked for only upwards, and not too many', () => {
    expect(() => proveSegment(chain, { ...right, parent: prover.placeAt(8) })).toThrow(
      'a segment of 0',
    )
    const low = { ...right, parent: { ...prover.placeAt(3), height: -1_017 } }
    expect(() => proveSegment(chain, low)).toThrow('a segment of 1025 headers')
  })
})

test('whatever a sender does to the headers, they prove nothing unless they are the ones', () => {
  const heights = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 9 })
  fc.assert(
    fc.property(heights, (chosen) => {
      const given = chosen.map((height) => prover.blockAt(height).signed)
      const outcome = proveSegment(chain, { ...right, headers: given })
      const isRight = chosen.join() === '4,5,6,7,8'
      expect(outcome.ok).toBe(isRight)
      if (!outcome.ok) expect(outcome.fault.isSendersFault).toBe(true)
    }),
  )
})

test('any cut of the chain that ends with a certificate is a segment', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 1, max: 24 }),
      (above, count) => {
        const to = Math.min(24, above + count)
        const proven = prover.segment(above, to)
        expect(proven.headers.map(({ hash }) => hash)).toEqual(
          prover.range(above + 1, to).map(({ signed }) => signed.hash),
        )
      },
    ),
    { numRuns: 50 },
  )
})

test('nobody else makes a proven segment', () => {
  expect(ProvenSegment.isOne(prover.segment(3, 8))).toBe(true)
  expect(ProvenSegment.isOne(Object.create(ProvenSegment.prototype) as object)).toBe(false)
  expect(ProvenSegment.isOne({ ...prover.segment(3, 8) })).toBe(false)
  // @ts-expect-error: what looks like a segment is none.
  const forged: ProvenSegment = { ...prover.segment(3, 8) }
  expect(ProvenSegment.isOne(forged)).toBe(false)
})
