import fc from 'fast-check'
import { expect, test } from 'vitest'
import { membersMax, quorumOf } from '../../../src/protocol/committee.ts'
import { earlyMax, withEarly } from '../../../src/protocol/consensus/early.ts'
import { isCovered } from '../../../src/protocol/consensus/nullification.ts'
import {
  afterFinalise,
  afterNotarise,
  afterNullify,
  amnesiacRecord,
  emptyRecord,
  mayFinalise,
  mayNotarise,
  nullifyRange,
} from '../../../src/protocol/consensus/record.ts'
import type { TreeNode } from '../../../src/protocol/consensus/tree.ts'
import { proposalsPerSlotMax } from '../../../src/protocol/consensus/tree.ts'
import { slotAt, slotMoment } from '../../../src/protocol/slots.ts'
import { block } from '../../support/consensus/one-machine.ts'
import { committeeOf, genesis, signed } from '../../support/consensus/sample.ts'

const slot = fc.integer({ min: 1, max: 12 })
const ranges = fc.array(
  fc
    .tuple(fc.nat(4), slot, slot)
    .map(([signer, a, b]) =>
      signed({ kind: 'nullify', from: Math.min(a, b), to: Math.max(a, b) } as const, signer),
    ),
  { maxLength: 12 },
)

test('a gap is covered when each of its slots is in the ranges of a quorum, slot by slot', () => {
  const property = fc.property(
    ranges,
    slot,
    slot,
    fc.integer({ min: 1, max: 5 }),
    (all, from, to, q) => {
      let expected = true
      for (let at = from; at <= to; at += 1) {
        const signers = new Set<number>()
        for (const { vote, signer } of all)
          if (vote.from <= at && at <= vote.to) signers.add(signer)
        expected &&= signers.size >= q
      }
      expect(isCovered(all, { from, to }, q)).toBe(expected)
    },
  )
  fc.assert(property, { seed: 1, numRuns: 2_000 })
})

test('whatever a member is offered, its votes never contradict each other', () => {
  const offer = fc.tuple(fc.constantFrom('notarise', 'finalise', 'nullify'), slot, fc.nat(12))
  const property = fc.property(fc.array(offer, { maxLength: 40 }), fc.nat(5), (offers, floor) => {
    let record = { ...emptyRecord(1), floor }
    const notarised = new Set<number>()
    const finalised = new Set<number>()
    const nullified = new Set<number>()
    for (const [kind, at, highest] of offers) {
      const mark = { slot: at, block: `${at}` }
      if (kind === 'notarise' && mayNotarise(record, at)) {
        expect(notarised.has(at)).toBe(false)
        notarised.add(at)
        record = afterNotarise(record, mark)
      }
      if (kind === 'finalise' && mayFinalise(record, at)) {
        expect(finalised.has(at) || nullified.has(at)).toBe(false)
        finalised.add(at)
        record = afterFinalise(record, mark)
      }
      const range = kind === 'nullify' ? nullifyRange(record, highest, at) : undefined
      if (range === undefined) continue
      for (let given = range.from; given <= range.to; given += 1) {
        expect(finalised.has(given)).toBe(false)
        nullified.add(given)
      }
      record = afterNullify(record, range)
    }
    const voted = [...notarised, ...finalised, ...nullified]
    expect(Math.min(...voted, Number.POSITIVE_INFINITY)).toBeGreaterThan(floor)
    expect(record.nullifiedTo).toBe(Math.max(0, ...nullified))
  })
  fc.assert(property, { seed: 1, numRuns: 1_000 })
})

test('the floor of a member that lost its votes is above every slot it could have voted in', () => {
  const moment = fc.integer({ min: 0, max: 100_000 })
  const property = fc.property(moment, moment, fc.nat(499), (a, b, toleranceMs) => {
    const params = { genesisMs: 0, slotMs: 500, toleranceMs }
    const [voteMs, lossMs] = a < b ? [a, b] : [b, a]
    const latest = slotAt(params, voteMs + toleranceMs)
    expect(amnesiacRecord(1, params, lossMs).floor).toBeGreaterThan(latest)
  })
  fc.assert(property, { seed: 1, numRuns: 500 })
})

test('a slot begins at its moment, and deadlines fall within it', () => {
  const property = fc.property(
    fc.nat(1_000_000),
    fc.integer({ min: 25, max: 1_000 }),
    (at, quarter) => {
      const params = { genesisMs: 12_345, slotMs: 4 * quarter, toleranceMs: 0 }
      expect(slotAt(params, slotMoment(params, at))).toBe(at)
      expect(slotAt(params, slotMoment(params, at) - 1)).toBe(Math.max(0, at - 1))
      expect(slotAt(params, slotMoment(params, at, 3))).toBe(at)
      expect(slotMoment(params, at, 4)).toBe(slotMoment(params, at + 1))
    },
  )
  fc.assert(property, { seed: 1, numRuns: 500 })
})

test('early proposals are bounded, sorted, and the sooner one is never dropped for a later', () => {
  const name = fc
    .tuple(slot, fc.constantFrom('a', 'b', 'c'))
    .map(([at, variant]) => `${at}${variant}`)
  const property = fc.property(fc.array(name, { maxLength: 60 }), (names) => {
    let early: readonly TreeNode[] = []
    for (const each of names) {
      const node = {
        block: block(each, genesis),
        justification: undefined,
        status: 'announced',
      } as const
      early = withEarly(early, node)
    }
    const kept = early.map(({ block: { slot: at } }) => at)
    expect(kept).toEqual(kept.toSorted((a, b) => a - b))
    expect(kept.length).toBeLessThanOrEqual(earlyMax)
    const last = kept.length === earlyMax ? (kept.at(-1) ?? 0) : Number.POSITIVE_INFINITY
    for (const at of new Set(names.map((each) => Number.parseInt(each, 10)))) {
      const variants = new Set(names.filter((each) => Number.parseInt(each, 10) === at)).size
      const wanted = Math.min(variants, proposalsPerSlotMax)
      if (at < last) expect(kept.filter((each) => each === at)).toHaveLength(wanted)
    }
  })
  fc.assert(property, { seed: 1, numRuns: 500 })
})

test('a quorum and the liars it bears never meet in liars alone', () => {
  for (let count = 1; count <= membersMax; count += 1) {
    const quorum = quorumOf(committeeOf(count))
    expect(3 * quorum).toBeGreaterThanOrEqual(2 * count)
    expect(3 * (quorum - 1)).toBeLessThan(2 * count)
  }
})
