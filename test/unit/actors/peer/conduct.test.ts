import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { conductAfter, conductAt, isProof, spotless } from '../../../../src/actors/peer/conduct.ts'
import { decayed } from '../../../../src/actors/peer/decay.ts'
import type { Offence } from '../../../../src/actors/peer/messages.ts'

const minute = 60_000
const halfLifeMs = 10 * minute

const costs: readonly (readonly [Offence, number])[] = [
  ['forged', -100],
  ['malformed', -100],
  ['equivocating-status', -100],
  ['other-chain', -50],
  ['invalid', -20],
  ['wrong-answer', -10],
  ['height-claim', -10],
  ['unproven-claim', -5],
  ['over-limit', -1],
  ['stall', -1],
]
const offence = fc.constantFrom(...costs.map(([name]) => name))

describe('conduct', () => {
  test.each(costs)('falls for what is %s to %i', (name, value) => {
    expect(conductAfter(spotless, name, 2_000, halfLifeMs)).toEqual({ value, atMs: 2_000 })
    expect(isProof(name)).toBe(value === -100)
  })

  test('is half forgotten in each half-life, and a quarter in half of one', () => {
    const bad = { value: -80, atMs: 0 }
    const values = [0, 5, 10, 20, 30, 40].map((after) => conductAt(bad, after * minute, halfLifeMs))
    expect(values).toEqual([-80, -60, -40, -20, -10, -5])
  })

  test('does not fall further by itself if the clock stands', () => {
    expect(conductAt({ value: -30, atMs: 5_000 }, 4_000, halfLifeMs)).toBe(-30)
  })

  test('counts an offence on top of what is not yet forgotten', () => {
    const once = conductAfter(spotless, 'invalid', 0, halfLifeMs)
    expect(conductAfter(once, 'invalid', 10 * minute, halfLifeMs).value).toBe(-30)
  })

  test('stays between -100 and 0, whatever is done and however long it lasts', () => {
    const deeds = fc.array(fc.tuple(offence, fc.nat(100 * minute)), { maxLength: 100 })
    fc.assert(
      fc.property(deeds, (list) => {
        let conduct = spotless
        let nowMs = 0
        for (const [name, laterMs] of list) {
          nowMs += laterMs
          const before = conductAt(conduct, nowMs, halfLifeMs)
          conduct = conductAfter(conduct, name, nowMs, halfLifeMs)
          expect(conduct.value).toBeLessThanOrEqual(before)
          expect(conduct.value).toBeGreaterThanOrEqual(-100)
          expect(before).toBeLessThanOrEqual(0)
        }
        expect(conductAt(conduct, nowMs + 61 * halfLifeMs, halfLifeMs)).toBe(0)
      }),
    )
  })

  test('is forgotten without a pause or a jump', () => {
    const age = fc.double({ min: 0, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(age, fc.nat(1_000), (ageMs, moreMs) => {
        const before = decayed(-100, ageMs, halfLifeMs)
        const after = decayed(-100, ageMs + moreMs, halfLifeMs)
        expect(after).toBeGreaterThanOrEqual(before)
        expect(after - before).toBeLessThanOrEqual((moreMs / halfLifeMs) * 50 + 1e-9)
      }),
    )
  })
})
