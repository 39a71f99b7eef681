import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { slotAt, slotMoment, slotQuarters, untilNextSlotMs } from '../../../src/protocol/slots.ts'

const slots = { genesisMs: 1_000_000, slotMs: 2_000, toleranceMs: 500 }

describe('the slot', () => {
  test.each([
    [0, 0],
    [999_999, 0],
    [1_000_000, 0],
    [1_001_999.999, 0],
    [1_002_000, 1],
    [1_003_999.999, 1],
    [1_004_000, 2],
  ])('at %d is %i', (wallMs, slot) => {
    expect(slotAt(slots, wallMs)).toBe(slot)
  })

  test('begins at its moment, and the next one at its end', () => {
    // 68 years of slots.
    const slot = fc.integer({ min: 1, max: 2 ** 30 })
    const begins = fc.property(slot, (number) => {
      const start = slotMoment(slots, number)
      expect(slotAt(slots, start)).toBe(number)
      expect(slotAt(slots, start - 0.001)).toBe(number - 1)
      expect(slotMoment(slots, number, slotQuarters.noCertificate)).toBe(
        slotMoment(slots, number + 1),
      )
    })
    fc.assert(begins, { seed: 1, numRuns: 200 })
  })

  test.each([
    [0, 1_006_000],
    [slotQuarters.propose, 1_007_000],
    [slotQuarters.noProposal, 1_007_500],
    [slotQuarters.noCertificate, 1_008_000],
  ])('3 has its quarter %i at %i', (quarter, expected) => {
    expect(slotMoment(slots, 3, quarter)).toBe(expected)
  })
})

describe('the next slot', () => {
  test('is always ahead, and at most a slot away', () => {
    const wall = fc.double({ min: 0, max: 2e12, noNaN: true })
    const isAhead = fc.property(wall, (wallMs) => {
      const untilMs = untilNextSlotMs(slots, wallMs)
      expect(untilMs).toBeGreaterThan(0)
      expect(untilMs).toBeLessThanOrEqual(2_000)
      // What is left of a microsecond may be lost in the sum.
      expect(Math.abs(((wallMs + untilMs) % 2_000) - 1_000)).toBeGreaterThan(999.99)
    })
    fc.assert(isAhead, { seed: 1, numRuns: 300 })
  })

  test.each([
    [1_000_000, 2_000],
    [1_001_500, 500],
    [999_500, 500],
  ])('at %d is %d ms away', (wallMs, expected) => {
    expect(untilNextSlotMs(slots, wallMs)).toBe(expected)
  })
})
