import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeedTable } from '../../../../src/cli/merge/seed-table.ts'

describe('a table of seeds', () => {
  test('remembers what a map does', () => {
    const seed = fc.oneof(
      fc.nat(300),
      fc.nat(40).map((n) => n * 0x1_0000_0000),
      fc.maxSafeNat(),
      fc.constantFrom(0, Number.MAX_SAFE_INTEGER),
    )
    fc.assert(
      fc.property(fc.array(seed, { maxLength: 600 }), (seeds) => {
        const table = new SeedTable()
        const model = new Map<number, { mark: number; place: number }>()
        for (const [place, each] of seeds.entries()) {
          const mark = 2 ** 52 - place
          expect(table.add(each, mark, place)).toEqual(model.get(each))
          if (!model.has(each)) model.set(each, { mark, place })
        }
        for (const [each, { place }] of model) expect(table.placeOf(each)).toBe(place)
        expect(table.placeOf(seeds.length * 7919 + 301)).toBe(
          model.get(seeds.length * 7919 + 301)?.place,
        )
      }),
      { seed: 7, numRuns: 50 },
    )
  })
})
